"""The people of a world that has more of them than the personas: worked out of its seed, never stored.

Pure. A world keeps the name of its population; the personas are always there besides, first.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import lru_cache
from types import MappingProxyType
from typing import Any

import fixtures
from fixtures.model import Beneficiary, Establishment, Professional
from simulator.populations.families import Families
from simulator.populations.staff import staff

NAMES = (fixtures.PERSONAS_ALONE, "kenitra")
Key = tuple[str, int]


class Population:
    """Everybody that a world knows. `generated`: the professionals that are no personas."""

    def __init__(self, name: str, seed: str) -> None:
        said = fixtures.population(name)
        self.name, self.seed, self.said = name, seed, said
        self.families = Families(name, said, seed)
        self.generated = staff(name, said, seed)
        everybody = (*fixtures.professionals(), *self.generated)
        self.professionals: Mapping[str, Professional] = MappingProxyType({one.inpe: one for one in everybody})
        self.beneficiaries: Mapping[Key, Beneficiary] = _Beneficiaries(self.families)
        places = {one.establishment.id: one.establishment for one in self.generated}
        self.establishments: Mapping[str, Establishment] = MappingProxyType({**fixtures.establishments(), **places})


class _Beneficiaries(Mapping[Key, Beneficiary]):
    """By registration number and rank: the personas, then the families, made as they are asked for.

    Its length and its keys make them all: nothing that serves a request asks for either.
    """

    def __init__(self, families: Families) -> None:
        self._personas = {(one.registration_number, one.dependant_rank): one for one in fixtures.beneficiaries()}
        self._families = families

    def get(self, key: Key, default: Any = None) -> Any:
        found = self._personas.get(key)
        if found is not None:
            return found
        number, rank = key
        family = self._families.rank(number)
        if family is None:
            return default
        members = self._families.members(family)
        return members[rank] if 0 <= rank < len(members) else default

    def __getitem__(self, key: Key) -> Beneficiary:
        found: Beneficiary | None = self.get(key)
        if found is None:
            raise KeyError(key)
        return found

    def __contains__(self, key: object) -> bool:
        return isinstance(key, tuple) and self.get(key) is not None

    def __iter__(self) -> Iterator[Key]:
        yield from self._personas
        for rank in range(self._families.count):
            number = self._families.number(rank)
            yield from ((number, one.dependant_rank) for one in self._families.members(rank))

    def __len__(self) -> int:
        return len(self._personas) + sum(len(self._families.members(rank)) for rank in range(self._families.count))


@lru_cache(maxsize=8)
def of(name: str, seed: str) -> Population | None:
    """The population of that name under that seed; None for the personas alone. Raises KeyError for another name."""
    return None if name == fixtures.PERSONAS_ALONE else Population(name, seed)
