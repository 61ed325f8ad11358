"""Professionals and establishments of a population, drawn from the seed: a few hundred, made together."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from fixtures.model import Delegate, Establishment, Professional
from simulator.populations.chance import Dice

_FIRST = 101
"""Numbers of the establishments begin above those of the personas."""


def staff(name: str, said: Mapping[str, Any], seed: str) -> tuple[Professional, ...]:
    """Everybody, by kind of staff, then by province."""
    return tuple(
        person
        for place, kind in enumerate(said["staff"])
        for rank, province in enumerate(said["provinces"])
        for person in _in_province(name, said, kind, province, Dice(seed, "staff", place, province["code"]), rank)
    )


def _in_province(
    name: str, said: Mapping[str, Any], kind: Mapping[str, Any], province: Mapping[str, Any], dice: Dice, rank: int
) -> Iterator[Professional]:
    many = kind["count"] * province["staff"] // 1000
    if kind.get("everywhere"):
        many = max(1, many)
    serial = _serial(said, kind)
    for one in range(many):
        family = dice.pick(said["family_names"])
        town = province["towns"][0] if not one else dice.pick(province["towns"])
        label = kind["name"].format(family=family, word=dice.pick(said["words"]), place=dice.pick(said["districts"]))
        establishment = Establishment(
            id=f"{kind['prefix']}-{province['short']}-{_FIRST + serial + one}",
            name=label,
            address=f"{dice.between(1, 180)}, {dice.pick(said['streets'])}, {town}",
            province=province["code"],
            sector=kind.get("sector", "private"),
        )
        for second in range(kind.get("people", 1)):
            inpe = f"{kind['inpe']}5{rank}".ljust(5, "0") + f"{(serial + one) * 2 + second:04d}"
            yield _person(name, said, kind, establishment, inpe, "" if second else family, dice)


def _serial(said: Mapping[str, Any], kind: Mapping[str, Any]) -> int:
    """How many establishments, at most, the kinds before it have under the same prefix."""
    before = said["staff"][: said["staff"].index(kind)]
    return sum(max(1, one["count"]) for one in before if one["inpe"] == kind["inpe"])


def _person(
    name: str,
    said: Mapping[str, Any],
    kind: Mapping[str, Any],
    establishment: Establishment,
    inpe: str,
    family: str,
    dice: Dice,
) -> Professional:
    full = f"{dice.pick(said['given_names'][dice.pick('MF')])} {family or dice.pick(said['family_names'])}"
    delegates: tuple[Delegate, ...] = ()
    if kind["role"] not in ("agent", "clinic") and dice.chance(said["delegates"]):
        second = f"{dice.pick(said['given_names'][dice.pick('MF')])} {dice.pick(said['family_names'])}"
        delegates = (Delegate(f"del-{inpe}", second),)
    return Professional(
        inpe=inpe,
        persona=f"{name}-{inpe}",
        name=establishment.name if kind["role"] == "clinic" else f"Dr {full}" if kind["title"] else full,
        role=kind["role"],
        speciality=kind["speciality"],
        establishment=establishment,
        status="active",
        note="",
        delegates=delegates,
    )
