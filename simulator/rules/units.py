"""The units of a rule's value: how each is written, and how a person reads it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


@dataclass(frozen=True, slots=True)
class Unit:
    """`pattern`: the whole text of a value; `expected`: the same for a person; `one`, `many`: words after a number."""

    expected: str
    pattern: str
    one: str = ""
    many: str = ""


_CODE = "(?:atc:[A-Z][A-Z0-9]{0,6}|act:[A-Z0-9]+(?:-[A-Z0-9]+)*|letter:[A-Z]+(?:_[A-Z]+)*)"
_WHOLE, _WORD = "[1-9][0-9]{0,8}", "[a-z]+(?:-[a-z]+)*"

UNITS: dict[str, Unit] = {
    "MAD": Unit('un montant en dirhams, comme "80.00"', r"[0-9]{1,9}(?:\.[0-9]{1,2})?"),
    "rate": Unit('une fraction de 0 à 1, comme "0.70" pour 70 %', r"0(?:\.[0-9]{1,4})?|1(?:\.0{1,4})?"),
    "days": Unit('un nombre entier de jours, 1 au moins, comme "90"', _WHOLE, "jour", "jours"),
    "months": Unit('un nombre entier de mois, 1 au moins, comme "6"', _WHOLE, "mois", "mois"),
    "years": Unit('un nombre entier d\'années, 1 au moins, comme "26"', _WHOLE, "an", "ans"),
    "seconds": Unit('un nombre entier de secondes, 1 au moins, comme "7200"', _WHOLE, "seconde", "secondes"),
    "count": Unit('un nombre entier, 1 au moins, comme "5"', _WHOLE),
    "date": Unit('un jour du calendrier, comme "2027-03-01"', _DAY.pattern),
    "delays": Unit('des secondes, séparées par une espace, comme "5 300 1800"', f"{_WHOLE}(?: {_WHOLE})*"),
    "codes": Unit('des codes séparés par une espace, comme "atc:A10 act:B-GLY letter:C"', f"{_CODE}(?: {_CODE})*"),
    "word": Unit('un mot, comme "CNSS"', r"[A-Za-z]+(?:-[A-Za-z]+)*"),
    "method": Unit("le nom d'un calcul, en minuscules et traits d'union", _WORD),
    "reason": Unit("le code d'un motif de refus (fixtures/nomenclature/reasons.yaml)", _WORD),
}


def day_of(text: str) -> date | None:
    """The day written ``2027-03-01``; None for any other text, and for a day that no calendar has."""
    if not _DAY.fullmatch(text):
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def readable(value: str, unit: str) -> bool:
    """Whether programs can read that value in that unit; False for an unknown unit."""
    known = UNITS.get(unit)
    if known is None or not re.fullmatch(known.pattern, value):
        return False
    return unit != "date" or day_of(value) is not None


def said(value: str, unit: str) -> str:
    """The value as a person reads it: ``70 %``, ``80,00 MAD``, ``2 heures``. Never raises."""
    if not readable(value, unit):
        return f"{value} ({unit})"
    if unit == "MAD":
        return f"{Decimal(value):.2f} MAD".replace(".", ",")
    if unit == "rate":
        return f"{Decimal(value) * 100:.2f}".rstrip("0").rstrip(".").replace(".", ",") + " %"
    if unit == "seconds":
        return _duration(int(value))
    if unit == "delays":
        return ", ".join(_duration(int(part)) for part in value.split())
    known = UNITS[unit]
    return f"{value} {known.one if value == '1' else known.many}".strip()


def _duration(seconds: int) -> str:
    for size, one in ((3600, "heure"), (60, "minute")):
        if seconds % size == 0:
            return f"{seconds // size} {one}{'s' if seconds // size > 1 else ''}"
    return f"{seconds} seconde{'s' if seconds > 1 else ''}"
