"""Claims between the model, the wire and the stored JSON (which is the wire's own shape)."""

from __future__ import annotations

from decimal import Decimal

from simulator.claims.adjudication import CENTIME, AdjudicatedLine, Step, Totals
from simulator.claims.model import Claim, ClaimLine
from simulator.claims.schemas import AmountsAnswer, ClaimAnswer, ClaimLineAnswer, StepAnswer


def to_answer(claim: Claim) -> ClaimAnswer:
    """The claim on the wire."""
    return ClaimAnswer(
        id=claim.id,
        number=claim.number,
        section=claim.section,
        establishment=claim.establishment,
        status=claim.status,  # type: ignore[arg-type]
        decision=claim.decision,  # type: ignore[arg-type]
        date_of_care=claim.date_of_care,
        received_at=claim.received_at,
        totals=AmountsAnswer(**_amounts(claim.totals)),
        lines=[_line(item) for item in claim.lines],
    )


def to_model(answer: ClaimAnswer) -> Claim:
    """The inverse: a stored claim, ready for further lines."""
    return Claim(
        answer.id,
        answer.number,
        answer.section,
        answer.establishment,
        answer.date_of_care,
        answer.received_at,
        tuple(_adjudicated(item) for item in answer.lines),
    )


def _line(item: ClaimLine) -> ClaimLineAnswer:
    decided = item.line
    return ClaimLineAnswer(
        line=decided.line,
        execution=item.execution,
        label=decided.label,
        rate=_two_decimals(decided.rate),
        decision=decided.decision,
        reason=decided.reason,
        remedy=decided.remedy,
        explanation=[
            StepAnswer(
                rule=step.rule,
                label_fr=step.label_fr,
                inputs=dict(step.inputs),
                result=step.result,
                legal_reference=step.legal_reference,
                fidelity=step.fidelity,  # type: ignore[arg-type]
            )
            for step in decided.explanation
        ],
        **_amounts(decided),
    )


def _adjudicated(item: ClaimLineAnswer) -> ClaimLine:
    steps = tuple(Step(s.rule, s.label_fr, s.inputs, s.result, s.legal_reference, s.fidelity) for s in item.explanation)
    decided = AdjudicatedLine(
        line=item.line,
        label=item.label,
        rate=item.rate,
        decision=item.decision,
        reason=item.reason,
        remedy=item.remedy,
        explanation=steps,
        charged=item.charged,
        base=item.base,
        cnss_share=item.cnss_share,
        state_share=item.state_share,
        patient_share=item.patient_share,
        excess=item.excess,
    )
    return ClaimLine(item.execution, decided)


def _two_decimals(rate: Decimal) -> Decimal:
    """0.7 → 0.70; a finer rate stays as it is."""
    two = rate.quantize(CENTIME)
    return two if two == rate else rate


def _amounts(source: Totals | AdjudicatedLine) -> dict[str, Decimal]:
    return {
        "charged": source.charged,
        "base": source.base,
        "cnss_share": source.cnss_share,
        "state_share": source.state_share,
        "patient_share": source.patient_share,
        "excess": source.excess,
    }
