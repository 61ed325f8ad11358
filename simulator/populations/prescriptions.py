"""What is prescribed: from a motive and a patient to the sections of an issuance, as a software would send them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from functools import cache
from typing import Any

import fixtures
from fixtures.model import Beneficiary, Professional
from simulator.care_sheets.units import pack
from simulator.kit.answer import Json
from simulator.populations.chance import Dice

_CHILD_UNTIL = 13
_OUTSIDE = (
    ("Préparation magistrale", "bottle"),
    ("Complément alimentaire", "box"),
    ("Crème hydratante", "tube"),
    ("Lait de suite", "box"),
)
_WITH_TOOTH = ("D-EXTR", "D-OBT1", "D-DEVIT", "DP-COUR")
_ASKED = ("biology", "imaging", "physiotherapy", "nursing", "dental", "devices")


@cache
def medicines() -> Mapping[str, fixtures.Medicine]:
    """The built-in list by EAN-13."""
    return {one.ean13: one for one in fixtures.medicines()}


@cache
def prices() -> Mapping[str, Decimal]:
    """Reference price of one unit of each act, MAD; what has none is left out."""
    letters = {one.letter: one.value for one in fixtures.tariffs() if one.tariff_set == fixtures.DEFAULT_TARIFF_SET}
    return {
        act.code: act.coefficient * letters[act.letter]
        for act in fixtures.acts()
        if act.coefficient is not None and act.letter in letters
    }


@cache
def approved() -> frozenset[str]:
    """Acts that are only paid with a prior approval."""
    return frozenset(act.code for act in fixtures.acts() if act.prior_approval)


@cache
def _acts() -> Mapping[str, fixtures.Act]:
    return {act.code: act for act in fixtures.acts()}


def is_child(patient: Beneficiary, day: date) -> bool:
    """Whether products for children are preferred."""
    return patient.age_on(day) < _CHILD_UNTIL


def sections(
    said: Mapping[str, Any],
    motive: Mapping[str, Any],
    patient: Beneficiary,
    author: Professional,
    day: date,
    dice: Dice,
) -> list[Json]:
    """The sections of a sheet: one of each type at most, one at least."""
    child = is_child(patient, day)
    found = {"prescriber": _own(said, motive, author, dice)}
    found |= {kind: _asked(kind, motive, child, dice) for kind in _ASKED}
    found["pharmacy"] = _pharmacy(said, motive, child, dice)
    if not any(found.values()):
        found["pharmacy"] = [_medicine(said, motive["medicines"][0], child, dice)]
    return [{"type": kind, "lines": lines} for kind, lines in found.items() if lines]


def _own(said: Mapping[str, Any], motive: Mapping[str, Any], author: Professional, dice: Dice) -> list[Json]:
    consultations = said["consultation"]
    own = consultations.get(author.speciality, consultations["others"])
    if own is None:
        return []
    public = author.establishment.sector == "public"
    low, high = own["charged"]
    charged = own["tariff"] if public else f"{dice.between(low // 10, high // 10) * 10}.00"
    lines = [{"act_code": own["act"], "quantity": "1", "charged": charged}]
    for code, chance, low, high in motive.get("own", ()):
        if dice.chance(chance):
            lines.append(
                {"act_code": code, "quantity": "1", "charged": f"{dice.between(low // 10, high // 10) * 10}.00"}
            )
    return lines


def _pharmacy(said: Mapping[str, Any], motive: Mapping[str, Any], child: bool, dice: Dice) -> list[Json]:
    lines: dict[str, Json] = {}
    for asked in motive["medicines"]:
        if dice.chance(asked[1]):
            line = _medicine(said, asked, child, dice)
            lines.setdefault(line["ean13"], line)
    found = list(lines.values())
    if found and dice.chance(said["incidents"]["outside_list"]):
        label, unit = dice.pick(_OUTSIDE)
        product = {"outside_list": {"label": label, "reason": "Aucun équivalent sur la liste"}, "quantity": "1"}
        found.append({**product, "unit": unit, "posology": "1 application par jour", "duration_days": 10})
    return found


def _medicine(said: Mapping[str, Any], asked: list[Any], child: bool, dice: Dice) -> Json:
    pool, _, low, high, days, posology = asked
    ean13 = dice.pick(products(said, pool, child))
    return {
        "ean13": ean13,
        "quantity": str(dice.between(low, high)),
        "unit": pack(medicines()[ean13].presentation),
        "posology": posology,
        "duration_days": days,
        "substitution_allowed": dice.chance(300),
    }


def products(said: Mapping[str, Any], pool: str, child: bool) -> list[str]:
    """Codes of the products of that use."""
    found: Mapping[str, list[str]] = said["pools"][pool]
    return found.get("child", found["adult"]) if child else found["adult"]


def _asked(kind: str, motive: Mapping[str, Any], child: bool, dice: Dice) -> list[Json]:
    asked = motive.get(kind)
    if asked is None or not dice.chance(asked["chance"]):
        return []
    many = dice.between(*asked["some"])
    if kind in ("physiotherapy", "nursing"):
        return [{"act_code": dice.pick(asked["acts"]), "quantity": str(many)}]
    return [_act(kind, code, child, dice) for code in dice.several(asked["acts"], many)]


def _act(kind: str, code: str, child: bool, dice: Dice) -> Json:
    line: Json = {"act_code": code, "quantity": "2" if code.startswith("DM-VERRE") else "1"}
    if kind == "devices":
        line["unit"] = _acts()[code].unit
    if code in _WITH_TOOTH:
        milk = child and code != "DP-COUR"
        line["tooth"] = (
            f"{dice.between(5, 8)}{dice.between(1, 5)}" if milk else f"{dice.between(1, 4)}{dice.between(1, 8)}"
        )
    return line
