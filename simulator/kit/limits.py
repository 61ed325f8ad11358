"""What a software may ask in a stretch of the world's time: fixed windows, counted per client in this process.

Answers say what is left: ``RateLimit-Policy: "default";q=60000;w=60`` and ``RateLimit: "default";r=59998;t=42``
(draft-ietf-httpapi-ratelimit-headers). A window follows the world's clock, so a frozen world never reopens one by
itself. Rules `rate-limit.*`, unless the world has a limit of its own; hypothesis.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import fixtures
from simulator.kit import clock
from simulator.kit.problems import Problem


@dataclass(slots=True)
class Window:
    """One client's current window; instants in whole seconds of world time."""

    policy: str
    starts: int
    ends: int
    left: int

    def state(self, at: int) -> str:
        return f'"default";r={max(self.left, 0)};t={self.ends - at}'


Usage = dict[str, Window]
"""Client id → its window."""


def spend(usage: Usage, limit: tuple[int, int] | None, client_id: str, now: datetime) -> tuple[str, str]:
    """Count one request; (policy, state) for the headers of the answer.

    `limit`: (requests, seconds), else the rule's. Raises Problem rate-limited, which carries the same headers.
    """
    at = int(now.timestamp())
    window = usage.get(client_id)
    if window is None or not window.starts <= at < window.ends:
        window = usage[client_id] = _opened(limit or _rule(now), at)
    window.left -= 1
    if window.left < 0:
        raise _refusal(window, at)
    return window.policy, window.state(at)


def exhausted(limit: tuple[int, int] | None, now: datetime, wait_s: int) -> Problem:
    """The refusal of whoever has nothing left for so many seconds."""
    at, (requests, seconds) = int(now.timestamp()), limit or _rule(now)
    return _refusal(Window(_policy(requests, seconds), at, at + wait_s, 0), at)


def _refusal(window: Window, at: int) -> Problem:
    return Problem(
        "rate-limited",
        f"Ce logiciel a épuisé ses requêtes ; réessayer dans {window.ends - at} s.",
        retry={"after_s": window.ends - at},
        headers={"ratelimit-policy": window.policy, "ratelimit": window.state(at)},
    )


def _opened(limit: tuple[int, int], at: int) -> Window:
    requests, seconds = limit
    start = at - at % seconds
    return Window(_policy(requests, seconds), start, start + seconds, requests)


def _policy(requests: int, seconds: int) -> str:
    return f'"default";q={requests};w={seconds}'


def _rule(now: datetime) -> tuple[int, int]:
    day = clock.day(now)
    return fixtures.rule("rate-limit.requests", day).integer, fixtures.rule("rate-limit.window", day).integer
