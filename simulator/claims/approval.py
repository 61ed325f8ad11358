"""What a prior approval makes of a decided line: paid as computed, for a part of it, or not at all. Pure.

Arithmetic says what a line is worth as if its approval were there. Both the charge and the base of a line are those of
one unit times its quantity, so that what is covered of the quantity is the same part of what is eligible:

    eligible    = min(charged, base) × covered / quantity
    CNSS share  = eligible × rate, rounded half up to the centime, at most what was computed for the whole
    State share = eligible − CNSS share, where there is one, at most what was computed for the whole
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from types import MappingProxyType

from msgspec.structs import replace as changed

from simulator.claims.model import AdjudicatedLine, Reason, Step
from simulator.claims.terms import RuleLike
from simulator.claims.trace import step
from simulator.kit.money import ZERO, centimes, money_text, quantity_text

SHARE = "prior-approval.share"
"""The rule that a line is paid for what was granted, no more."""


def under_approval(
    decided: AdjudicatedLine,
    quantity: Decimal,
    covered: Decimal,
    reason: Reason,
    rules: Mapping[str, RuleLike],
    remedies: Mapping[str, str],
    said: Mapping[str, str] = MappingProxyType({}),
) -> AdjudicatedLine:
    """The line, of that quantity, of which so much is covered; `reason`: why the rest is not.

    `said`: of the request that was refused, for the explanation. `rules`: those of the date of care, by subject. What
    was refused already stays so. Raises LookupError when the
    rules have a hole.
    """
    if decided.decision == "rejected":
        return decided
    share = {"quantity": quantity_text(quantity), "covered": quantity_text(covered)}
    if covered >= quantity:
        return _with(decided, [step(rules[SHARE], money_text(decided.cnss_share), **share)])
    steps = [step(rules[f"refusal.{reason}"], "rejected", **share, reason=reason, **said)]
    eligible = (decided.charged - decided.excess) * covered / quantity
    cnss = min(centimes(eligible * decided.rate), decided.cnss_share)
    state = min(centimes(eligible) - cnss, decided.state_share)
    if not cnss and not state:
        decided = changed(decided, rate=ZERO)
    else:
        steps = [step(rules[SHARE], money_text(cnss), **share)]
    patient = decided.charged - cnss - state
    shares = {"charged": decided.charged, "cnss_share": cnss, "state_share": state}
    last = rules["share.patient"]
    steps.append(step(last, money_text(patient), **{name: money_text(amount) for name, amount in shares.items()}))
    return changed(
        _with(decided, steps, without=last.id),
        cnss_share=cnss,
        state_share=state,
        patient_share=patient,
        decision="partial" if cnss or state else "rejected",
        reason=reason,
        remedy=remedies[reason],
    )


def _with(decided: AdjudicatedLine, steps: list[Step], without: str = "") -> AdjudicatedLine:
    kept = [step for step in decided.explanation if step.rule != without]
    return changed(decided, explanation=(*kept, *steps))
