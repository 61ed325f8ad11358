"""Families of a population: each is worked out of the seed and of its rank, when somebody asks for it.

A registration number is the rank of its family, scattered: so any of the families is found without keeping one.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, timedelta
from decimal import Decimal
from functools import lru_cache
from typing import Any, Literal

import fixtures
from fixtures.model import Affiliation, Attestation, Beneficiary, LongTermCondition, Studies
from simulator.populations.chance import Dice

FIRST = 300_000_000
_MODULUS, _STEP = 99_999_989, 61_803_399  # a prime, and how far apart two families in a row are
_BACK = pow(_STEP, -1, _MODULUS)
_KEPT = 4096
TODAY = fixtures.SUITE_DATE
_YEAR = timedelta(days=365)
_ATTESTED = date(TODAY.year, 9, 1)
_STUDENT_UNTIL, _ADULT = 29, 18

Sex = Literal["M", "F"]


class Families:
    """The families of one world: `count` of them, those of a province in a row (`of_province`)."""

    def __init__(self, name: str, said: Mapping[str, Any], seed: str) -> None:
        self._name, self._said, self._seed = name, said, seed
        self.of_province: dict[str, range] = {}
        first = 0
        for province in said["provinces"]:
            self.of_province[province["code"]] = range(first, first + province["families"])
            first += province["families"]
        self.count = first
        self.members = lru_cache(maxsize=_KEPT)(self._members)

    def rank(self, registration_number: str) -> int | None:
        """Which family has that number; None when no family has it."""
        if not (registration_number.isascii() and registration_number.isdigit() and len(registration_number) == 9):
            return None
        scattered = int(registration_number) - FIRST
        if not 0 <= scattered < _MODULUS:
            return None
        rank = scattered * _BACK % _MODULUS
        return rank if rank < self.count else None

    def number(self, rank: int) -> str:
        return str(FIRST + rank * _STEP % _MODULUS)

    def _members(self, rank: int) -> tuple[Beneficiary, ...]:
        """The insured person, then the dependants; their places are their ranks."""
        return tuple(_Family(self._name, self._said, self.number(rank), Dice(self._seed, "family", rank)).everybody())


class _Family:
    """One family being made."""

    def __init__(self, name: str, said: Mapping[str, Any], number: str, dice: Dice) -> None:
        self._name, self._said, self._number, self._dice = name, said, number, dice
        self._regime = said["regimes"][dice.weighted([one["share"] for one in said["regimes"]])]
        self._student = self._regime["regime"] == "student"
        low, high, _ = said["ages"][dice.weighted([band[2] for band in said["ages"]])]
        self._age = dice.between(19, 25) if self._student else dice.between(low, high)
        self._sex: Sex = "F" if dice.chance(350) else "M"
        self._family_name = dice.pick(said["family_names"])
        self._since = self._joined()

    def everybody(self) -> Iterator[Beneficiary]:
        dice, said = self._dice, self._said
        yield self._person(0, self._age, self._sex, self._family_name, self._own_affiliation())
        if self._student:
            return
        rank = 0
        if dice.chance(said["married"]):
            rank += 1
            spouse: Sex = "M" if self._sex == "F" else "F"
            age = max(20, self._age + dice.between(-8, 3))
            yield self._person(rank, age, spouse, dice.pick(said["family_names"]), self._running(self._since))
        if rank:
            ages = range(max(0, min(self._age - 20, _STUDENT_UNTIL + 1)))
            for age in reversed(dice.several(ages, dice.weighted(said["children"]))):
                rank += 1
                sex: Sex = "F" if dice.chance(490) else "M"
                yield self._person(rank, age, sex, self._family_name, None)

    def _person(self, rank: int, age: int, sex: Sex, family_name: str, affiliation: Affiliation | None) -> Beneficiary:
        dice = self._dice
        born = TODAY - age * _YEAR - timedelta(days=dice.below(340) + age // 4)
        child = affiliation is None
        studying: tuple[Studies, ...] = ()
        if child and age >= _ADULT and dice.chance(600):
            studying = (Studies(date(born.year + _ADULT, 9, 1)),)
        elif self._student:
            studying = (Studies(self._since),)
        conditions, attested = self._conditions(age)
        return Beneficiary(
            registration_number=self._number,
            dependant_rank=rank,
            persona=f"{self._name}-{self._number}-{rank}",
            family_name=family_name,
            given_name=dice.pick(self._said["given_names"][sex]),
            birth_date=born,
            sex=sex,
            relation="child" if child else "spouse" if rank else "insured",
            affiliations=(affiliation or self._running(max(born, self._since)),),
            long_term_conditions=conditions,
            studying=studying,
            provisional=False,
            death_date=None,
            note="",
            attestations=tuple(
                Attestation(f"ATT-{self._number}-{rank}-{place}", ean13, _ATTESTED, _ATTESTED + _YEAR)
                for place, ean13 in enumerate(attested, 1)
            ),
        )

    def _joined(self) -> date:
        """First day of the insured person's affiliation: of his majority at the earliest."""
        from_: date = self._regime["from"]
        earliest = max(from_, date(TODAY.year - self._age + 20, 1, 1))
        span = (date(TODAY.year - 1, 12, 31) - earliest).days
        late = self._regime["regime"] in ("salaried", "public") and span > 0
        return earliest + timedelta(days=self._dice.below(span)) if late else min(earliest, date(TODAY.year, 1, 1))

    def _running(self, since: date) -> Affiliation:
        return Affiliation(self._regime["regime"], since)

    def _own_affiliation(self) -> Affiliation:
        if self._regime["regime"] == "salaried" and self._dice.chance(self._said["ended"]):
            ended = date(TODAY.year, 1, 31) + timedelta(days=self._dice.below(270))
            return Affiliation("salaried", self._since, ended, "end-of-work")
        return self._running(self._since)

    def _conditions(self, age: int) -> tuple[tuple[LongTermCondition, ...], Sequence[str]]:
        """The condition of that person, and the products for which the CNSS attested it."""
        dice, said = self._dice, self._said
        share = next(share for low, high, share in said["long_term"] if low <= age <= high)
        if not dice.chance(share):
            return (), ()
        found = said["conditions"][dice.weighted([one["share"] for one in said["conditions"]])]
        since = TODAY - timedelta(days=dice.between(60, 2500))
        held = LongTermCondition(found["kind"], found["label"], Decimal(dice.pick(found["rates"])), since, None)
        return (held,), found.get("attested", ())
