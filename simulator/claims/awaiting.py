"""A line whose act is only paid with a prior approval: counted on the one that is there, refused with it, or held.

Arithmetic says at once what it is worth; what an approval makes of it is in `approval`. Held, it waits for a request to
be made, until `hold.until`; once it is made, for its decision, whenever that is (see `approved`). A paper line that
names no line of a sheet is not looked at: an approval is asked for a line of a sheet.
"""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal

from msgspec.structs import replace as changed

from simulator.approvals import covering
from simulator.approvals.model import ApprovalStatus, Coverage, Subject
from simulator.claims import counters
from simulator.claims.approval import under_approval
from simulator.claims.delays import days_after
from simulator.claims.model import Claim, ClaimLine, Hold, HoldKind, Reason
from simulator.claims.recorded import recorded
from simulator.claims.rules import rule_set
from simulator.claims.states import Move
from simulator.claims.terms import ChargedLine
from simulator.kit.call import WorldLike
from simulator.kit.storage import Tx
from simulator.paper import store as paper

KIND: HoldKind = "prior-approval"
WAIT = "prior-approval.wait"
NO_ACT = ""
_WHY: dict[ApprovalStatus | None, Reason] = {
    ApprovalStatus.GRANTED: "prior-approval-exceeded",
    ApprovalStatus.REFUSED: "prior-approval-refused",
    None: "prior-approval-missing",
}
"""What the approvals of a line say → why the part of it that they do not cover is refused."""


def looked_at(
    tx: Tx, world: WorldLike, claim: Claim, line: ClaimLine, at: datetime, code: str | None = None
) -> ClaimLine:
    """A line that is `checked`: held, or as its approvals leave it, still checked.

    `code`: of the act that was done; read again from the execution when it is not told.
    """
    if code == NO_ACT or applied(line):
        return line
    code = code or _code(tx, world, claim, line, at)
    if not needed(world, code) or subject(tx, world, claim, line, code) is None:
        return line
    found = covered(tx, world, claim, line, code)
    if found.status is not None and not waits(found, line):
        return settled(tx, world, claim, line, code, found, at)
    until = days_after(at, WAIT, world.tariff_set)
    return line.held(Move.AWAIT_APPROVAL, Hold(KIND, at, until, asks=code))


def needed(world: WorldLike, code: str) -> bool:
    """Whether an act is only paid with a prior approval."""
    return covering.needed(world.nomenclature, code)


def act(charged: ChargedLine) -> str:
    """The code of the act that was charged, `NO_ACT` for anything else."""
    return (charged.code or NO_ACT) if charged.kind == "act" else NO_ACT


def _code(tx: Tx, world: WorldLike, claim: Claim, line: ClaimLine, at: datetime) -> str:
    if claim.reference is not None:
        return act(paper.said(tx, world.id, claim.reference, line.line.line).charged)
    said, prescribed, _ = recorded(tx, world.id, claim, line, at)
    return str(said.get("act_code") or prescribed.get("act_code") or NO_ACT)


def covered(tx: Tx, world: WorldLike, claim: Claim, line: ClaimLine, code: str) -> Coverage:
    """What the approvals of that act of the line are worth on its day."""
    about = subject(tx, world, claim, line, code)
    return Coverage(None) if about is None else covering.covering(tx, world.id, about, line.day)


def subject(tx: Tx, world: WorldLike, claim: Claim, line: ClaimLine, code: str) -> Subject | None:
    """What its approval is asked for, `code` the act done; None for a paper line that names no line of a sheet."""
    if claim.reference is None:
        return Subject(claim.number, claim.section, line.line.line, code)
    care = paper.cares(tx, world.id, claim.reference)[line.line.line - 1]
    return Subject(care.number, claim.section, care.line, code) if care.number else None


def waits(found: Coverage, line: ClaimLine) -> bool:
    """Whether a request that is not decided yet may cover more of it."""
    return found.waiting and found.left < _quantity(line)


def settled(
    tx: Tx, world: WorldLike, claim: Claim, line: ClaimLine, code: str, found: Coverage, at: datetime
) -> ClaimLine:
    """The line with what the approvals of that act cover of it, counted on them; ceilings count no more than that."""
    quantity, rules, part = _quantity(line), rule_set(world.tariff_set), Decimal(0)
    about = subject(tx, world, claim, line, code)
    if found.status is ApprovalStatus.GRANTED and about is not None:
        part = covering.count(tx, world.id, about, line.day, _user(line), quantity)
    why, said = _WHY[found.status], _said(found)
    decided = under_approval(line.line, quantity, part, why, rules.on(line.day), rules.remedies, said)
    after = changed(line, line=decided, text=None)
    if line.line.counted and decided.cnss_share != line.line.cnss_share:
        counters.recount(tx, world, claim, after, decided.cnss_share, at)
    return after


def _said(found: Coverage) -> dict[str, str]:
    """Which request was refused, why, and the words of the CNSS if there are some."""
    if (one := found.refused) is None:
        return {}
    said = {"approval": one.id, "motive": one.reason or ""}
    return said if one.explanation is None else {**said, "words": one.explanation}


def taken_back(tx: Tx, world: str, claim: Claim, execution: str) -> None:
    """An execution was taken back: what was counted of it on an approval may serve again."""
    for line in claim.lines:
        if line.execution == execution:
            given_back(tx, world, claim, line)


def given_back(tx: Tx, world: str, claim: Claim, line: ClaimLine) -> None:
    """What was counted of the line on its approvals may serve again."""
    if applied(line):
        covering.give_back(tx, world, claim.number, _user(line))


def _user(line: ClaimLine) -> str:
    """What an approval calls the line."""
    return f"{line.execution}:{line.place}"


def _quantity(line: ClaimLine) -> Decimal:
    """What was executed of the line, as its tariff was computed."""
    return Decimal(_input(line, "quantity"))


def _input(line: ClaimLine, name: str) -> str:
    """What went in the tariff of an act."""
    return next(step.inputs[name] for step in line.line.explanation if "coefficient" in step.inputs)


def applied(line: ClaimLine) -> bool:
    """Whether its approvals have been applied to it."""
    return any("covered" in step.inputs for step in line.line.explanation)
