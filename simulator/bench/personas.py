"""What the creation of a world answers: its description, credentials and people."""

from __future__ import annotations

from typing import Any

from fixtures import loader
from fixtures.model import Professional, Replacement
from simulator.identity.discovery import trust_anchor
from simulator.kit import clock, signing
from simulator.worlds.model import World


def summary(world: World) -> dict[str, Any]:
    """Id, seed, issuer, time, lists."""
    return {
        "id": world.id,
        "seed": world.seed,
        "issuer": world.issuer,
        "now": clock.to_text(world.now()),
        "clock": world.clock.mode,
        "nomenclature": world.nomenclature,
        "tariff_set": world.tariff_set,
        "deployment": world.deployment,
    }


def description(world: World) -> dict[str, Any]:
    """The summary, the trust anchor, and every persona with what it takes to be it."""
    return {
        **summary(world),
        "trust_anchor": trust_anchor(world),
        "professionals": professionals(world),
        "beneficiaries": beneficiaries(world),
    }


def professionals(world: World) -> list[dict[str, Any]]:
    """Personas with their private JWK: simulated credentials, of this world only."""
    return [
        {
            "persona": person.persona,
            "inpe": person.inpe,
            "name": person.name,
            "role": person.role,
            "speciality": person.speciality,
            "establishment": {
                "id": person.establishment.id,
                "name": person.establishment.name,
                "address": person.establishment.address,
            },
            "status": _standing(world, person),
            "delegates": [{"id": one.id, "name": one.name} for one in person.delegates],
            "replaces": _replacement(person.replaces) if person.replaces else None,
            "note": person.note,
            "kid": person.kid,
            "private_jwk": signing.private_jwk(world.keys.professional(person.inpe), person.kid),
        }
        for person in loader.professionals()
    ]


def _standing(world: World, person: Professional) -> str:
    if person.inpe in world.suspended:
        return "suspended"
    ended = person.replaces is not None and not person.replaces.in_force(clock.day(world.now()))
    return "replacement-not-in-force" if ended else "active"


def _replacement(found: Replacement) -> dict[str, str]:
    return {"inpe": found.inpe, "start": found.start.isoformat(), "end": found.end.isoformat()}


def beneficiaries(world: World) -> list[dict[str, Any]]:
    """Personas among the insured, with the private JWK of the credential that makes each a patient."""
    return [
        {
            "persona": person.persona,
            "registration_number": person.registration_number,
            "dependant_rank": person.dependant_rank,
            "family_name": person.family_name,
            "given_name": person.given_name,
            "birth_date": person.birth_date.isoformat(),
            "sex": person.sex,
            "note": person.note,
            "kid": person.kid,
            "private_jwk": signing.private_jwk(
                world.keys.patient(person.registration_number, person.dependant_rank), person.kid
            ),
        }
        for person in loader.beneficiaries()
    ]
