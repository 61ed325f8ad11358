"""Make a world from the command line, and live its days in the same transaction: it is there whole, or not at all."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import sqlalchemy as sa

import fixtures
from simulator.app import default_world
from simulator.care_sheets.store import sheets
from simulator.claims.store import claims
from simulator.kit import clock
from simulator.kit.storage import Database, Tx, query
from simulator.nomenclature import store as nomenclature
from simulator.operations import ROUTES, SOURCES
from simulator.place import taken
from simulator.populations import model
from simulator.populations.cast import Cast
from simulator.populations.filling import Days, Lived, Told, fill, first_instant, head
from simulator.worlds import store
from simulator.worlds.service import NewWorld, Worlds

_FIRST = date(2024, 1, 1)
_FORMER, _LAST = fixtures.SUITE_DATE - timedelta(days=1), date(2035, 12, 31)
_world: Any = sa.bindparam("world")
_sheets = query(sa.select(sa.func.count().label("many")).select_from(sheets).where(sheets.c.world == _world))
_claims = query(sa.select(sa.func.count().label("many")).select_from(claims).where(claims.c.world == _world))


class Refused(Exception):
    """What is asked for cannot be made; one French line, nothing is written."""


@dataclass(frozen=True)
class Wanted:
    """What is asked for; empty members have defaults."""

    name: str
    seed: str
    persona_set: str
    days: int
    until: date | None
    per_day: int
    base_url: str
    tariff_set: str = fixtures.DEFAULT_TARIFF_SET


@dataclass(frozen=True)
class Created:
    """What was made, in `seconds` of real time."""

    id: str
    seed: str
    persona_set: str
    tariff_set: str
    now: str
    days: int
    per_day: int
    claims: int
    seconds: float
    lived: Lived

    def as_json(self) -> dict[str, Any]:
        lived = self.lived
        return {
            "id": self.id,
            "seed": self.seed,
            "persona_set": self.persona_set,
            "tariff_set": self.tariff_set,
            "now": self.now,
            "days": self.days,
            "per_day": self.per_day,
            "care_sheets": lived.sheets,
            "executions": lived.executions,
            "claims": self.claims,
            "operations": lived.operations,
            "refusals": lived.refusals,
            "audit_head": lived.head,
            "seconds": round(self.seconds, 1),
        }


def make(database: str, wanted: Wanted, progress: Callable[[int, int, int], None]) -> Created:
    """Raises PlaceError for a database that cannot be used, Refused for what cannot be made."""
    if wanted.persona_set not in model.NAMES:
        raise Refused(f"le peuplement « {wanted.persona_set} » n'existe pas ; connus : {', '.join(model.NAMES)}.")
    if wanted.tariff_set not in (known := fixtures.tariff_sets()):
        raise Refused(f"le jeu de tarifs « {wanted.tariff_set} » n'existe pas ; connus : {', '.join(known)}.")
    days = _days(wanted)
    stop = threading.Event()
    with taken(database) as db:
        try:
            return _made(db, wanted, days, Told(progress, stop.is_set))
        except BaseException:
            stop.set()  # the writer's thread gives up: what it had written is undone
            raise


def _days(wanted: Wanted) -> Days:
    until = wanted.until or _FORMER
    if wanted.persona_set == fixtures.PERSONAS_ALONE:
        return Days(0, until, 0)
    if until - timedelta(days=wanted.days) < _FIRST or until > _LAST:
        raise Refused(f"les jours d'activité vont du {_FIRST:%d/%m/%Y} au {_LAST:%d/%m/%Y}.")
    return Days(wanted.days, until, wanted.per_day or fixtures.population_care(wanted.persona_set)["per_day"])


def _made(db: Database, wanted: Wanted, days: Days, told: Told) -> Created:
    id, seed = wanted.name or wanted.persona_set, wanted.seed or wanted.persona_set
    started = clock.stopwatch()
    db.call(nomenclature.prepare)
    worlds = Worlds(db, wanted.base_url, SOURCES)
    people = model.of(wanted.persona_set, seed)
    softwares = Cast(people).clients() if people is not None else ()
    clients = (*default_world().clients, *softwares)
    new = NewWorld(
        id=id,
        seed=seed,
        now=first_instant(days),
        tariff_set=wanted.tariff_set,
        persona_set=wanted.persona_set,
        clients=clients,
    )
    routes = {route.operation: route for route in ROUTES}

    def unit(tx: Tx) -> Created:
        if store.find(tx, id, "") is not None:
            raise Refused(f"le monde « {id} » existe déjà dans cette base ; choisir --name.")
        world = worlds.build(new, fixtures.BUILT_IN_NOMENCLATURE)
        worlds.add(tx, world, new.clients)
        lived = Lived({}, {}, "") if people is None else fill(tx, world, days, routes, SOURCES, told)
        now, spent = clock.to_text(world.now()), clock.stopwatch() - started
        many = _count(tx, _claims, id)
        kinds = wanted.persona_set, wanted.tariff_set
        return Created(id, seed, *kinds, now, days.days, days.per_day, many, spent, lived)

    return db.call(unit, id)


def summaries(db: Database) -> list[dict[str, Any]]:
    """The worlds of a database, by name."""
    found = db.call(lambda tx: store.everything(tx, ""))
    return [
        {
            "id": world.id,
            "seed": world.seed,
            "persona_set": world.persona_set,
            "tariff_set": world.tariff_set,
            "now": clock.to_text(world.now()),
            "clock": world.clock.mode,
            "nomenclature": world.nomenclature,
            "care_sheets": db.call(lambda tx, id=world.id: _count(tx, _sheets, id), world.id),  # type: ignore[misc]
            "audit_head": db.call(lambda tx, id=world.id: head(tx, id), world.id),  # type: ignore[misc]
        }
        for world in found
    ]


def _count(tx: Tx, counting: Any, world: str) -> int:
    row = tx.one(counting, world=world)
    assert row is not None
    return int(row["many"])
