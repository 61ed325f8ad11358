"""The directory of a world."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from types import MappingProxyType

import fixtures
from simulator.kit.call import WorldLike
from simulator.professionals.model import Directory


@cache
def _people() -> Mapping[str, fixtures.Professional]:
    return MappingProxyType({person.inpe: person for person in fixtures.professionals()})


def directory(world: WorldLike) -> Directory:
    """Every professional this world knows, with its suspensions; costs nothing to build."""
    population = world.population
    return Directory(_people() if population is None else population.professionals, world.suspended)


def establishments(world: WorldLike) -> Mapping[str, fixtures.Establishment]:
    """Every establishment this world knows, by its code."""
    population = world.population
    return fixtures.establishments() if population is None else population.establishments
