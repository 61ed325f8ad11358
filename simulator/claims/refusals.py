"""Why nothing is paid for a line: one reason, the most general first."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

from simulator.beneficiaries.entitlement import birthday
from simulator.claims.model import Reason
from simulator.claims.terms import ChargedLine, Circumstances, Filing, RightsContext, RuleLike
from simulator.claims.trace import Trace


def refusal(
    line: ChargedLine, context: RightsContext, around: Circumstances, base: Decimal | None, trace: Trace
) -> Reason | None:
    """The one reason of a refusal, with its step: rights, then the filing, then list, then rate or base, then age.

    None: something is due, if a ceiling leaves something of it.
    """
    day = trace.day.isoformat()
    if not context.open:
        reason: Reason = "deceased" if context.deceased else "rights-closed"
        trace.by(f"refusal.{reason}", "rejected", date_of_care=day, regime=context.regime)
        return reason
    if around.filing is not None and late(around.filing, trace.rule("claim.filing")):
        _filed_late(around.filing, trace)
        return "filed-late"
    if line.kind == "outside-list":
        trace.by("refusal.outside-list", "rejected", label=line.label)
        return "outside-list"
    if base is None or (line.kind == "medicine" and not line.rate):
        rate = "" if line.rate is None else str(line.rate)
        trace.by("refusal.not-reimbursable", "rejected", code=line.code or "", rate=rate)
        return "not-reimbursable"
    limit = trace.rules.get(f"age-limit.{line.letter}") if around.birth_date and line.letter else None
    if limit is not None and around.birth_date is not None:
        reached = birthday(around.birth_date, limit.integer)
        if trace.day >= reached:
            trace.by(
                "refusal.over-age", "rejected", age_limit=limit.value, reached=reached.isoformat(), date_of_care=day
            )
            return "over-age"
    return None


def late(filing: Filing, rule: RuleLike) -> bool:
    """Filed after the last day; that day itself still counts. `rule`: claim.filing."""
    return filing.filed > _last_day(filing, rule)


def _last_day(filing: Filing, rule: RuleLike) -> date:
    return filing.since + timedelta(days=rule.integer)


def _filed_late(filing: Filing, trace: Trace) -> None:
    rule = trace.rule("claim.filing")
    trace.by(
        "refusal.filed-late",
        "rejected",
        filed=filing.filed.isoformat(),
        since=filing.since.isoformat(),
        from_what="treatment" if filing.treatment else "act",
        days=rule.value,
        last_day=_last_day(filing, rule).isoformat(),
    )
