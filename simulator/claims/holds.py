"""What keeps a claim line from being decided, and what ends it: released, refused, or waited for long enough.

Arithmetic has said what the line is worth. `HOLDS`: one question for each reason to wait, in the order in which they
are asked; a line meets one at a time, and is looked at again when it is released.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from functools import lru_cache

from msgspec.structs import replace as changed

from simulator.claims import awaiting, counters, redecided
from simulator.claims.delays import days_after, order_at
from simulator.claims.model import Claim, ClaimLine, Hold, HoldKind, Reason
from simulator.claims.rules import rule_set
from simulator.claims.states import HELD, LineStatus, Move
from simulator.kit import clock
from simulator.kit.call import WorldLike
from simulator.kit.storage import Tx
from simulator.paper import duplicates

Question = Callable[[Tx, WorldLike, Claim, ClaimLine, datetime], Hold | None]
MOVES: dict[HoldKind, Move] = {
    "document": Move.ASK_DOCUMENT,
    "prior-approval": Move.AWAIT_APPROVAL,
    "medical-review": Move.REVIEW,
    "duplicate": Move.REVIEW,
}


def visited(
    tx: Tx,
    world: WorldLike,
    claim: Claim,
    lines: Sequence[ClaimLine],
    at: datetime,
    twins: Sequence[str | None],
    acts: Sequence[str | None] | None,
) -> tuple[ClaimLine, ...]:
    """The lines of one visit, each as `received` makes it. `acts`: their codes, None in a section of `NEVER_ASKED`."""
    if acts is not None or any(twins) or not lines:
        codes = acts if acts is not None else [awaiting.NO_ACT] * len(lines)
        told = zip(lines, twins, codes, strict=True)
        return tuple([received(tx, world, claim, line, at, twin, code) for line, twin, code in told])
    limit, today = _limit(REVIEW, lines[0].day, world.tariff_set), clock.day(at)
    found = []
    for line in lines:
        worth = line.line
        if worth.charged > limit:
            found.append(received(tx, world, claim, line, at, code=awaiting.NO_ACT))
        elif worth.cnss_share or worth.state_share:  # nearly all of them: not looked at twice
            found.append(changed(line, since=at, due=order_at(today, line.payee, world.tariff_set)))
        else:
            found.append(changed(line, since=at))
    return tuple(found)


def received(
    tx: Tx,
    world: WorldLike,
    claim: Claim,
    line: ClaimLine,
    at: datetime,
    twin: str | None = None,
    code: str | None = None,
) -> ClaimLine:
    """A computed line, received and checked: held, or decided. `twin`: a claim that seems to be of the same care.

    `claim` may still be without the line. `code`: of the act that was done (see `awaiting.looked_at`).
    """
    line = changed(line, status=LineStatus.CHECKED, since=at, due=None, hold=None)
    if twin is not None:
        return line.held(MOVES["duplicate"], duplicates.hold(world, twin, at))
    return checked(tx, world, claim, line, at, code)


def checked(
    tx: Tx, world: WorldLike, claim: Claim, line: ClaimLine, at: datetime, code: str | None = None
) -> ClaimLine:
    """A line that is `checked`: held by the first hold that it meets, or decided; what brings nothing never waits.

    Its prior approval comes first: it may leave nothing to wait for.
    """
    if line.left:
        line = awaiting.looked_at(tx, world, claim, line, at, code)
        if line.status in HELD:
            return line
    if line.left:
        for question in HOLDS:
            hold = question(tx, world, claim, line, at)
            if hold is not None and hold.key not in line.cleared:
                return line.held(MOVES[hold.kind], hold)
    return decided(world, line, at)


def decided(world: WorldLike, line: ClaimLine, at: datetime) -> ClaimLine:
    """The line with its decision, and when it will be ordered if it brings money."""
    due = order_at(clock.day(at), line.payee, world.tariff_set) if line.left else None
    return changed(line, status=LineStatus.ADJUDICATED, since=at, due=due, hold=None)


def released(tx: Tx, world: WorldLike, claim: Claim, line: ClaimLine, at: datetime) -> ClaimLine:
    """What held the line is over: it is looked at again. Raises ValueError when nothing holds it."""
    if line.hold is None:
        raise ValueError(f"line {line.line.line} is not held")
    free = changed(line.moved(Move.RELEASE, at), cleared=(*line.cleared, line.hold.key))
    return checked(tx, world, claim, free, at)


def refused(
    tx: Tx,
    world: WorldLike,
    claim: Claim,
    line: ClaimLine,
    reason: Reason,
    at: datetime,
    inputs: Mapping[str, str] | None = None,
) -> ClaimLine:
    """The line is not paid, for that reason: its patient bears the whole charge; no ceiling, no approval counts it.

    `inputs`: what the rule of the refusal looked at, for the explanation.
    """
    found = redecided.refused(line.line, reason, rule_set(world.tariff_set), line.day, **(inputs or {}))
    after = changed(line.moved(Move.DECIDE, at), line=found, text=None)
    if line.line.counted:
        counters.release(tx, world, claim.beneficiary, line, at)
    awaiting.given_back(tx, world.id, claim, line)
    return after


def _document(tx: Tx, world: WorldLike, claim: Claim, line: ClaimLine, at: datetime) -> Hold | None:
    """An invoice, for a device charged more than an amount."""
    limit = _limit("document.invoice.devices", line.day, world.tariff_set)
    if claim.section != "devices" or line.line.charged <= limit:
        return None
    return Hold("document", at, days_after(at, "document.wait", world.tariff_set), "invoice")


def _review(tx: Tx, world: WorldLike, claim: Claim, line: ClaimLine, at: datetime) -> Hold | None:
    """The CNSS's physicians look at what is charged more than an amount."""
    if line.line.charged <= _limit(REVIEW, line.day, world.tariff_set):
        return None
    return Hold("medical-review", at, days_after(at, "review.decision", world.tariff_set))


@lru_cache(maxsize=256)
def _limit(subject: str, day: date, tariff_set: str) -> Decimal:
    return rule_set(tariff_set).on(day)[subject].decimal


REVIEW = "review.above"
NEVER_ASKED = frozenset({"pharmacy"})
"""Sections of which only the amount, and a possible duplicate, are looked at."""
HOLDS: tuple[Question, ...] = (_document, _review)
"""Asked in this order; a question answers None where there is nothing to wait for."""
