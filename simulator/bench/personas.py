"""What the creation of a world answers: its description, credentials and people."""

from __future__ import annotations

from typing import Any

import fixtures
from fixtures import loader, magic
from fixtures.model import Beneficiary, Professional, Replacement
from simulator.beneficiaries import schemas as beneficiaries
from simulator.identity.discovery import trust_anchor
from simulator.kit import clock, signing
from simulator.kit.storage import Tx
from simulator.nomenclature import store as nomenclature
from simulator.professionals import schemas as professionals
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
        "persona_set": world.persona_set,
        "rate_limit": dict(zip(("requests", "window_s"), world.rate_limit, strict=True)) if world.rate_limit else None,
    }


def description(world: World) -> dict[str, Any]:
    """The summary, the trust anchor, and every persona with what it takes to be it; how many other people there are
    (see `others_who_practise`, `families`)."""
    people = world.population
    return {
        **summary(world),
        "trust_anchor": trust_anchor(world),
        "professionals": [_professional(world, person) for person in loader.professionals()],
        "beneficiaries": [_beneficiary(world, person) for person in loader.beneficiaries()],
        "others": {
            "professionals": 0 if people is None else len(people.generated),
            "families": 0 if people is None else people.families.count,
        },
    }


def special(tx: Tx, world: World, kind: str | None) -> dict[str, Any]:
    """The printed table of who and what is special here, of one kind or of all; a professional with his standing, a
    medicine as the list in force in this world names it."""
    practising = {person.inpe: _standing(world, person) for person in loader.professionals()}
    return {
        "personas": [
            {
                "kind": row.kind,
                "value": row.value,
                **_told(tx, world, row),
                **({"persona": row.persona} if row.persona else {}),
                **({"status": practising[row.value]} if row.kind == "professional" else {}),
            }
            for row in magic.table()
            if kind in (None, row.kind)
        ]
    }


def _told(tx: Tx, world: World, row: magic.Special) -> dict[str, str]:
    """Its name and what is special; of a medicine that this world's list does not have, that it does not."""
    if row.kind != "medicine" or world.nomenclature == fixtures.BUILT_IN_NOMENCLATURE:
        return {"name": row.name, "special": row.special}
    found = nomenclature.find_medicine(tx, world.nomenclature, row.value)
    if found is not None:
        return {"name": f"{found.name} {found.dosage}".strip(), "special": row.special}
    if row.name == magic.ABSENT:
        return {"name": row.name, "special": row.special}
    lists = (
        f"Absent de la liste de ce monde, {world.nomenclature} ; sur celle du banc, {fixtures.BUILT_IN_NOMENCLATURE}"
    )
    return {"name": magic.ABSENT, "special": f"{lists} : {row.name}, {row.special[:1].lower()}{row.special[1:]}"}


def others_who_practise(world: World, role: str | None, after: int, limit: int) -> dict[str, Any]:
    """A page of the professionals who are no personas, as the personas are described; `after` skips that many."""
    people = world.population
    everybody = () if people is None else people.generated
    wanted = [person for person in everybody if role in (None, person.role)]
    page = wanted[after : after + limit]
    return {"professionals": [_professional(world, person) for person in page], "next": after + len(page)}


def families(world: World, after: int, limit: int) -> dict[str, Any]:
    """A page of whole families, as the personas are described; `after` skips that many families."""
    people = world.population
    ranks = range(0) if people is None else range(people.families.count)[after : after + limit]
    found = [] if people is None else [[_beneficiary(world, one) for one in people.families.members(n)] for n in ranks]
    return {"families": found, "next": after + len(ranks)}


def _professional(world: World, person: Professional) -> dict[str, Any]:
    """With his private JWK: a simulated credential, of this world only."""
    return {
        "persona": person.persona,
        **professionals.identity(person),
        "status": _standing(world, person),
        "delegates": [{"id": one.id, "name": one.name} for one in person.delegates],
        "replaces": _replacement(person.replaces) if person.replaces else None,
        "note": person.note,
        "kid": person.kid,
        "private_jwk": signing.private_jwk(world.keys.professional(person.inpe), person.kid),
    }


def _standing(world: World, person: Professional) -> str:
    if person.inpe in world.suspended:
        return "suspended"
    ended = person.replaces is not None and not person.replaces.in_force(clock.day(world.now()))
    return "replacement-not-in-force" if ended else "active"


def _replacement(found: Replacement) -> dict[str, str]:
    return {"inpe": found.inpe, "start": found.start.isoformat(), "end": found.end.isoformat()}


def _beneficiary(world: World, person: Beneficiary) -> dict[str, Any]:
    """With the private JWK of the credential that makes him a patient."""
    key = world.keys.patient(person.registration_number, person.dependant_rank)
    return {
        "persona": person.persona,
        **beneficiaries.identity(person),
        "note": person.note,
        "kid": person.kid,
        "private_jwk": signing.private_jwk(key, person.kid),
    }
