"""A prior approval: asked for one act of one line of a sheet, decided later, used by what is executed of that line.

`TABLE` enforces every step. An approval that has run out is read from the clock, never written. Source: acts that
need one are those of the list of acts; delays are dated rules; fidelity: hypothesis.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from msgspec import Struct
from msgspec.structs import replace as changed

from simulator.kit import clock
from simulator.kit.money import quantity_text
from simulator.kit.problems import Problem
from simulator.kit.word import Word

NOTHING = Decimal(0)


class ApprovalStatus(Word):
    """Where a request stands."""

    REQUESTED = "requested"
    GRANTED = "granted"
    REFUSED = "refused"
    CANCELLED = "cancelled"
    EXPIRED = "expired"


class Step(Word):
    """What may happen to it."""

    GRANT = "grant"
    REFUSE = "refuse"
    CANCEL = "cancel"
    EXPIRE = "expire"


class Role(Word):
    """Who makes it happen."""

    CNSS = "CNSS"
    ASKER = "who asked"
    CLOCK = "clock"


@dataclass(frozen=True, slots=True)
class Row:
    """One row of the table."""

    status: ApprovalStatus
    step: Step
    role: Role
    becomes: ApprovalStatus


TABLE: tuple[Row, ...] = (
    Row(ApprovalStatus.REQUESTED, Step.GRANT, Role.CNSS, ApprovalStatus.GRANTED),
    Row(ApprovalStatus.REQUESTED, Step.REFUSE, Role.CNSS, ApprovalStatus.REFUSED),
    Row(ApprovalStatus.REQUESTED, Step.CANCEL, Role.ASKER, ApprovalStatus.CANCELLED),
    Row(ApprovalStatus.GRANTED, Step.EXPIRE, Role.CLOCK, ApprovalStatus.EXPIRED),
)
_ROWS = {(row.status, row.step): row for row in TABLE}


class Approval(Struct, frozen=True):
    """One request. Quantities are in the unit of the line.

    `code`, `label`: of the act. `motive`: the asker's. `asked_by`: his identity, as it is answered; `establishment`,
    `client`: his. `due_at`: when the CNSS decides at the latest. Once decided: `granted` and `valid_until`, the last
    day of care that it covers, or `reason` (coded) and `explanation`. `closed_at`: decided or cancelled then.
    `uses`: (user, quantity) that were counted on it; a user is a line of an execution, by any name of its own.
    """

    id: str
    number: str
    section: str
    line: int
    code: str
    label: str
    quantity: Decimal
    motive: str
    asked_by: dict[str, Any]
    establishment: str
    client: str
    requested_at: datetime
    due_at: datetime
    status: ApprovalStatus = ApprovalStatus.REQUESTED
    closed_at: datetime | None = None
    granted: Decimal | None = None
    valid_until: date | None = None
    reason: str | None = None
    explanation: str | None = None
    uses: tuple[tuple[str, Decimal], ...] = ()

    def on(self, day: date) -> ApprovalStatus:
        """Its status on that day, the clock's work done."""
        over = self.valid_until is not None and day > self.valid_until
        return moved(self, Step.EXPIRE) if self.status is ApprovalStatus.GRANTED and over else self.status

    @property
    def used(self) -> Decimal:
        return sum((quantity for _, quantity in self.uses), NOTHING)

    @property
    def left(self) -> Decimal:
        """What may still be counted on it; nothing unless it was granted."""
        return NOTHING if self.granted is None else self.granted - self.used


class Subject(Struct, frozen=True):
    """What an approval is asked for, and covers: one act, by its code, of one line of a sheet."""

    number: str
    section: str
    line: int
    code: str


class Decision(Struct, frozen=True):
    """What the CNSS says: a quantity granted until a day, or a coded reason with words for the asker."""

    granted: Decimal | None = None
    valid_until: date | None = None
    reason: str | None = None
    explanation: str | None = None


def moved(approval: Approval, step: Step) -> ApprovalStatus:
    """What a step makes of the status. Raises Problem approval-closed."""
    row = _ROWS.get((approval.status, step))
    if row is None:
        said = _SAID[approval.status]
        raise Problem("approval-closed", f"Cette demande d'accord préalable {said}.", current_state=approval.status)
    return row.becomes


_SAID = {
    ApprovalStatus.REQUESTED: "attend sa décision",
    ApprovalStatus.GRANTED: "a été accordée",
    ApprovalStatus.REFUSED: "a été refusée",
    ApprovalStatus.CANCELLED: "a été retirée",
    ApprovalStatus.EXPIRED: "a été accordée, puis a expiré",
}


def decided(approval: Approval, decision: Decision, at: datetime) -> Approval:
    """After the decision of the CNSS. Raises Problem approval-closed."""
    status = moved(approval, Step.REFUSE if decision.granted is None else Step.GRANT)
    return changed(
        approval,
        status=status,
        closed_at=at,
        granted=decision.granted,
        valid_until=decision.valid_until,
        reason=decision.reason,
        explanation=decision.explanation,
    )


def granting(approval: Approval, at: datetime, days: int, quantity: Decimal | None = None) -> Decision:
    """The approval of what was asked, or of less, for care until `days` days after the decision."""
    return Decision(granted=quantity or approval.quantity, valid_until=clock.day(at) + timedelta(days=days))


def cancelled(approval: Approval, at: datetime) -> Approval:
    """Withdrawn by who asked. Raises Problem approval-closed."""
    return changed(approval, status=moved(approval, Step.CANCEL), closed_at=at)


def require_room(known: Iterable[Approval], asked: Decimal, ordered: Decimal, day: date) -> None:
    """One request at a time for an act of a line, no more in force than was ordered. Raises Problem approval-live."""
    in_force = NOTHING
    for one in known:
        status = one.on(day)
        if status is ApprovalStatus.REQUESTED:
            detail = (
                f"Une demande de cette ligne attend sa décision (au plus tard le {clock.day(one.due_at):%d/%m/%Y})."
            )
            raise Problem("approval-live", detail, current_state=status, approval=one.id)
        if status is not ApprovalStatus.GRANTED:
            continue
        in_force += one.granted or NOTHING
        if in_force + asked > ordered:
            detail = (
                f"La ligne a déjà un accord pour {quantity_text(in_force)} sur {quantity_text(ordered)}, "
                f"valable jusqu'au {one.valid_until:%d/%m/%Y}."
            )
            raise Problem("approval-live", detail, current_state=status, approval=one.id)


class Coverage(Struct, frozen=True):
    """What the approvals of an act of a line are worth for care of one day.

    `status`: granted, else requested, else refused when the last decision was, else None: nothing was asked, or what
    was granted does not reach that day. `left`: what may still be counted; `waiting`: a request will be decided later;
    `refused`: the request that was, when that is what they come to.
    """

    status: ApprovalStatus | None
    left: Decimal = NOTHING
    waiting: bool = False
    refused: Approval | None = None


def coverage(known: Sequence[Approval], day: date) -> Coverage:
    """Of the approvals of one act of a line, the oldest first; `day`: of the care."""
    granted = [one for one in known if one.on(day) is ApprovalStatus.GRANTED]
    waiting = any(one.status is ApprovalStatus.REQUESTED for one in known)
    if granted:
        return Coverage(ApprovalStatus.GRANTED, sum((one.left for one in granted), NOTHING), waiting)
    if waiting:
        return Coverage(ApprovalStatus.REQUESTED, waiting=True)
    last = next((one for one in reversed(known) if one.status is not ApprovalStatus.CANCELLED), None)
    if last is not None and last.status is ApprovalStatus.REFUSED:
        return Coverage(ApprovalStatus.REFUSED, refused=last)
    return Coverage(None)


def counted(known: Sequence[Approval], day: date, user: str, quantity: Decimal) -> tuple[list[Approval], Decimal]:
    """Count what was executed of a line on the approvals in force on its day, the oldest first.

    The approvals that change, and how much of the quantity they cover together.
    """
    after: list[Approval] = []
    rest = quantity
    for one in known:
        part = min(rest, one.left) if one.on(day) is ApprovalStatus.GRANTED else NOTHING
        if part > 0:
            after.append(changed(one, uses=(*one.uses, (user, part))))
            rest -= part
    return after, quantity - rest


def uncounted(known: Iterable[Approval], user: str) -> list[Approval]:
    """The approvals that a line was counted on, without it: it was taken back, or refused."""
    return [
        changed(one, uses=tuple(use for use in one.uses if use[0] != user))
        for one in known
        if any(use[0] == user for use in one.uses)
    ]
