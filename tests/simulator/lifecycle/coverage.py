"""Which rows of the simulator's two tables a walk went through: the machine must have been everywhere."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from simulator.care_sheets import states
from simulator.resolutions import model as holding

UNREACHABLE = {
    (standing, action)
    for standing in (holding.Standing.OURS, holding.Standing.CLOSING)
    for action in (holding.Action.CANCEL, holding.Action.REPLACE)
}
"""Nobody among the personas prescribes and executes at one establishment; a test asks `decide` directly."""


class Rows:
    """Rows of the line table by their place, and entries of the lease table, with how often each was taken."""

    def __init__(self) -> None:
        self.lines: Counter[int] = Counter()
        self.leases: Counter[Any] = Counter()

    def missing(self) -> list[str]:
        """What was never taken, to be read."""
        rows = [(place, row) for place, row in enumerate(states.TABLE) if not self.lines[place]]
        found = [f"{r.state} --{r.transition}--> {r.becomes} ({', '.join(g.name for g in r.guards)})" for _, r in rows]
        return found + [
            f"lease: {s} / {a}" for s, a in holding.TABLE if not self.leases[s, a] and (s, a) not in UNREACHABLE
        ]

    @property
    def total(self) -> int:
        return len(states.TABLE) + len(holding.TABLE)


@contextmanager
def counted() -> Iterator[Rows]:
    """Count while the block runs."""
    rows, effect, table = Rows(), states.Row.effect, holding.TABLE
    places = {id(row): place for place, row in enumerate(states.TABLE)}

    def noted(self: states.Row, line: states.Line, ask: states.Ask) -> states.Line:
        rows.lines[places[id(self)]] += 1
        return effect(self, line, ask)

    class Noted(dict[Any, Any]):
        def __getitem__(self, key: Any) -> Any:
            rows.leases[key] += 1
            return super().__getitem__(key)

    states.Row.effect = noted  # type: ignore[method-assign]
    holding.TABLE = Noted(table)
    try:
        yield rows
    finally:
        states.Row.effect = effect  # type: ignore[method-assign]
        holding.TABLE = table
