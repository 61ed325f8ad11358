"""What is left to papers of a line that is on paper: what was prescribed, less what was executed and claimed of it.

Such a line is `moved_to_paper`, terminal: no transition leaves that state, nothing of it is executed any more, whatever
is left. What a paper claims of it moves nothing; it is judged on the quantity, and what a paper claimed counts even
where it was refused: a refusal is contested, not claimed again.
"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from simulator.care_sheets.model import Section
from simulator.care_sheets.states import Line, LineState
from simulator.claims import store as claims
from simulator.executions.store import Execution
from simulator.kit.storage import Tx
from simulator.paper import store


def left(tx: Tx, world: str, number: str, line: Line) -> Decimal:
    """The quantity of a line of that sheet that a paper may still claim."""
    return line.ordered - line.executed - store.claimed(tx, world, number, line.section, line.number)


def open_to_papers(tx: Tx, world: str, number: str, section: Section, done: Sequence[Execution]) -> frozenset[int]:
    """Lines of the section that are on paper, of which any paper may claim what is left.

    The paper under whose reference a line was moved comes first: until it is claimed, the line is its own. `done`: the
    executions of the section.
    """
    found = []
    for line in section.lines:
        if line.state is not LineState.MOVED_TO_PAPER:
            continue
        move = next((one for one in done if one.kind == "paper" and _names(one, line.number)), None)
        if move is None:
            continue
        first = f"paper:{move.content['paper_reference']}"
        claimed = claims.find(tx, world, first, section.type, move.establishment) is not None
        if claimed and left(tx, world, number, line) > 0:
            found.append(line.number)
    return frozenset(found)


def _names(execution: Execution, line: int) -> bool:
    return any(said["line"] == line for said in execution.content["lines"])


def under(done: Sequence[Execution], reference: str) -> frozenset[int]:
    """Lines that an earlier move to paper put under this reference."""
    moves = [one for one in done if one.kind == "paper" and one.content["paper_reference"] == reference]
    return frozenset(line["line"] for one in moves for line in one.content["lines"])
