"""What the clock does to claims: orders, payments, and what is decided when a wait ends. A source of the agenda.

A line says when it is due and its status says what is due: `ACTIONS` has one action for each.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial

from msgspec.structs import replace as changed

from simulator.audit import store as audit
from simulator.care_sheets.model import derived_id
from simulator.claims import approved, holds, notices, store
from simulator.claims.delays import pay_at
from simulator.claims.model import Claim, ClaimLine, Hold, Payment
from simulator.claims.states import LineStatus, Move
from simulator.kit import clock
from simulator.kit.agenda import Coming, Failing, set_aside_at, trying
from simulator.kit.call import WorldLike
from simulator.kit.money import ZERO, money_text
from simulator.kit.storage import Row, Tx
from simulator.paper import duplicates
from simulator.payments import store as payments
from simulator.payments.model import Recipient, Statement, StatementLine, recipient
from simulator.reviews import recheck

KIND = "claim"
"""What the agenda calls them, followed by the status of the line that is due: ``claim-ordered`` will be paid."""


@dataclass
class Run:
    """Everything due at one instant; `orders`: what each payee is ordered, `statements`: the ids of his statements."""

    tx: Tx
    world: WorldLike
    at: datetime
    orders: dict[Recipient, list[StatementLine]] = field(default_factory=dict)
    statements: dict[Recipient, str] = field(default_factory=dict)
    pays: bool = False

    def statement(self, to: Recipient) -> str:
        """The id of that payee's statement of this run: an instant whose run was made already may come again."""
        if to not in self.statements:
            about = (self.world.keys.platform_secret, "stm", to.kind, to.id, clock.to_text(self.at))
            found, rank = derived_id(*about), 1
            while payments.find(self.tx, self.world.id, to, found) is not None:
                rank += 1
                found = derived_id(*about, str(rank))
            self.statements[to] = found
        return self.statements[to]


class Clockwork:
    """Claims that wait for the clock."""

    name = "claims"

    def next(self, tx: Tx, world: WorldLike) -> datetime | None:
        """The first instant at which something is due to a claim."""
        found = store.next_due(tx, world.id)
        return None if found is None else clock.parse(found)

    def fire(self, tx: Tx, world: WorldLike, at: datetime) -> None:
        """Act on every line due at `at`; then write the statements of the run, and pay those of earlier ones.

        Raises Failing for the claims on which it could not.
        """
        run = Run(tx, world, at)
        failing: dict[str, Exception] = {}
        for id, read in store.due(tx, world.id, clock.to_text(at)):
            if not trying(tx, failing, id, partial(_act, run, read)):
                break
        if failing:
            raise Failing(self, at, failing)
        for to, found in run.orders.items():
            trying(tx, failing, to.id, partial(_order, run, to, found))
            if failing:
                raise Failing(self, at, dict.fromkeys([line.claim.id for line in found], failing[to.id]))
        if run.pays:
            payments.pay(tx, world.id, clock.to_text(at))

    def coming(self, tx: Tx, world: WorldLike, many: int) -> list[Coming]:
        """Each claim once, at its first instant; its kind names the status of the line that is due."""
        found = [Coming(clock.parse(row["due"]), _kind(row), row["id"]) for row in store.coming(tx, world.id, many)]
        return found + [set_aside_at(row["failed"], KIND, row["id"]) for row in store.aside(tx, world.id, many)]

    def set_aside(self, tx: Tx, world: WorldLike, subject: str, why: str) -> None:
        store.set_aside(tx, world.id, subject, why)


def _kind(row: Row) -> str:
    try:
        lines = store.parse(row["content"])["lines"]
        return next(f"{KIND}-{line['status']}" for line in lines if line.get("due_at") == row["due"])
    except (KeyError, TypeError, ValueError, StopIteration):  # it will be set aside when it is due
        return KIND


def _act(run: Run, read: Callable[[], Claim]) -> None:
    claim = read()
    lines = [_acted(run, claim, line) if _due(line, run.at) else line for line in claim.lines]
    after = changed(claim, lines=tuple(lines))
    if after.due is not None and after.due <= run.at:
        raise RuntimeError("the claim does not move on")
    store.save(run.tx, run.world, after)
    notices.decided(run.tx, run.world, run.at, claim, after)


def _due(line: ClaimLine, at: datetime) -> bool:
    return line.due is not None and line.due <= at


def _acted(run: Run, claim: Claim, line: ClaimLine) -> ClaimLine:
    return ACTIONS[line.status](run, claim, line)


def _ordered(run: Run, claim: Claim, line: ClaimLine) -> ClaimLine:
    to, day, amount = recipient(claim, line), clock.day(run.at), line.left
    before = sum((one.amount for one in line.payments), ZERO)
    payment = Payment(run.statement(to), amount, day)
    due = pay_at(day, run.world.tariff_set)
    after = changed(line.moved(Move.ORDER, run.at), payments=(*line.payments, payment), due=due)
    run.orders.setdefault(to, []).append(StatementLine(claim, line, before, amount))
    return after


def _paid(run: Run, claim: Claim, line: ClaimLine) -> ClaimLine:
    run.pays = True
    *earlier, last = line.payments
    return changed(line.moved(Move.PAY, run.at), payments=(*earlier, changed(last, paid_on=clock.day(run.at))))


def _checked(run: Run, claim: Claim, line: ClaimLine) -> ClaimLine:
    """A paper line, once it was keyed."""
    twin = duplicates.twin_of(run.tx, run.world, claim, line, run.at) if line.left else None
    return holds.received(run.tx, run.world, claim, line, run.at, twin)


def _waited(run: Run, claim: Claim, line: ClaimLine) -> ClaimLine:
    """A wait ended: what did not come refuses the line; a review that nobody made, or a twin that is gone, frees it."""
    assert line.hold is not None
    if line.hold.kind == "document":
        asked = {"document": line.hold.asks or ""}
        return holds.refused(run.tx, run.world, claim, line, "document-missing", run.at, asked)
    if line.hold.kind == "prior-approval":
        return approved.wait_over(run.tx, run.world, claim, line, line.hold, run.at)
    if line.hold.kind == "duplicate":
        return _compared(run, claim, line, line.hold)
    return holds.released(run.tx, run.world, claim, line, run.at)


def _compared(run: Run, claim: Claim, line: ClaimLine, hold: Hold) -> ClaimLine:
    """Refused when its twin is paid; it waits as long again while its twin may be; paid when nothing else is."""
    tx, world, at = run.tx, run.world, run.at
    paid = duplicates.twin_of(tx, world, claim, line, at, duplicates.is_paid)
    if paid is not None:
        return holds.refused(tx, world, claim, line, "duplicate", at, {"claim": paid})
    twin = duplicates.twin_of(tx, world, claim, line, at)
    if twin is None:
        return holds.released(tx, world, claim, line, at)
    again = changed(duplicates.hold(world, twin, at), since=hold.since)
    return changed(line, hold=again, due=again.until)


def _rechecked(run: Run, claim: Claim, line: ClaimLine) -> ClaimLine:
    return recheck.by_clock(run.tx, run.world, claim, line, run.at)


ACTIONS: Mapping[LineStatus, Callable[[Run, Claim, ClaimLine], ClaimLine]] = {
    LineStatus.RECEIVED: _checked,
    LineStatus.ADJUDICATED: _ordered,
    LineStatus.RECHECKED: _ordered,
    LineStatus.ORDERED: _paid,
    LineStatus.AWAITING_DOCUMENT: _waited,
    LineStatus.AWAITING_PRIOR_APPROVAL: _waited,
    LineStatus.MEDICAL_REVIEW: _waited,
    LineStatus.CONTESTED: _rechecked,
}
"""Status of a line that is due → what the platform does."""


def _order(run: Run, to: Recipient, lines: list[StatementLine]) -> None:
    day = clock.day(run.at)
    made = Statement(run.statement(to), to, day, pay_at(day, run.world.tariff_set), tuple(lines))
    digest = payments.insert(run.tx, run.world.id, made)
    data = {"statement": made.id, "total": money_text(made.total), "lines": len(lines), "sha256": digest}
    audit.by_platform(run.tx, run.world.id, run.at, "statement-ordered", payments.subject(to), data)
