"""What a month of visits is worth and when it is paid, worked out again: it imports nothing of claims or payments.

In: the executions that the platform keeps, the YAML and CSV of fixtures, the people of the population, in integers of
centimes and exact fractions. Rights, the filing delay and prior approvals are judged elsewhere: their refusals are
taken as they are said (`JUDGED_ELSEWHERE`), and everything else is found again.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from fractions import Fraction
from math import floor
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import yaml

from simulator.populations import model as populations

FIXTURES = Path(__file__).parents[3] / "fixtures"
JUDGED_ELSEWHERE = ("rights-closed", "prior-approval-missing", "prior-approval-refused", "filed-late")
MOROCCO = ZoneInfo("Africa/Casablanca")
Json = Mapping[str, Any]


def _rows(name: str, key: str) -> dict[str, dict[str, str]]:
    with (FIXTURES / "nomenclature" / name).open(encoding="utf-8") as file:
        return {row[key]: row for row in csv.DictReader(file)}


def _rules() -> dict[str, str]:
    """Subject → value of the common rules and of the tariff set of 2006."""
    found = {}
    for path in sorted((FIXTURES / "rules").glob("*.yaml")):
        for rule in yaml.load(path.read_text(encoding="utf-8"), yaml.BaseLoader).get("rules", ()):
            if rule.get("tariff_set", "tnr-2006") == "tnr-2006" and rule["valid_from"] <= "2026-10-01":
                found[rule["subject"]] = rule["value"]
    return found


ACTS, MEDICINES, RULES = _rows("acts.csv", "code"), _rows("medicines.csv", "ean13"), _rules()
CONDITIONS = {
    one["label"]: one["code"]
    for one in yaml.load((FIXTURES / "nomenclature" / "conditions.yaml").read_text(encoding="utf-8"), yaml.BaseLoader)[
        "conditions"
    ]
}


def half_up(amount: Fraction) -> int:
    """Centimes, the half upwards."""
    return floor(amount + Fraction(1, 2))


def cents(text: str) -> int:
    value = Fraction(text) * 100
    assert value.denominator == 1, text
    return int(value)


@dataclass(frozen=True)
class Owed:
    """What one line is worth, in centimes, to whom, and on which day it is ordered (None: nothing to order)."""

    cnss: int
    state: int
    patient: int
    payee: tuple[str, str]
    ordered_on: date | None


class Month:
    """`said`: what the claims say of the lines that are judged elsewhere, by (execution, line)."""

    def __init__(
        self, seed: str, sheets: list[Json], declared: Mapping[str, str | None], said: Mapping[Any, Any]
    ) -> None:
        people = populations.of("kenitra", seed)
        assert people is not None
        self._people, self._declared, self._said = people, declared, said
        self._granted: dict[tuple[str, int], int] = {}
        self.owed: dict[tuple[str, int], Owed] = {}
        visits = [(one["recorded_at"], one["id"], sheet, one) for sheet in sheets for one in sheet["executions"]]
        undone = {one["target"] for _, _, _, one in visits if one["kind"] in ("amendment", "withdrawal")}
        for _, _, sheet, one in sorted(visits, key=lambda visit: visit[:2]):
            if one["kind"] in ("execution", "late", "amendment") and one["id"] not in undone:
                for line in one["lines"]:
                    if line["outcome"] == "executed" and "charged" in line:
                        self.owed[one["id"], line["line"]] = self._line(sheet, one, line)

    def statements(self) -> dict[tuple[str, str, str], int]:
        """(kind, id, day ordered) → total in centimes."""
        found: dict[tuple[str, str, str], int] = {}
        for one in self.owed.values():
            if one.ordered_on is not None:
                key = (*one.payee, one.ordered_on.isoformat())
                found[key] = found.get(key, 0) + one.cnss + one.state
        return found

    def _line(self, sheet: Json, visit: Json, line: Json) -> Owed:
        day, who = _day(visit["performed_at"]), sheet["beneficiary"]
        key = (who["registration_number"], who["dependant_rank"])
        person, place = self._people.beneficiaries[key], self._people.establishments[visit["establishment"]]
        charged = cents(line["charged"])
        tadamon = place.sector == "public" and any(one.regime == "tadamon" for one in person.affiliations)
        payee = ("provider", visit["establishment"]) if tadamon else ("insured", key[0])
        base, rate = self._terms(sheet, visit, line, day, place.sector, person)
        said = self._said[visit["id"], line["line"]]
        if said["reason"] in JUDGED_ELSEWHERE or base is None or not rate or said["reason"] == "document-missing":
            if said["reason"] == "document-missing":
                assert visit["section"] == "devices" and charged > cents(RULES["document.invoice.devices"])
            return Owed(0, 0, charged, payee, None)
        eligible = min(charged, base)
        cnss = half_up(eligible * rate)
        state = eligible - cnss if tadamon else 0
        if self._letter(sheet, visit, line) == "D_PROTHESE":
            left = max(cents(RULES["ceiling.D_PROTHESE"]) - self._granted.get(key, 0), 0)
            cnss = min(cnss, left)
            self._granted[key] = self._granted.get(key, 0) + cnss
        return Owed(cnss, state, charged - cnss - state, payee, self._ordered(visit, payee, said, cnss + state))

    def _ordered(self, visit: Json, payee: tuple[str, str], said: Json, worth: int) -> date | None:
        """So many days after the day it was received, or after the day a wait ended."""
        if not worth:
            return None
        decided = _day(said["decided_at"] or visit["recorded_at"])
        return decided + timedelta(days=int(RULES[f"payment.{payee[0]}"]) - int(RULES["payment.order"]))

    def _terms(
        self, sheet: Json, visit: Json, line: Json, day: date, sector: str, person: Any
    ) -> tuple[int | None, Fraction]:
        """(base in centimes, rate); None for what has no base."""
        many, letter = Fraction(line["quantity"]), self._letter(sheet, visit, line)
        product = MEDICINES.get(self._code(sheet, visit, line, "ean13"))
        if letter is not None:
            act = ACTS[self._code(sheet, visit, line, "act_code")]
            if not act["coefficient"] or f"tariff.{letter}" not in RULES:
                return None, Fraction(0)
            base = half_up(Fraction(RULES[f"tariff.{letter}"]) * Fraction(act["coefficient"]) * many * 100)
            rate = Fraction(RULES[f"rate.{sector}"])
            codes: tuple[str, ...] = (f"act:{act['code']}", f"letter:{letter}")
        elif product is not None and product["base"]:
            base = half_up(Fraction(product["base"]) * many * 100)
            rate = Fraction(product["rate"] or 0) / 100
            if not rate:
                return base, rate
            codes = (f"atc:{product['atc']}",)
        else:
            return None, Fraction(0)
        return base, max([rate, *self._conditions(sheet, person, day, codes)])

    def _conditions(self, sheet: Json, person: Any, day: date, codes: tuple[str, ...]) -> Iterator[Fraction]:
        """Rates of the conditions that the sheet declares, that the patient has, and that the care is about."""
        for one in person.long_term_conditions:
            if one.kind != self._declared[sheet["number"]] or not one.covers(day):
                continue
            about = RULES[f"related.{CONDITIONS[one.label]}"].split()
            if any(
                code == this or (this.startswith("atc:") and code.startswith(this)) for code in codes for this in about
            ):
                yield Fraction(1) if one.kind == "ALC" else Fraction(one.rate)

    def _letter(self, sheet: Json, visit: Json, line: Json) -> str | None:
        act = ACTS.get(self._code(sheet, visit, line, "act_code"))
        return act["letter"] if act else None

    @staticmethod
    def _code(sheet: Json, visit: Json, line: Json, name: str) -> str:
        """What was done: said by the visit, else as prescribed."""
        if name in line or "ean13" in line or "act_code" in line:
            return str(line.get(name, ""))
        section = next(one for one in sheet["sections"] if one["type"] == visit["section"])
        prescribed: Json = next((one for one in section["lines"] if one["line"] == line["line"]), {})
        return str(prescribed.get(name, ""))


def _day(instant: str) -> date:
    return datetime.fromisoformat(instant).astimezone(MOROCCO).date()
