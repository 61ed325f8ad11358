"""A line that was worth something and is refused after all: what kept it from being paid was decided against it."""

from __future__ import annotations

from datetime import date

from msgspec.structs import replace as changed

from simulator.claims.model import AdjudicatedLine, Reason
from simulator.claims.terms import RuleSet
from simulator.claims.trace import Trace
from simulator.kit.money import ZERO, money_text


def refused(line: AdjudicatedLine, reason: Reason, rules: RuleSet, day: date, **inputs: str) -> AdjudicatedLine:
    """The line, of which nothing is paid; `inputs`: what the rule of the refusal looked at. `day`: of care."""
    trace = Trace(rules.on(day), day)
    last = trace.rule("share.patient").id
    trace.steps.extend(step for step in line.explanation if step.rule != last)
    trace.by(f"refusal.{reason}", "rejected", **inputs)
    charged = money_text(line.charged)
    trace.by("share.patient", charged, charged=charged, cnss_share=money_text(ZERO), state_share=money_text(ZERO))
    return changed(
        line,
        rate=ZERO,
        cnss_share=ZERO,
        state_share=ZERO,
        patient_share=line.charged,
        decision="rejected",
        reason=reason,
        remedy=rules.remedies[reason],
        explanation=tuple(trace.steps),
    )
