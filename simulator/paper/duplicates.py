"""Never two reimbursements: what looks like care that is claimed already, on paper or electronically, is held.

What looks alike: see `resemblance`. One of the two is on paper, or executed from a paper prescription that was
transcribed: two executions of sheets that their prescribers issued are not compared. Of two such lines the second one
received is held, whichever it is: the first never waits for the other. A line that is held is nobody's twin, so that
two lines never wait for each other. The lines of one paper are compared too, each with those above it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Literal

from simulator.care_sheets.model import Sheet
from simulator.claims.delays import days_after
from simulator.claims.model import Claim, ClaimLine, Hold
from simulator.claims.recorded import recorded
from simulator.claims.states import PENDING, LineStatus
from simulator.claims.store import find
from simulator.claims.terms import ChargedLine
from simulator.executions.same_visit import named
from simulator.kit.answer import Json
from simulator.kit.call import Call, WorldLike
from simulator.kit.storage import Tx
from simulator.paper.resemblance import MEDICINES, alike, reach
from simulator.paper.store import Care, cares, electronic, near
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


def on_paper(
    tx: Tx, world: WorldLike, care: Care, stands: Stands = may_be_paid, *, below: tuple[str, int] = ("", 0)
) -> str | None:
    """The id of a paper claim that may be paid for that care; of the paper `below` is on, only the lines above it.

    `below`: (reference, rank of a line).
    """
    for reference, rank, other in near(tx, world.id, care, reach(world, care)):
        if (reference == below[0] and rank >= below[1]) or not alike(tx, world, care, other):
            continue
        claim = find(tx, world.id, f"paper:{reference}", other.section, other.establishment)
        if claim is not None and any(line.line.line == rank and stands(line) for line in claim.lines):
            return claim.id
    return None


def executed(
    tx: Tx, world: WorldLike, care: Care, now: datetime, stands: Stands = may_be_paid, *, transcribed: bool = False
) -> str | None:
    """The id of an electronic claim, of another sheet than the care's own, that may be paid for that care.

    `transcribed`: of sheets made of a paper prescription alone.
    """
    for claim in electronic(tx, world.id, care, reach(world, care), transcribed=transcribed):
        for line in claim.lines:
            if stands(line) and alike(tx, world, care, _care(tx, world, claim, line, now)[0]):
                return claim.id
    return None


def _care(tx: Tx, world: WorldLike, claim: Claim, line: ClaimLine, now: datetime) -> tuple[Care, bool]:
    """What a line of an electronic claim asks for, and whether its sheet was transcribed."""
    said, asked, sheet = recorded(tx, world.id, claim, line, now)
    care = _asked(sheet, claim.section, claim.establishment, line, named(said, asked), asked)
    return care, "transcribed" in sheet.content


def _asked(sheet: Sheet, section: str, place: str, line: ClaimLine, code: str, asked: Json) -> Care:
    prescribed = asked.get("ean13", "") if section == MEDICINES else ""
    return Care(sheet.beneficiary, place, section, line.day, code, prescribed, sheet.number, line.line.line)


def twin(
    tx: Tx, world: WorldLike, care: Care, now: datetime, stands: Stands = may_be_paid, *, below: tuple[str, int]
) -> str | None:
    """The id of a claim that may be paid for the care of a paper line, on paper (see `on_paper`) or electronic."""
    return on_paper(tx, world, care, stands, below=below) or executed(tx, world, care, now, stands)


def twin_of(
    tx: Tx, world: WorldLike, claim: Claim, line: ClaimLine, now: datetime, stands: Stands = may_be_paid
) -> str | None:
    """The same for a line of a claim: compared with everything, but for an execution of a sheet that was issued."""
    if claim.reference is not None:
        rank = line.line.line
        care = cares(tx, world.id, claim.reference)[rank - 1]
        return twin(tx, world, care, now, stands, below=(claim.reference, rank))
    care, transcribed = _care(tx, world, claim, line, now)
    return on_paper(tx, world, care, stands) or executed(tx, world, care, now, stands, transcribed=not transcribed)


def compared(
    tx: Tx,
    call: Call,
    sheet: Sheet,
    section: str,
    place: str,
    lines: Sequence[ClaimLine],
    charged: Sequence[ChargedLine],
) -> list[str | None]:
    """For each line of an electronic visit, the claim that was first. Costs nothing in a world without any paper."""
    world = call.world
    if not worlds.has_paper(tx, world):
        return [None] * len(lines)
    asked = {one["line"]: one for one in sheet.prescribed(section)}
    issued = "transcribed" not in sheet.content
    found: list[str | None] = []
    for line, one in zip(lines, charged, strict=True):
        twin = None
        if may_be_paid(line):
            care = _asked(sheet, section, place, line, code(one), asked[one.line])
            twin = on_paper(tx, world, care) or executed(tx, world, care, call.now, transcribed=issued)
        found.append(twin)
    return found


def hold(world: WorldLike, twin: str, now: datetime) -> Hold:
    """What keeps a line from being decided; `twin`: the claim that it looks like."""
    return Hold(HOLD, now, days_after(now, "review.duplicate", world.tariff_set), twin)
