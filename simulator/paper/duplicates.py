"""Never two reimbursements: what looks like care that is claimed already, on paper or electronically, is held.

The same care: same beneficiary, same establishment, same day, same code. Of two such lines the second one received is
held, whichever it is: the first never waits for the other. A line that is held is nobody's twin, so that two lines
never wait for each other. A paper line that names a line of a sheet is the rest of it, so it is not compared with that
sheet. The lines of one paper are compared too, each with those above it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Literal

from msgspec.structs import replace as changed

from simulator.care_sheets.model import Sheet
from simulator.claims.delays import days_after
from simulator.claims.model import Claim, ClaimLine, Hold
from simulator.claims.recorded import recorded
from simulator.claims.states import PENDING, LineStatus
from simulator.claims.store import find
from simulator.claims.terms import ChargedLine
from simulator.executions.same_visit import named
from simulator.kit.call import Call, WorldLike
from simulator.kit.storage import Tx
from simulator.paper.store import Care, alike, cares, electronic
from simulator.worlds import store as worlds

HOLD: Literal["duplicate"] = "duplicate"
Stands = Callable[[ClaimLine], bool]
"""Whether a line of the same care counts as a twin."""


def code(line: ChargedLine) -> str:
    """What makes two charged lines the same care: a code, else the label."""
    return line.code or line.label.strip().casefold()


def may_be_paid(line: ClaimLine) -> bool:
    """Whether something may be, or was, paid for a line without anybody deciding on a duplicate first."""
    if line.hold is not None and line.hold.kind == HOLD:
        return False
    return line.line.decision != "rejected" or line.status is LineStatus.CONTESTED or line.ordered


def is_paid(line: ClaimLine) -> bool:
    """Whether it was decided that something is paid for a line, or something was ordered already."""
    return may_be_paid(line) and (line.ordered or line.status not in PENDING)


def repeats(before: Care, care: Care) -> bool:
    """Whether a line of a paper asks again for the care of a line above it; two lines of one sheet never do."""
    if before.number and care.number:
        return False
    return changed(before, number="", line=0) == changed(care, number="", line=0)


def on_paper(
    tx: Tx, world: str, care: Care, stands: Stands = may_be_paid, *, below: tuple[str, int] = ("", 0)
) -> str | None:
    """The id of a paper claim that may be paid for that care; of the paper `below` is on, only the lines above it.

    `below`: (reference, rank of a line).
    """
    for reference, rank, section, number in alike(tx, world, care):
        if (reference == below[0] and rank >= below[1]) or (number and number == care.number):
            continue
        claim = find(tx, world, f"paper:{reference}", section, care.establishment)
        if claim is not None and any(line.line.line == rank and stands(line) for line in claim.lines):
            return claim.id
    return None


def executed(tx: Tx, world: str, care: Care, now: datetime, stands: Stands = may_be_paid) -> str | None:
    """The id of an electronic claim, of another sheet than the care's own, that may be paid for that care."""
    for claim in electronic(tx, world, care):
        if claim.number == care.number:
            continue
        for line in claim.lines:
            if line.day == care.day and stands(line) and care.code == _code(tx, world, claim, line, now):
                return claim.id
    return None


def _code(tx: Tx, world: str, claim: Claim, line: ClaimLine, now: datetime) -> str:
    """What a line of an electronic claim was delivered as."""
    said, prescribed, _ = recorded(tx, world, claim, line, now)
    return named(said, prescribed)


def twin(
    tx: Tx, world: str, care: Care, now: datetime, stands: Stands = may_be_paid, *, below: tuple[str, int]
) -> str | None:
    """The id of a claim that may be paid for the care of a paper line, on paper (see `on_paper`) or electronic."""
    return on_paper(tx, world, care, stands, below=below) or executed(tx, world, care, now, stands)


def twin_of(
    tx: Tx, world: str, claim: Claim, line: ClaimLine, now: datetime, stands: Stands = may_be_paid
) -> str | None:
    """The same for a line of a claim: a paper one is compared with everything, an electronic one with paper."""
    if claim.reference is not None:
        rank = line.line.line
        care = cares(tx, world, claim.reference)[rank - 1]
        return twin(tx, world, care, now, stands, below=(claim.reference, rank))
    code = _code(tx, world, claim, line, now)
    return on_paper(tx, world, Care(claim.beneficiary, claim.establishment, line.day, code, claim.number), stands)


def compared(
    tx: Tx, call: Call, sheet: Sheet, place: str, lines: Sequence[ClaimLine], charged: Sequence[ChargedLine]
) -> list[str | None]:
    """For each line of an electronic visit, the paper claim that was first. Costs nothing without any paper."""
    if not worlds.has_paper(tx, call.world):
        return [None] * len(lines)
    found = []
    for line, one in zip(lines, charged, strict=True):
        care = Care(sheet.beneficiary, place, line.day, code(one), sheet.number)
        found.append(on_paper(tx, call.world.id, care) if may_be_paid(line) else None)
    return found


def hold(world: WorldLike, twin: str, now: datetime) -> Hold:
    """What keeps a line from being decided; `twin`: the claim that it looks like."""
    return Hold(HOLD, now, days_after(now, "review.duplicate", world.tariff_set), twin)
