"""Claims between the model and the JSON that is both stored and answered (see `schemas.ClaimAnswer`)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime
from decimal import Decimal
from functools import lru_cache

from msgspec.json import encode

from simulator.claims.model import (
    AdjudicatedLine,
    Claim,
    ClaimLine,
    Decision,
    Hold,
    Payee,
    Payment,
    Step,
    Totals,
    counts,
)
from simulator.claims.states import PENDING, LineStatus
from simulator.kit import clock
from simulator.kit.answer import Json
from simulator.kit.money import CENTIME, money_text

AMOUNTS = ("charged", "base", "cnss_share", "state_share", "patient_share", "excess")


def to_json(claim: Claim) -> bytes:
    """The claim on the wire, as JSON; a decision made before is not spelled again."""
    decision = claim.decision
    head: Json = {
        "id": claim.id,
        "number": claim.number,
        "reference": claim.reference,
        "origin": claim.origin,
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
    if claim.reference is None:
        del head["reference"]
    if not claim.number:
        del head["number"]
    lines = b",".join([_line(item) for item in claim.lines])
    return b"".join((encode(head)[:-1], b',"lines":[', lines, b"]}"))


def to_model(answer: Json, beneficiary: tuple[str, int] = ("", 0)) -> Claim:
    """The inverse: a stored claim, ready for further lines."""
    return Claim(
        answer["id"],
        answer.get("number", ""),
        answer["section"],
        answer["establishment"],
        date.fromisoformat(answer["date_of_care"]),
        clock.parse(answer["received_at"]),
        tuple(_claim_line(item, rank) for item, rank in zip(answer["lines"], _places(answer["lines"]), strict=True)),
        beneficiary,
        answer["origin"],
        answer.get("reference"),
    )


def _line(item: ClaimLine) -> bytes:
    pending = item.status in PENDING
    before, after = spelled(item.line, pending=True) if pending else item.text or spelled(item.line)
    own = f',"line":{item.line.line},"execution":"{item.execution}",{_way(item)},'
    return b"".join((before, own.encode(), after))


def _way(item: ClaimLine) -> str:
    """How far a line is, without braces."""
    text = _ordinary(item.day, item.status, item.payee, item.since, item.due)
    if (hold := item.hold) is not None:
        told = {"kind": hold.kind, "asks": hold.asks}
        instants = {"since": clock.to_text(hold.since), "until": clock.to_text(hold.until)}
        text += f',"hold":{encode({**{k: v for k, v in told.items() if v is not None}, **instants}).decode()}'
    if item.cleared:
        text += f',"cleared":{encode(item.cleared).decode()}'
    if item.payments:
        text += f',"payments":{encode([_payment(one) for one in item.payments]).decode()}'
    return text


@lru_cache(maxsize=512)
def _ordinary(day: date, status: LineStatus, payee: Payee, since: datetime | None, due: datetime | None) -> str:
    """What every line says; those of one visit mostly say the same."""
    text = f'"date_of_care":"{day.isoformat()}","status":"{status}","payee":"{payee}"'
    if since is not None:
        text += f',"since":"{clock.to_text(since)}"'
    return text if due is None else f'{text},"due_at":"{clock.to_text(due)}"'


def _payment(one: Payment) -> Json:
    said = {"statement": one.statement, "amount": money_text(one.amount), "ordered_on": one.ordered_on.isoformat()}
    return said if one.paid_on is None else {**said, "paid_on": one.paid_on.isoformat()}


def spelled(decided: AdjudicatedLine, *, pending: bool = False) -> tuple[bytes, bytes]:
    """JSON of a decision, cut where the number of its line and its execution stand."""
    rest: Json = {
        "label": decided.label,
        "rate": rate_text(decided.rate),
        "decision": "pending" if pending else decided.decision,
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
    return encode(amounts(decided))[:-1], encode(rest)[1:]


def _places(lines: list[Json]) -> Iterator[int]:
    """Of each line, how many of its execution come before it."""
    seen: dict[str, int] = {}
    for line in lines:
        rank = seen.get(line["execution"], 0)
        seen[line["execution"]] = rank + 1
        yield rank


def _claim_line(item: Json, place: int) -> ClaimLine:
    hold = item.get("hold")
    decided = AdjudicatedLine(
        line=item["line"],
        label=item["label"],
        rate=Decimal(item["rate"]),
        decision=_worth(item) if item["decision"] == "pending" else item["decision"],
        reason=item.get("reason"),
        remedy=item.get("remedy"),
        explanation=tuple(Step(**step) for step in item["explanation"]),
        **{name: Decimal(item[name]) for name in AMOUNTS},
    )
    return ClaimLine(
        item["execution"],
        decided,
        date.fromisoformat(item["date_of_care"]),
        status=LineStatus(item["status"]),
        payee=item["payee"],
        since=_instant(item, "since"),
        due=_instant(item, "due_at"),
        hold=None
        if hold is None
        else Hold(hold["kind"], clock.parse(hold["since"]), clock.parse(hold["until"]), hold.get("asks")),
        cleared=tuple(item.get("cleared", ())),
        payments=tuple(
            Payment(
                one["statement"],
                Decimal(one["amount"]),
                date.fromisoformat(one["ordered_on"]),
                date.fromisoformat(one["paid_on"]) if "paid_on" in one else None,
            )
            for one in item.get("payments", ())
        ),
        place=place,
    )


def _worth(item: Json) -> Decision:
    """The decision behind a pending one: whether the line would be paid, cut by a ceiling or by an approval."""
    paid = Decimal(item["cnss_share"]) + Decimal(item["state_share"])
    if "reason" in item:
        return "partial" if paid else "rejected"
    cut = any(step["result"] != step["inputs"]["cnss_share"] for step in item["explanation"] if counts(step["inputs"]))
    return "partial" if cut else "granted"


def _instant(item: Json, name: str) -> datetime | None:
    return clock.parse(item[name]) if name in item else None


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
