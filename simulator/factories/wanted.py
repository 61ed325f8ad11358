"""What is asked of the factory, and who plays it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from fixtures import loader
from simulator.factories.model import OWN, State
from simulator.identity import people
from simulator.identity.model import EXECUTING_ACR, ISSUING_ACR, granted
from simulator.kit.call import Actor
from simulator.kit.problems import Problem
from simulator.worlds.model import World


@dataclass(frozen=True)
class Wanted:
    """A sheet to make. `author`, `patient`: of this world; `client`: the software of everybody."""

    state: State
    author: people.Person
    patient: people.Person
    client: str
    sections: list[dict[str, Any]]
    rights_acknowledged: bool = False
    may_advance: bool = False


def unreachable(detail: str) -> Problem:
    return Problem("state-unreachable", detail)


def executor(world: World, section: str) -> people.Person:
    """The first persona who executes such sections. Raises Problem state-unreachable."""
    who = next((one for one in loader.professionals() if one.role == section), None)
    if who is None:
        raise unreachable(f"Aucune personne du banc n'exécute de section « {section} ».")
    return people.professional(world, who)


def actor(who: people.Person, client: str) -> Actor:
    """The bearer that a token of his would prove."""
    says, issues = who.says, who.role == OWN
    acr = None if who.professional is None else ISSUING_ACR if issues else EXECUTING_ACR
    number, rank = says.get("registration_number"), says.get("dependant_rank")
    return Actor(
        client_id=client,
        inpe=says.get("inpe"),
        role=who.role,
        speciality=says.get("speciality"),
        establishment=says.get("establishment"),
        acr=acr,
        scopes=frozenset(granted(who.role, acr, None)),
        mode=who.mode,
        patient=None if number is None or rank is None else (number, rank),
    )
