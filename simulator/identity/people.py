"""Who signs an assertion: a professional (himself or a delegate), an agent of the CNSS, or a patient.

Kinds of subject: an INPE (9 digits), or ``registration number/dependant rank`` for a patient. The credential is
simulated: its key derives from the world's seed. No public source says how the CNSS will do it: hypothesis.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from fixtures.model import Beneficiary, Professional
from simulator.beneficiaries.service import register
from simulator.identity import model
from simulator.kit.call import ActorMode
from simulator.kit.signing import BadToken, PublicKey
from simulator.professionals.service import directory
from simulator.worlds.model import World

_PATIENT = re.compile("([0-9]{9})/(0|[1-9][0-9]?)")


@dataclass(frozen=True)
class Person:
    """A signatory of this world: the key that proves him, and what his tokens say."""

    subject: str
    kid: str
    role: str
    key: PublicKey
    says: Mapping[str, Any]
    professional: Professional | None = None
    mode: ActorMode = "professional"


@dataclass(frozen=True)
class Proved:
    """A person, once his assertion was accepted: how strongly, and through whom."""

    person: Person
    acr: str | None = None
    delegate: str | None = None
    claims: Mapping[str, Any] = field(default_factory=dict)


def find(world: World, subject: object) -> Person | None:
    """The person of that subject; None when this world knows no such person."""
    if not isinstance(subject, str):
        return None
    if (found := directory(world).find(subject)) is not None:
        return professional(world, found)
    if (key := _PATIENT.fullmatch(subject)) is None:
        return None
    insured = register(world).people.get((key[1], int(key[2])))
    return None if insured is None else _patient(world, insured)


def professional(world: World, who: Professional) -> Person:
    says = {
        "inpe": who.inpe,
        "role": who.role,
        "speciality": who.speciality,
        "establishment": who.establishment.id,
    }
    return Person(who.inpe, who.kid, who.role, world.keys.professional(who.inpe).public_key(), says, who)


def _patient(world: World, who: Beneficiary) -> Person:
    number, rank = who.registration_number, who.dependant_rank
    says = {"role": "patient", "registration_number": number, "dependant_rank": rank}
    key = world.keys.patient(number, rank).public_key()
    return Person(f"{number}/{rank}", who.kid, "patient", key, says, mode="patient")


def proved(person: Person, claims: Mapping[str, Any]) -> Proved:
    """What the (verified) assertion of that person says of him. Raises BadToken, in French."""
    who = person.professional
    if who is None:
        if claims.get("role") != "patient":
            raise BadToken("« role » doit valoir « patient »")
        if "act" in claims:
            raise BadToken("un patient agit lui-même : « act » n'est pas admis")
        return Proved(person, claims=dict(person.says))
    for name in ("inpe", "role", "establishment"):
        if claims.get(name) != person.says[name]:
            raise BadToken(f"« {name} » ne correspond pas à ce professionnel")
    if claims.get("speciality", who.speciality) != who.speciality:
        raise BadToken("« speciality » ne correspond pas à ce professionnel")
    acr = claims.get("acr")
    if acr not in (model.ISSUING_ACR, model.EXECUTING_ACR):
        raise BadToken("« acr » est absent ou inconnu")
    said: dict[str, Any] = {**person.says, "acr": acr}
    if "act" not in claims:
        return Proved(person, acr, None, said)
    act = claims["act"]
    delegate = who.delegate(act.get("sub")) if isinstance(act, dict) else None
    if delegate is None:
        raise BadToken("« act.sub » ne désigne aucun délégué de ce professionnel")
    return Proved(person, acr, delegate.id, {**said, "act": {"sub": delegate.id}})
