"""A small client of the bench control API (`/bench/v1`): worlds, clock, journal, state.

Shapes are those of the bench contract, kept as plain dictionaries: the suite stores them as they came.
Every call needs the bench token; the software under test must never hold it.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from client.again import AgainCalls
from client.http import USER_AGENT, send, session
from client.journal import JournalCalls
from client.making import MakingCalls
from client.worlds import WorldCalls


class BenchClient(WorldCalls, JournalCalls, AgainCalls, MakingCalls):
    """The bench of one simulator. `url` is the simulator's root, without trailing slash."""

    def __init__(self, url: str, token: str, timeout: float = 20.0) -> None:
        self.url = url.rstrip("/")
        self._http = session(
            timeout,
            base_url=f"{self.url}/bench/v1",
            headers={"Authorization": f"Bearer {token}", "User-Agent": USER_AGENT},
        )

    def close(self) -> None:
        self._http.close()

    def state(self, world: str, number: str | None = None) -> dict[str, Any]:
        """The full state of one sheet, or of all the world's sheets."""
        return self._json("GET", f"/worlds/{world}/state", params={"number": number} if number else None)

    def deliveries(self, world: str) -> list[dict[str, Any]]:
        """The webhooks of the world, each with its attempts: the first 500."""
        return list(self._json("GET", f"/worlds/{world}/deliveries", params={"limit": 500})["deliveries"])

    def probe_webhooks(self, world: str) -> dict[str, Any]:
        """Send forged webhooks to the subscriptions of the world; who took them for true."""
        return self._json("POST", f"/worlds/{world}/webhook-probes")

    def refused_calls(self) -> dict[str, Any]:
        """How many callers without the bench token this server has turned away, and the last: `count`, `last`."""
        return self._json("GET", "/refused-calls")

    def fault_kinds(self) -> list[dict[str, Any]]:
        """What a world can be told to do wrong."""
        return list(self._json("GET", "/fault-kinds")["kinds"])

    def faults(self, world: str) -> list[dict[str, Any]]:
        return list(self._json("GET", f"/worlds/{world}/faults")["faults"])

    def add_fault(self, world: str, **body: Any) -> dict[str, Any]:
        """What goes wrong from now on; answers the fault, with its id."""
        return self._json("POST", f"/worlds/{world}/faults", json={k: v for k, v in body.items() if v is not None})

    def remove_fault(self, world: str, fault: str) -> None:
        send(self._http, "DELETE", f"/worlds/{world}/faults/{fault}")

    def clear_faults(self, world: str) -> int:
        """How many there were."""
        return int(self._json("DELETE", f"/worlds/{world}/faults")["removed"])

    def nomenclatures(self) -> dict[str, Any]:
        return self._json("GET", "/nomenclatures")

    def _nothing(self, method: str, path: str) -> None:
        send(self._http, method, path)

    def _json(self, method: str, path: str, **options: Any) -> dict[str, Any]:
        options = {key: value for key, value in options.items() if value is not None}
        answer = send(self._http, method, path, **options).json()
        return dict(answer) if isinstance(answer, Mapping) else {"items": answer}
