"""A contested line is decided again, with the facts of now: rights as registered, approvals, documents that came since.

What the arithmetic says of the same charge is kept unless something still refuses it: a document that never came, a
duplicate, what the CNSS's physicians or the filing delay said. What more is due is ordered by the next run; less is
never asked back.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from functools import cache

from msgspec.structs import replace as changed

import fixtures
from simulator.beneficiaries.service import register, rights_on
from simulator.claims import awaiting, counters, holds, redecided
from simulator.claims.circumstances import around
from simulator.claims.counters import Counted
from simulator.claims.decisions import decide
from simulator.claims.delays import order_at
from simulator.claims.model import AdjudicatedLine, Claim, ClaimLine, Reason
from simulator.claims.recorded import recorded
from simulator.claims.rules import rule_set
from simulator.claims.service import rights_context
from simulator.claims.states import Move
from simulator.claims.terms import ChargedLine
from simulator.claims.trace import step
from simulator.executions import content
from simulator.executions.schemas import ExecutedLine
from simulator.kit import clock
from simulator.kit.call import WorldLike
from simulator.kit.money import ZERO, money_text
from simulator.kit.storage import Tx
from simulator.paper import duplicates
from simulator.paper import store as paper
from simulator.professionals.service import establishments

CONTESTED = "contestation"
"""What `ClaimLine.cleared` remembers of a line that was contested: it cannot be once more."""
RECHECK = "contestation.recheck"
STAND: frozenset[Reason] = frozenset({"filed-late", "medical-refusal"})
"""Reasons that no fact of now changes: the clock upholds them."""
REPORT = "document:report"
"""What a line remembers of a report: with it, physicians who say nothing lift their refusal, as any other review."""


def by_clock(tx: Tx, world: WorldLike, claim: Claim, line: ClaimLine, at: datetime) -> ClaimLine:
    """The delay is over: decided by the facts."""
    if line.line.reason in STAND and not (line.line.reason == "medical-refusal" and REPORT in line.cleared):
        return _closed(tx, world, claim, line, line.line, at)
    worth = _again(tx, world, claim, line, at)
    why, inputs = _still(tx, world, claim, line, worth, at)
    return _closed(tx, world, claim, line, worth if why is None else _refused(world, worth, why, inputs), at)


def granted(tx: Tx, world: WorldLike, claim: Claim, line: ClaimLine, at: datetime) -> ClaimLine:
    """The CNSS lifts whatever kept it from being paid: it is worth what the arithmetic says."""
    return _closed(tx, world, claim, line, _again(tx, world, claim, line, at), at)


def refused(
    tx: Tx, world: WorldLike, claim: Claim, line: ClaimLine, at: datetime, why: Reason | None = None
) -> ClaimLine:
    """The CNSS upholds its decision, or refuses the line for that reason."""
    return _closed(tx, world, claim, line, line.line if why is None else _refused(world, line, why, {}), at)


def _still(
    tx: Tx, world: WorldLike, claim: Claim, line: ClaimLine, worth: ClaimLine, at: datetime
) -> tuple[Reason | None, Mapping[str, str]]:
    """What refuses the line still, and what its rule looked at."""
    if not worth.line.cnss_share + worth.line.state_share:
        return None, {}
    for question in holds.HOLDS:
        hold = question(tx, world, claim, worth, at)
        if hold is not None and hold.kind == "document" and hold.key not in line.cleared:
            return "document-missing", {"document": hold.asks or ""}
    if line.line.decision == "rejected":  # what was granted already was the first of the two
        twin = duplicates.twin_of(tx, world, claim, line, at)
        if twin is not None:
            return "duplicate", {"claim": twin}
    return None, {}


def _again(tx: Tx, world: WorldLike, claim: Claim, line: ClaimLine, at: datetime) -> ClaimLine:
    """The line as it would be decided now, as if it had not been; approvals count it anew, `_closed` its ceiling."""
    worth, charged = computed(tx, world, claim, line, at)
    code = awaiting.act(charged)
    about = awaiting.subject(tx, world, claim, line, code)
    if not worth.line.cnss_share or about is None or not awaiting.needed(world, code):
        return worth
    return approved_again(tx, world, claim, line, worth, code, at)


def approved_again(
    tx: Tx, world: WorldLike, claim: Claim, line: ClaimLine, worth: ClaimLine, code: str, at: datetime
) -> ClaimLine:
    """What the approvals of the line make of its new worth, counted on them in the place of what it was."""
    awaiting.given_back(tx, world.id, claim, line)
    return awaiting.settled(tx, world, claim, worth, code, awaiting.covered(tx, world, claim, worth, code), at)


def computed(tx: Tx, world: WorldLike, claim: Claim, line: ClaimLine, at: datetime) -> tuple[ClaimLine, ChargedLine]:
    """What arithmetic says now of the line, which no ceiling counts any more, and what was charged."""
    charged, declared = charged_again(tx, world, claim, line, at)
    rules, who = rule_set(world.tariff_set), claim.beneficiary
    person = register(world).find(*who)
    sector = establishments(world)[claim.establishment].sector
    context = rights_context(rights_on(person, line.day), sector, declared)
    number = line.line.line
    counters.release(tx, world, who, line, at)
    facts = around(charged, rules, person, Counted(tx, world.id, who))
    found = decide(charged, context, world.tariff_set, line.day, line.execution, facts, line.place)
    worth = changed(found, line=changed(found.line, line=number), payments=line.payments, cleared=line.cleared)
    return worth, charged


def charged_again(
    tx: Tx, world: WorldLike, claim: Claim, line: ClaimLine, at: datetime
) -> tuple[ChargedLine, paper.Declared]:
    """What was charged, found back in what was recorded, and the condition that was declared."""
    if claim.reference is not None:
        said = paper.said(tx, world.id, claim.reference, line.line.line)
        return said.charged, said.declared
    told, prescribed, sheet = recorded(tx, world.id, claim, line, at)
    executed = ExecutedLine.model_construct(
        line=told["line"],
        outcome="executed",
        quantity=Decimal(told["quantity"]),
        charged=Decimal(told["charged"]),
        **{name: told.get(name) for name in ("ean13", "act_code", "third_party_attestation")},
    )
    charged, _ = content.charged(tx, world.nomenclature, claim.section, prescribed, executed)
    return charged, sheet.content.get("long_term_condition")


def _refused(world: WorldLike, line: ClaimLine, why: Reason, inputs: Mapping[str, str]) -> AdjudicatedLine:
    return redecided.refused(line.line, why, rule_set(world.tariff_set), line.day, **inputs)


def _closed(
    tx: Tx, world: WorldLike, claim: Claim, line: ClaimLine, found: ClaimLine | AdjudicatedLine, at: datetime
) -> ClaimLine:
    """Rechecked: upheld as it was explained, or changed; ordered by the next run for what more is due.

    Its ceiling counts what it is worth now, and no less than what was paid of it, which is not asked back; what was
    paid stays counted on its approvals too.
    """
    new = found if isinstance(found, AdjudicatedLine) else found.line
    old, day = line.line, clock.day(at)
    same = _outcome(old) == _outcome(new)
    kept = old if same else new
    if old.counted or new.counted:
        paid = old.cnss_share if line.payments else ZERO
        counters.recount(tx, world, claim, changed(line, line=kept), max(kept.cnss_share, paid), at)
    if not line.payments and not kept.cnss_share + kept.state_share:
        awaiting.given_back(tx, world.id, claim, changed(line, line=new))
    rule = rule_set(world.tariff_set).on(day)[RECHECK]
    inputs = {
        "contested_on": clock.day(line.since or at).isoformat(),
        "before": money_text(old.cnss_share + old.state_share),
        "after": money_text(kept.cnss_share + kept.state_share),
    }
    said = "upheld" if same else "changed"
    remedy = None if kept.reason is None else _upheld().get(kept.reason, kept.remedy)
    kept = changed(kept, explanation=(*kept.explanation, step(rule, said, **inputs)), remedy=remedy)
    after = changed(
        line.moved(Move.RECHECK, at),
        line=kept,
        text=None,
        payee=line.payee if line.payments else kept.payee,
        cleared=(*line.cleared, CONTESTED),
    )
    return changed(after, due=order_at(day, after.payee, world.tariff_set)) if after.left else after


@cache
def _upheld() -> Mapping[str, str]:
    """Reason of a refusal → what to do once the line cannot be contested any more, where that changes it."""
    return {one.code: one.upheld_fr for one in fixtures.reasons() if one.family == "refusal" and one.upheld_fr}


def _outcome(line: AdjudicatedLine) -> tuple[Decimal, Decimal, str | None]:
    return line.cnss_share, line.state_share, line.reason
