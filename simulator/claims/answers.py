"""Claims between the model and the JSON that is both stored and answered (see `schemas.ClaimAnswer`)."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from msgspec.json import encode

from simulator.claims.model import AdjudicatedLine, Claim, ClaimLine, Step, Totals
from simulator.kit import clock
from simulator.kit.answer import Json
from simulator.kit.money import CENTIME, money_text

AMOUNTS = ("charged", "base", "cnss_share", "state_share", "patient_share", "excess")


def to_text(claim: Claim) -> str:
    """The claim on the wire, as JSON text; a decision made before is not spelled again."""
    decision = claim.decision
    head: Json = {
        "id": claim.id,
        "number": claim.number,
        "section": claim.section,
        "establishment": claim.establishment,
        "status": claim.status,
        "decision": decision,
        "date_of_care": claim.date_of_care.isoformat(),
        "received_at": clock.to_text(claim.received_at),
        "totals": amounts(claim.totals),
    }
    if decision is None:
        del head["decision"]
    lines = ",".join([_line(item) for item in claim.lines])
    return f'{encode(head).decode()[:-1]},"lines":[{lines}]}}'


def to_model(answer: Json) -> Claim:
    """The inverse: a stored claim, ready for further lines."""
    return Claim(
        answer["id"],
        answer["number"],
        answer["section"],
        answer["establishment"],
        date.fromisoformat(answer["date_of_care"]),
        clock.parse(answer["received_at"]),
        tuple(_adjudicated(item) for item in answer["lines"]),
    )


def _line(item: ClaimLine) -> str:
    before, after = item.text or spelled(item.line)
    return f'{before},"line":{item.line.line},"execution":"{item.execution}",{after}'


def spelled(decided: AdjudicatedLine) -> tuple[str, str]:
    """JSON of a decision, cut where the number of its line and its execution stand."""
    rest: Json = {
        "label": decided.label,
        "rate": rate_text(decided.rate),
        "decision": decided.decision,
        "reason": decided.reason,
        "explanation": [
            {
                "rule": step.rule,
                "label_fr": step.label_fr,
                "inputs": step.inputs,
                "result": step.result,
                "legal_reference": step.legal_reference,
                "fidelity": step.fidelity,
            }
            for step in decided.explanation
        ],
        "remedy": decided.remedy,
    }
    if decided.reason is None:
        del rest["reason"]
    if decided.remedy is None:
        del rest["remedy"]
    return encode(amounts(decided)).decode()[:-1], encode(rest).decode()[1:]


def _adjudicated(item: Json) -> ClaimLine:
    decided = AdjudicatedLine(
        line=item["line"],
        label=item["label"],
        rate=Decimal(item["rate"]),
        decision=item["decision"],
        reason=item.get("reason"),
        remedy=item.get("remedy"),
        explanation=tuple(Step(**step) for step in item["explanation"]),
        **{name: Decimal(item[name]) for name in AMOUNTS},
    )
    return ClaimLine(item["execution"], decided)


def rate_text(rate: Decimal) -> str:
    """0.7 → 0.70; a finer rate stays as it is."""
    two = rate.quantize(CENTIME)
    return str(two if two == rate else rate)


def amounts(source: Totals | AdjudicatedLine) -> Json:
    """The six amounts of a line or of a sum, as `schemas.AmountsAnswer` shows them."""
    return {
        "charged": money_text(source.charged),
        "base": money_text(source.base),
        "cnss_share": money_text(source.cnss_share),
        "state_share": money_text(source.state_share),
        "patient_share": money_text(source.patient_share),
        "excess": money_text(source.excess),
    }
