"""Delays of payment that the simulator can keep: a payment is ordered some days before it is done. Pure.

Ordered the day after its decision at the earliest, it is paid on the day that the rules say when its whole delay is
longer than that of its order (see `claims.delays`); else it would be paid later, which no rule says.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date

from simulator.rules.faults import Fault
from simulator.rules.units import UNITS, readable
from simulator.rules.words import period
from simulator.rules.written import Written

ORDER = "payment.order"
WHOLE = ("payment.insured", "payment.provider")
"""Who is paid: the insured person, the establishment."""


def payable(mine: Sequence[Written], beside: Sequence[Written], sets: Mapping[str, str]) -> Iterator[Fault]:
    """Each delay of `mine`, or of the rules `beside` them, that an order does not leave time for, told once."""
    known = [rule for rule in (*mine, *beside) if _days(rule) is not None]
    told: set[tuple[str, str]] = set()
    for day in sorted({rule.start for rule in known}):
        for name in ("", *sets):
            order = _in_force(known, ORDER, name, sets, day)
            for subject in WHOLE:
                whole = _in_force(known, subject, name, sets, day)
                if order is None or whole is None or (_days(whole) or 0) > (_days(order) or 0):
                    continue
                if (whole.id, order.id) not in told and (whole in mine or order in mine):
                    told.add((whole.id, order.id))
                    yield _fault(whole, order, whole in mine)


def _fault(whole: Written, order: Written, mine: bool) -> Fault:
    """On the whole delay, when it is of the file; else on that of the order."""
    days, before = _days(whole) or 0, _days(order) or 0
    other = order if mine else whole
    place = f"{other.id} ({other.file}, ligne {other.line}), {period(other.start, other.end)}"
    why = "un paiement est ordonné le lendemain de la décision au plus tôt"
    longer = f'écrire value: "{before + 1}" ou plus dans {whole.id}'
    shorter = f'value: "{days - 1}" ou moins dans {order.id}' if days > 1 else ""
    remedy = f"{longer}, ou {shorter}" if shorter else longer
    if mine:
        expected = f"plus que les {_told(before)} de {place} : {why}"
        return whole.fault("unpayable-delay", "value", _told(days), expected, remedy)
    expected = f"moins que les {_told(days)} de {place} : {why}"
    return order.fault("unpayable-delay", "value", _told(before), expected, remedy)


def _in_force(rules: Sequence[Written], subject: str, name: str, sets: Mapping[str, str], day: date) -> Written | None:
    """The rule of that subject on that day: of the tariff set, of those that it extends, or common."""
    seen: list[str] = []
    while name and name not in seen:
        seen.append(name)
        name = sets.get(name, "")
    for one in (*seen, ""):
        for rule in rules:
            if (rule.get("subject"), rule.get("tariff_set")) == (subject, one) and _covers(rule, day):
                return rule
    return None


def _covers(rule: Written, day: date) -> bool:
    return rule.start <= day and (rule.end is None or day <= rule.end)


def _days(rule: Written) -> int | None:
    """Its value, None for a rule of something else, or that cannot be read."""
    if not rule.dated or rule.get("subject") not in (ORDER, *WHOLE) or rule.get("unit") != "days":
        return None
    return int(rule.get("value")) if readable(rule.get("value"), "days") else None


def _told(days: int) -> str:
    unit = UNITS["days"]
    return f"{days} {unit.one if days == 1 else unit.many}"
