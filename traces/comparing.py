"""What was expected, what was received: the first place where they differ. Pure."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

MEMBERS = ("status", "problem", "headers", "body", "long_body", "operation", "client_id", "inpe", "delegate", "fault")
SHOWN = 300
IDENTIFIER = re.compile(r"(?!\d{4}-\d\d-)(?=\S*[\d-])[^\s\"]{8,200}")
"""What a later request may carry: not a sentence, not an ordinary word, not a date."""
_ABSENT = "(absent)"


@dataclass(frozen=True)
class Difference:
    """Of step `rank` (from 1): at `pointer` (into the answer; ``/body#/x`` is ``/x`` in its JSON), what differs.

    `values`: every text that was expected somewhere in the answer and not received there.
    """

    rank: int
    step: Mapping[str, Any]
    pointer: str
    expected: Any
    received: Any
    values: tuple[str, ...] = ()

    def as_json(self) -> dict[str, Any]:
        asked = self.step.get("request") or self.step["bench"]
        said = {name: asked[name] for name in ("method", "path", "query") if name in asked}
        return {
            "step": self.rank,
            "at": self.step["at"],
            "request": said,
            "pointer": self.pointer,
            "expected": self.expected,
            "received": self.received,
        }


def difference(
    rank: int, step: Mapping[str, Any], received: Mapping[str, Any] | None, *, loosely: bool = False
) -> Difference | None:
    """The first one; `loosely`: of status and problem alone. `received` None: nothing was answered."""
    wanted = step["expected"]
    if received is None:
        return Difference(rank, step, "", wanted["status"], "aucune réponse")
    members = ("status", "problem") if loosely else (*MEMBERS, "state_change")
    every = [one for name in members for one in _differing(f"/{name}", wanted.get(name), received.get(name))]
    if not every:
        return None
    inside = [was for pointer, was, _ in every[:SHOWN] if pointer.startswith("/body#") and isinstance(was, str)]
    return Difference(rank, step, *every[0], values=tuple(was for was in inside if IDENTIFIER.fullmatch(was)))


def carried(differences: Sequence[Difference], steps: Sequence[Mapping[str, Any]]) -> list[tuple[int, int, str]]:
    """(step, step before it, value): requests that carry a value which the replay answered otherwise."""
    found = []
    for one in differences:
        known = json.dumps(one.step.get("request"), ensure_ascii=False)
        for rank, step in enumerate(steps[one.rank :], one.rank + 1):
            sent = json.dumps(step["request"], ensure_ascii=False) if "request" in step else ""
            found += [
                (rank, one.rank, value) for value in dict.fromkeys(one.values) if value in sent and value not in known
            ]
    return found


def shown(value: Any) -> str:
    """A value on one line, not too long."""
    return cut(value if value == _ABSENT else json.dumps(value, ensure_ascii=False))


def cut(text: str) -> str:
    return text if len(text) <= SHOWN else f"{text[:SHOWN]}… ({len(text)} caractères)"


def _differing(pointer: str, was: Any, now: Any) -> Iterator[tuple[str, Any, Any]]:
    if was == now and type(was) is type(now):
        return
    if isinstance(was, dict) and isinstance(now, dict):
        for name in [*was, *(name for name in now if name not in was)]:
            inside = f"{pointer}/{name.replace('~', '~0').replace('/', '~1')}"
            yield from _differing(inside, was.get(name, _ABSENT), now.get(name, _ABSENT))
    elif isinstance(was, list) and isinstance(now, list):
        for rank in range(max(len(was), len(now))):
            pair = [side[rank] if rank < len(side) else _ABSENT for side in (was, now)]
            yield from _differing(f"{pointer}/{rank}", *pair)
    elif pointer == "/body" and isinstance(was, str) and isinstance(now, str):
        yield from _in_text(pointer, was, now)
    else:
        yield pointer, was, now


def _in_text(pointer: str, was: str, now: str) -> Iterator[tuple[str, Any, Any]]:
    """Inside of a body: by its JSON, else by its first line that differs; as bytes where they say the same."""
    try:
        yield from _differing(f"{pointer}#", json.loads(was), json.loads(now))
    except (ValueError, RecursionError):
        lines = was.splitlines(), now.splitlines()
        for rank, (one, other) in enumerate(zip(*lines, strict=False), 1):
            if one != other:
                yield f"{pointer} ligne {rank}", one, other
                return
    yield pointer, was, now  # as bytes: the order of members, a space
