"""What a ceiling counted was given back: the lines that it had cut are decided again. A source of the agenda.

Only those of which nothing is ordered, by date of care, then as they came: a decision that was ordered stands, and is
contested. The others stay as they are, which arrived first was served first. Fidelity: hypothesis (ADR 0023).
"""

from __future__ import annotations

from datetime import datetime
from functools import partial

from msgspec.structs import replace as changed

from simulator.audit import store as audit
from simulator.claims import awaiting, counters, holds, notices, released, store
from simulator.claims.counters import Counted
from simulator.claims.model import Claim, ClaimLine
from simulator.claims.released import Who
from simulator.claims.states import HELD, LineStatus
from simulator.kit.agenda import Coming, Failing, trying
from simulator.kit.call import WorldLike
from simulator.kit.storage import Tx
from simulator.paper import duplicates
from simulator.reviews import recheck

KIND = "ceiling-freed"
AGAIN = HELD | {LineStatus.RECEIVED, LineStatus.ADJUDICATED, LineStatus.RECHECKED}
"""Statuses of a line that may be decided again; a contested one is about to be."""


class Freed:
    """Ceilings that count less than they did."""

    name = "ceilings"

    def next(self, tx: Tx, world: WorldLike) -> datetime | None:
        return released.first(tx, world.id)

    def fire(self, tx: Tx, world: WorldLike, at: datetime) -> None:
        """Decide again what those ceilings have cut. Raises Failing."""
        failing: dict[str, Exception] = {}
        for who, counter in released.those(tx, world.id, at):
            if not trying(tx, failing, _subject(who, counter), partial(_again, tx, world, who, counter, at)):
                break
        if failing:
            raise Failing(self, at, failing)

    def coming(self, tx: Tx, world: WorldLike, many: int) -> list[Coming]:
        at = released.first(tx, world.id)
        found = [] if at is None else released.those(tx, world.id, at)
        return [Coming(at, KIND, _subject(*one)) for one in found[:many] if at is not None]

    def set_aside(self, tx: Tx, world: WorldLike, subject: str, why: str) -> None:
        """The lines stay as they were decided; each may be contested."""
        for who, counter in released.those(tx, world.id):
            if _subject(who, counter) == subject:
                released.looked_at(tx, world.id, who, counter)


def _subject(who: Who, counter: str) -> str:
    return f"{audit.beneficiary(*who)}/{counter}"


def _again(tx: Tx, world: WorldLike, who: Who, counter: str, at: datetime) -> None:
    found = [(claim, line) for claim, line in Counted(tx, world.id, who).lines(counter) if _may_change(line)]
    for before, line in sorted(found, key=lambda one: (one[1].day, one[0].received_at, one[1].execution)):
        claim = store.find(tx, world.id, *counters.where(before))
        assert claim is not None
        after = _line(tx, world, claim, line, at)
        if after == line:
            continue
        whole = changed(claim, lines=tuple(after if one == line else one for one in claim.lines))
        store.save(tx, world, whole)
        _tell(tx, world, whole, after, at)
    released.looked_at(tx, world.id, who, counter)


def _may_change(line: ClaimLine) -> bool:
    return line.status in AGAIN and not line.payments and counters.cut(line.line)


def _line(tx: Tx, world: WorldLike, claim: Claim, line: ClaimLine, at: datetime) -> ClaimLine:
    """The line where it stands, worth more; as it was when it is not. Its ceiling counts it again.

    One that was worth nothing waited for nothing: it is received anew, with whatever holds it.
    """
    worth, charged = recheck.computed(tx, world, claim, line, at)
    if awaiting.applied(line):
        worth = recheck.approved_again(tx, world, claim, line, worth, awaiting.act(charged), at)
    if worth.line.cnss_share <= line.line.cnss_share:
        counters.recount(tx, world, claim, line, line.line.cnss_share, at)
        return line
    after = changed(line, line=worth.line, text=None, payee=worth.payee)
    counters.recount(tx, world, claim, after, after.line.cnss_share, at)
    if line.left or line.status is LineStatus.RECEIVED:
        return after
    twin = duplicates.twin_of(tx, world, claim, after, at)
    return holds.received(tx, world, claim, after, at, twin)


def _tell(tx: Tx, world: WorldLike, claim: Claim, line: ClaimLine, at: datetime) -> None:
    """Said as any decision of the CNSS, unless the line is still to be decided."""
    if line.decision == "pending":
        return
    data = {"claim": claim.id, "section": claim.section, "lines": 1}
    audit.by_platform(tx, world.id, at, "claim-decided", notices.subject(claim), data)
    if claim.decision is not None:
        notices.tell(tx, world, at, "claim.decided", claim)
