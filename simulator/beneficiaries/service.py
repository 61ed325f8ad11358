"""Use cases on beneficiaries: the rights check."""

from __future__ import annotations

from collections import ChainMap
from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from functools import cache, lru_cache
from types import MappingProxyType
from typing import Literal, cast

import fixtures
from simulator.audit import store as audit
from simulator.beneficiaries import model
from simulator.beneficiaries.entitlement import of_rights
from simulator.beneficiaries.model import Key, Register, Rights
from simulator.beneficiaries.schemas import RightsAnswer, RightsCheckRequest
from simulator.kit.call import Call, WorldLike
from simulator.kit.storage import Tx


@cache
def _people() -> Mapping[Key, fixtures.Beneficiary]:
    return MappingProxyType({(p.registration_number, p.dependant_rank): p for p in fixtures.beneficiaries()})


def register(world: WorldLike) -> Register:
    """Every beneficiary this world knows."""
    population, marks = world.population, world.marks
    people = _people() if population is None else population.beneficiaries
    if marks.births:
        born: dict[Key, fixtures.Beneficiary] = {}
        for (number, rank), (mother, day, sex) in marks.births.items():
            more = marks.affiliations.get((number, mother), ())
            born[number, rank] = newborn(people[number, mother], rank, day, sex, more)
        people = ChainMap(born, cast("dict[Key, fixtures.Beneficiary]", people))
    return Register(people, marks.affiliations)


@lru_cache(maxsize=1024)
def newborn(
    mother: fixtures.Beneficiary, rank: int, day: date, sex: str, more: tuple[fixtures.Affiliation, ...] = ()
) -> fixtures.Beneficiary:
    """Her child born that day, without a number: his rights are hers (`more`: those registered late), for a delay."""
    return replace(
        mother,
        dependant_rank=rank,
        persona=f"newborn-{mother.registration_number}-{rank}",
        given_name="Nouveau-né",
        birth_date=day,
        sex=cast("Literal['M', 'F']", sex),
        relation="child",
        affiliations=(*mother.affiliations, *more),
        long_term_conditions=(),
        studying=(),
        attestations=(),
        provisional=True,
        death_date=None,
        note="",
    )


@cache
def rules() -> fixtures.DatedRules:
    """The rules that speak of rights; they are common to every tariff set."""
    return of_rights(fixtures.rules())


def rights_on(person: fixtures.Beneficiary, day: date) -> Rights:
    """Rights of a person on a day, by the rules of the fixtures."""
    return model.rights_on(person, day, rules())


def check_rights(tx: Tx, call: Call, body: RightsCheckRequest) -> RightsAnswer:
    """Rights on a date of care, past or future. Raises Problem unknown-beneficiary. Audited."""
    asked = body.beneficiary
    person = register(call.world).find(asked.registration_number, asked.dependant_rank, pointer="/beneficiary")
    rights = rights_on(person, body.date_of_care)
    subject = audit.beneficiary(person.registration_number, person.dependant_rank)
    audit.append(tx, call, "rights-checked", subject, {"date_of_care": rights.day.isoformat(), "open": rights.open})
    return RightsAnswer.of(person, rights)
