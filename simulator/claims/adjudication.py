"""Adjudication of one charged line: pure arithmetic on exact decimals, every step explained.

The rule in force *on the date of care* applies. For a line:

    eligible      = min(charged, base)
    CNSS share    = eligible × rate, rounded half up to the centime, per line
                    at most what the ceiling over its letter leaves, if there is one (`ceilings`)
    State share   = eligible − CNSS share, for Tadamon in public care only; of a line that a ceiling cuts,
                    what is eligible counts as CNSS share / rate, rounded
    patient share = charged − CNSS share − State share
    excess        = charged − eligible   (part of what the patient bears)

A refusal to pay is a decision (`rejected`, with one reason and one remedy), never an error: the
shares of a refused line are 0.00 and the patient bears the whole charge.

What goes in is in `terms`, what comes out in `model`; what is refused is in `refusals`.
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from simulator.claims.ceilings import fullest
from simulator.claims.conditions import related
from simulator.claims.model import AdjudicatedLine
from simulator.claims.refusals import refusal
from simulator.claims.terms import ORDINARY, ChargedLine, Circumstances, RightsContext, RuleSet
from simulator.claims.trace import Trace
from simulator.kit.money import ZERO, centimes
from simulator.kit.money import money_text as _money


def adjudicate(
    line: ChargedLine,
    context: RightsContext,
    rules: RuleSet,
    date_of_care: date,
    around: Circumstances = ORDINARY,
) -> AdjudicatedLine:
    """Decide one line. `LookupError` only when the rule data themselves have a hole that day.

    `around`: when it was filed and whatever else only some lines depend on (see `terms.Circumstances`).
    """
    trace = Trace(rules.on(date_of_care), date_of_care)
    if context.regime == "public" and (manager := trace.rules.get("scheme.manager.public")) is not None:
        trace.step(manager, manager.value, scheme=context.regime)
    if context.ruled is not None:
        trace.step(context.ruled, "open" if context.open else "closed", rights=context.ruled.label_fr, why=context.why)
    base = _base(line, trace)
    reason = refusal(line, context, around, base, trace)
    base = base if base is not None else ZERO
    eligible = min(line.charged, base)
    rate, wanted, cnss, state = ZERO, ZERO, ZERO, ZERO
    if reason is None:
        trace.by("eligible", _money(eligible), charged=_money(line.charged), base=_money(base))
        rate = _rate(line, context, trace)
        wanted = centimes(eligible * rate)
        trace.by("share.cnss", _money(wanted), eligible=_money(eligible), rate=str(rate))
        cnss = _under_ceiling(line, wanted, around, trace)
        if wanted and not cnss:
            rate = ZERO
        elif context.regime == "tadamon" and context.sector == "public":
            state = _state(eligible, rate, cnss, trace, cut=cnss < wanted)
    if reason is None and (cnss or not wanted):
        _third_party(line, context, trace)
    if cnss < wanted:
        reason = "ceiling-reached"
    patient = line.charged - cnss - state
    trace.by(
        "share.patient",
        _money(patient),
        charged=_money(line.charged),
        cnss_share=_money(cnss),
        state_share=_money(state),
    )
    return AdjudicatedLine(
        line=line.line,
        label=line.label,
        charged=line.charged,
        base=base,
        rate=rate,
        cnss_share=cnss,
        state_share=state,
        patient_share=patient,
        excess=line.charged - eligible,
        decision="granted" if reason is None else "partial" if cnss else "rejected",
        reason=reason,
        remedy=rules.remedies[reason] if reason else None,
        explanation=tuple(trace.steps),
    )


def _base(line: ChargedLine, trace: Trace) -> Decimal | None:
    if line.kind == "act":
        tariff = trace.rules.get(f"tariff.{line.letter}")
        if tariff is None or line.coefficient is None:
            return None
        base = centimes(tariff.decimal * line.coefficient * line.quantity)
        trace.step(
            tariff,
            _money(base),
            letter=line.letter or "",
            value=_money(tariff.decimal),
            coefficient=str(line.coefficient),
            quantity=str(line.quantity),
        )
        return base
    if line.kind == "medicine" and line.unit_base is not None:
        base = centimes(line.unit_base * line.quantity)
        trace.by(
            "base.medicine",
            _money(base),
            ean13=line.code or "",
            unit_base=_money(line.unit_base),
            quantity=str(line.quantity),
        )
        return base
    return None


def _rate(line: ChargedLine, context: RightsContext, trace: Trace) -> Decimal:
    """The best of the conditions that are declared, held and related to the line; else the list's or the sector's.

    A kind that is declared and not held leaves a step: not which other kind is, which the sheet does not tell.
    """
    held = [item for item in context.conditions if item.kind == context.declared]
    if context.declared and not held:
        unknown = trace.rule(f"rate.{context.declared.lower()}")
        trace.step(unknown, "not-recognised", declared=context.declared, date_of_care=trace.day.isoformat())
    if held and (fitting := related(line, held, trace)):
        best = max(fitting, key=lambda item: item.rate)
        rule = trace.rule(f"rate.{best.kind.lower()}")
        rate = rule.decimal if best.kind == "ALC" else best.rate
        trace.step(rule, str(rate), condition=best.label, declared=best.kind)
        return rate
    if line.kind == "medicine":
        rate = line.rate or ZERO
        trace.by("rate.medicine", str(rate), ean13=line.code or "", rate=str(rate))
        return rate
    rule = trace.rule(f"rate.{context.sector}")
    trace.step(rule, str(rule.decimal), sector=context.sector)
    return rule.decimal


def _under_ceiling(line: ChargedLine, wanted: Decimal, around: Circumstances, trace: Trace) -> Decimal:
    """What the ceiling over the line's letter leaves of its CNSS share: all of it when there is none."""
    ceiling = trace.rules.get(f"ceiling.{line.letter}") if line.letter else None
    if ceiling is None:
        return wanted
    window = fullest(around.granted, trace.day, trace.rule(f"ceiling.{line.letter}.period").integer)
    available = max(ZERO, ceiling.decimal - window.counted)
    left = min(wanted, available)
    waits = {"waiting": _money(window.waiting)} if window.waiting else {}
    trace.step(
        ceiling,
        _money(left),
        cnss_share=_money(wanted),
        ceiling=_money(ceiling.decimal),
        window_start=window.start.isoformat(),
        window_end=window.end.isoformat(),
        already_granted=_money(window.counted - window.waiting),
        available=_money(available),
        **waits,
    )
    if wanted and not left:
        trace.by("refusal.ceiling-reached", "rejected", ceiling=_money(ceiling.decimal), until=window.end.isoformat())
    return left


def _third_party(line: ChargedLine, context: RightsContext, trace: Trace) -> None:
    """Says when the establishment itself is paid: an attested costly medicine, Tadamon in public care."""
    if line.attestation is not None:
        trace.by("third-party.medicines", "provider", attestation=line.attestation, code=line.code or "")
    elif context.regime == "tadamon" and context.sector == "public":
        trace.by("third-party.tadamon-public", "provider", regime=context.regime, sector=context.sector)


def _state(eligible: Decimal, rate: Decimal, cnss: Decimal, trace: Trace, *, cut: bool) -> Decimal:
    """The co-payment that the State takes, of what is paid for: what exceeds a ceiling stays with the patient."""
    if not cut:
        state = eligible - cnss
        trace.by("share.state", _money(state), eligible=_money(eligible), cnss_share=_money(cnss))
        return state
    covered = centimes(cnss / rate)
    state = covered - cnss
    trace.by("share.state", _money(state), paid_for=_money(covered), rate=str(rate), cnss_share=_money(cnss))
    return state
