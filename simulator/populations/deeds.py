"""What is done with each line of a held section, as an executor's software would say it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from fixtures.model import Beneficiary
from simulator.kit.answer import Json
from simulator.populations import prescriptions
from simulator.populations.chance import Dice

_CENTIME = Decimal("0.01")
_WHY = {
    "pharmacy": ("out-of-stock", "out-of-stock", "patient-refused", "contraindication"),
    "biology": ("patient-not-prepared", "sample-not-conform", "patient-refused"),
    "imaging": ("equipment-unavailable", "patient-refused"),
    "devices": ("patient-refused", "out-of-stock"),
}


class Deeds:
    """`said`: populations/NAME-care.yaml."""

    def __init__(self, said: Mapping[str, Any]) -> None:
        self._said, self._often = said, said["incidents"]

    def of(
        self, kind: str, lines: Sequence[Mapping[str, Any]], dice: Dice, patient: Beneficiary, day: date
    ) -> list[Json]:
        """One deed for each line that this establishment may still execute, and executes today."""
        found: list[Json] = []
        for line in lines:
            state = str(line["state"])
            if state in ("open", "partial") or (state == "owed" and line.get("owed_by_you")):
                deed = self._deed(kind, line, state, dice, patient, day)
                found += [deed] if deed else []
        return found

    def _deed(
        self, kind: str, line: Mapping[str, Any], state: str, dice: Dice, patient: Beneficiary, day: date
    ) -> Json | None:
        left, what = int(Decimal(line["remaining"])), dice.below(1000)
        said: Json = {"line": line["line"]}
        if kind == "physiotherapy":
            done = int(Decimal(line["quantity"])) - left
            return {
                **said,
                "outcome": "executed",
                "quantity": "1",
                "session": done + 1,
                "charged": self.price(line, 1, dice),
            }
        if kind == "nursing":
            return {**said, "outcome": "executed", "quantity": "1", "charged": self.price(line, 1, dice)}
        for name in ("refused", "skipped"):
            if what < self._often[name] and state == "open":
                why = dice.pick(_WHY.get(kind, ("patient-refused",)))
                return {**said, "outcome": "not_executed", "reason": why} if name == "refused" else None
            what -= self._often[name]
        many = left
        if kind == "pharmacy" and state == "open" and left > 1 and what < self._often["owed"] + self._often["partial"]:
            many = dice.between(1, left - 1)
            said |= {"owed": True} if what < self._often["owed"] else {}
        elif kind == "pharmacy" and state == "open" and 0 <= what < self._often["owed"] // 2:
            return {**said, "outcome": "owed"}
        said |= {"outcome": "executed", "quantity": str(many)}
        if kind == "pharmacy":
            said |= self._product(line, dice, patient, day)
        return {**said, "charged": self.price({**line, **said}, many, dice)}

    def _product(self, line: Mapping[str, Any], dice: Dice, patient: Beneficiary, day: date) -> Json:
        """The product handed over, its lot, the attestation that the patient has for it; another one of the same use,
        now and then, with the prescriber's word.
        """
        child = prescriptions.is_child(patient, day)
        ean13 = line.get("ean13")
        if ean13 is None:
            return {}
        found: Json = {"ean13": ean13}
        if dice.chance(self._often["substituted"]):
            pools = [pool for pool in self._said["pools"] if ean13 in prescriptions.products(self._said, pool, child)]
            others = [other for pool in pools for other in prescriptions.products(self._said, pool, child)]
            if others and (other := dice.pick(others)) != ean13:
                found = {"ean13": other, "substitution": {"reason": "prescriber-agreed"}}
        if not dice.chance(self._often["no_lot"]):
            found["lot"] = f"L{dice.between(10000, 99999)}"
        held = [one.number for one in patient.attestations if one.ean13 == found["ean13"] and one.covers(day)]
        if held and dice.chance(self._often["attested"]):
            found["third_party_attestation"] = held[0]
        return found

    def items(self, kind: str, asked: Sequence[Mapping[str, Any]], dice: Dice) -> list[Json]:
        """What an outage left to enter: the lines as they were asked, by their codes."""
        found: list[Json] = []
        for line in asked:
            many = int(Decimal(line["quantity"]))
            item: Json = {"quantity": str(many), "charged": self.price(line, many, dice)}
            if "ean13" in line:
                found.append({**item, "ean13": line["ean13"], "lot": f"L{dice.between(10000, 99999)}"})
            elif "act_code" in line:
                found.append({**item, "act_code": line["act_code"]})
        return found

    def price(self, line: Mapping[str, Any], many: int, dice: Dice) -> str:
        """What is charged for `many` units: the public price of a medicine; the tariff of an act, or above it."""
        if (ean13 := line.get("ean13")) is not None:
            return f"{prescriptions.medicines()[ean13].ppv * many:.2f}"
        unit = prescriptions.prices().get(line.get("act_code", ""))
        if unit is None:
            return f"{dice.between(4, 15) * 10 * many}.00"
        factor = dice.pick((100, 100, 110, 120, 150))
        return str((unit * many * factor / 100).quantize(_CENTIME, ROUND_HALF_UP))

    @staticmethod
    def less(charged: str) -> str:
        return str((Decimal(charged) * 9 / 10).quantize(_CENTIME, ROUND_HALF_UP))
