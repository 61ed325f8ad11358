"""The claims that a person names, read in a database: by their own id, or all those of a care sheet."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from msgspec import Struct

import fixtures
from simulator.beneficiaries.service import register
from simulator.claims.page import Around, faults, page
from simulator.claims.store import named, of_sheet, parse, whose
from simulator.kit.answer import Json
from simulator.kit.problems import Problem
from simulator.kit.storage import Database, Tx
from simulator.professionals.service import establishments
from simulator.worlds import store as worlds
from simulator.worlds.model import World


class Found(Struct, frozen=True):
    """A claim and what it does not say itself."""

    claim: Json
    around: Around


class NotOne(Exception):
    """What was asked for names no claim, or claims of several worlds; one French line."""


def find(db: Database, wanted: str, world: str) -> list[Found]:
    """The claims that `wanted` names (``clm-…`` or the number of a sheet), in `world`, or in the only one that has
    some, in the order in which they were received. Raises NotOne.
    """
    names(wanted)
    known = db.call(lambda tx: worlds.everything(tx, ""))
    if world and world not in {one.id for one in known}:
        raise NotOne(f"le monde « {world} » n'existe pas dans cette base.")
    found = {
        one.id: claims
        for one in known
        if world in ("", one.id)
        if (claims := db.call(lambda tx, one=one: within(tx, one, wanted), one.id))  # type: ignore[misc]
    }
    if not found:
        where = f"le monde « {world} »" if world else f"cette base ({len(known)} monde{'s' if len(known) > 1 else ''})"
        raise NotOne(f"aucune demande de remboursement pour « {wanted} » dans {where}.")
    if len(found) > 1:
        raise NotOne(f"« {wanted} » existe dans plusieurs mondes ({', '.join(sorted(found))}) ; préciser --world.")
    (claims,) = found.values()
    return claims


def names(wanted: str) -> str:
    """The id of a claim, or the number of a sheet without its spaces. Raises NotOne."""
    number = wanted.replace(" ", "")
    if not wanted.startswith("clm-") and not re.fullmatch("[0-9]{16}", number):
        raise NotOne(f"« {wanted} » n'est ni une demande (clm-…), ni un numéro de FSE (seize chiffres).")
    return wanted if wanted.startswith("clm-") else number


def within(tx: Tx, world: World, wanted: str) -> list[Found]:
    """Those of one world, the oldest first; none when it has none. Raises NotOne."""
    name = names(wanted)
    texts = named(tx, world.id, name) if name.startswith("clm-") else of_sheet(tx, world.id, name)
    oldest_first = sorted(map(parse, texts), key=lambda claim: (claim["received_at"], claim["id"]))
    return [Found(claim, _around(tx, world, claim)) for claim in oldest_first]


def explained(found: Found) -> Json:
    """What a program reads of it: ``{"world", "patient", "adds_up", "faults", "text", "claim"}``."""
    wrong = faults(found.claim)
    return {
        "world": found.around.world or None,
        "patient": found.around.patient or None,
        "adds_up": not wrong,
        "faults": wrong,
        "text": page(found.claim, found.around),
        "claim": found.claim,
    }


def _around(tx: Tx, world: World, claim: Json) -> Around:
    return Around(world.id, ", ".join(_patient(tx, world, claim)), place(claim["establishment"], establishments(world)))


def _patient(tx: Tx, world: World, claim: Json) -> Iterator[str]:
    registration, rank = whose(tx, world.id, claim)
    insured = "assuré"
    try:
        person = register(world).find(registration, rank)
    except Problem:
        yield "nom inconnu"
    else:
        insured = "assurée" if person.sex == "F" else insured
        yield f"{person.given_name} {person.family_name}"
    yield f"immatriculation {registration}"
    yield insured if rank == 0 else f"ayant droit de rang {rank}"


def place(establishment: str, known_ones: Mapping[str, fixtures.Establishment] | None = None) -> str:
    """The name of an establishment, of the world or of the fixtures, with its code; the code alone when nobody knows
    it.
    """
    known = (known_ones or fixtures.establishments()).get(establishment)
    return establishment if known is None else f"{known.name} ({establishment})"
