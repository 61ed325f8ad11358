"""The states in which a sheet is handed over, as one table (`fixtures/factories.yaml`). Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any, Literal

from fixtures import loader

OWN = "prescriber"
"""The section that the author executes himself when he issues."""
Until = Literal["expired", "ordered", "paid"]


@dataclass(frozen=True)
class State:
    """How a sheet comes to a state, and what is true of it then (see the head of the file)."""

    name: str
    title: str
    steps: tuple[str, ...]
    line: str
    sheet: str
    claim: str | None = None
    asks: str = "pharmacy"
    charged: str | None = None
    until: Until | None = None


@cache
def states() -> Mapping[str, State]:
    """Name → state, in the order of the file."""
    found = loader.read("factories.yaml")["states"]
    return {name: State(name, **{**said, "steps": tuple(said["steps"])}) for name, said in found.items()}


@cache
def _sections() -> Mapping[str, Sequence[Mapping[str, Any]]]:
    found: Mapping[str, Sequence[Mapping[str, Any]]] = loader.read("factories.yaml")["sections"]
    return found


def prescribed(state: State) -> list[dict[str, Any]]:
    """What is prescribed when the request says nothing: a consultation, and what the state asks for."""
    own = {"type": OWN, "lines": [{"act_code": "C", "quantity": "1", "charged": "150.00"}]}
    return [own, {"type": state.asks, "lines": [dict(line) for line in _sections()[state.asks]]}]


@cache
def declined() -> Mapping[str, str]:
    """Medicines that the counter never hands over → the coded reason of it (`fixtures/magic.yaml`)."""
    return {one["value"]: one["counter"] for one in loader.read("magic.yaml")["values"] if "counter" in one}
