"""Whom the bench acts for: a person by the name of a persona, a software that is registered."""

from __future__ import annotations

from fixtures import loader
from simulator.identity import people
from simulator.identity import store as identity
from simulator.kit.problems import Problem
from simulator.kit.storage import Tx
from simulator.worlds.model import World

NOBODY_KNOWN = "logiciel-du-banc"
"""The software of a token in a world where none is registered."""


def software(tx: Tx, world: World, said: str | None) -> str:
    """That software, by default the first. Raises Problem not-found."""
    known = [client.client_id for client in identity.world_clients(tx, world.id)]
    if said is not None and said not in known:
        raise Problem("not-found", f"Aucun logiciel « {said} » n'est enregistré dans ce monde.")
    return said or next(iter(known), NOBODY_KNOWN)


def another(tx: Tx, world: World, client: str, otherwise: str) -> str:
    """A software that is not that one."""
    known = (one.client_id for one in identity.world_clients(tx, world.id))
    return next((one for one in known if one != client), otherwise)


def person(world: World, said: str) -> people.Person:
    """By persona, INPE, or ``registration number/rank``. Raises Problem not-found."""
    subjects = {one.persona: f"{one.registration_number}/{one.dependant_rank}" for one in loader.beneficiaries()}
    subjects |= {one.persona: one.inpe for one in loader.professionals()}
    if (found := people.find(world, subjects.get(said, said))) is None:
        raise Problem("not-found", f"« {said} » n'est pas une personne de ce monde.")
    return found
