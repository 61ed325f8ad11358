"""What the bench does to a whole world: clone it, keep it as it is, bring it back to what was kept, or to its birth.

A world that is brought back has another life (see `simulator.worlds.within`): whatever was in flight writes nothing
any more. Its access tokens say the era in which they were given: bringing a world back opens a new one, and those of
the eras that are undone open nothing.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime

from simulator.events import queue, subscriptions
from simulator.events import store as events
from simulator.kit import clock, ids
from simulator.kit.clock import WorldClock
from simulator.kit.problems import Problem
from simulator.kit.storage import Tx
from simulator.worlds import copies, former, store
from simulator.worlds.copies import BIRTH, kept_as
from simulator.worlds.model import World
from simulator.worlds.service import Worlds
from simulator.worlds.store import Snapshot
from simulator.worlds.within import unknown

MOST = 20
"""Snapshots of one world."""
NOT_CLONED = ("idempotency",)
"""Tables that a clone starts without: stored answers name the world to which the request was sent."""


async def clone(worlds: Worlds, world: World, new_id: str) -> World:
    """Another world with all that this one holds, under another name; its snapshots stay with it.

    Raises Problem world-exists, world-not-found, storage-unavailable.
    """

    def unit(tx: Tx) -> World:
        _still(tx, world)
        if store.life(tx, new_id) is not None:
            raise Problem("world-exists", f"Le monde « {new_id} » existe déjà.")
        now = store.clock_of(tx, world).now()
        copies.copy(tx, world.id, new_id, but=NOT_CLONED)
        copies.copy(tx, kept_as(world.id, BIRTH), kept_as(new_id, BIRTH))
        queue.leave_to_another(tx, new_id)
        era = former.first_era(tx, new_id)
        return _reborn(tx, worlds, new_id, now, era, frozenset({era}))

    async with _alone(world):
        made = worlds.keep(await worlds.db.write(unit, new_id, beside=world.id))
    events.call_workers(made.id)
    return made


async def take(worlds: Worlds, world: World, name: str) -> Snapshot:
    """Keep the world as it is, under that name.

    Raises Problem snapshot-exists, too-many-snapshots, storage-unavailable.
    """

    def unit(tx: Tx) -> tuple[int, frozenset[int]]:
        known = [one.name for one in store.snapshots(tx, world.id)]
        if name in known:
            raise Problem("snapshot-exists", f"Ce monde a déjà un instantané « {name} ».")
        if len(known) >= MOST:
            raise Problem("too-many-snapshots", f"Ce monde a déjà {MOST} instantanés ; en supprimer un.")
        own = kept_as(world.id, name)
        stored = store.clock_of(tx, world)
        copies.copy(tx, world.id, own)
        store.set_clock(tx, own, WorldClock(stored.mode, stored.now(), clock.real_now()))
        era, eras = store.eras(tx, world.id)
        store.set_eras(tx, world.id, era + 1, eras | {era + 1})
        return store.eras(tx, world.id)

    async with _alone(world):
        world.era, world.eras = await worlds.within(world).write(unit)
    return next(one for one in await everything(worlds, world) if one.name == name)


async def everything(worlds: Worlds, world: World) -> list[Snapshot]:
    """The snapshots of a world by name."""
    return await worlds.within(world).read(lambda tx: store.snapshots(tx, world.id))


async def drop(worlds: Worlds, world: World, name: str) -> None:
    """Forget a snapshot. Raises Problem not-found."""

    def unit(tx: Tx) -> None:
        _named(tx, world, name)
        copies.remove(tx, kept_as(world.id, name))

    await worlds.within(world).write(unit)


async def restore(worlds: Worlds, world: World, name: str) -> World:
    """Bring the world back to a snapshot, or to its `BIRTH`. Raises Problem not-found, world-not-found."""

    def unit(tx: Tx) -> World:
        _still(tx, world)
        found = _named(tx, world, name)
        own = kept_as(world.id, name)
        era, eras = store.eras(tx, world.id)[0] + 1, store.eras(tx, own)[1]
        copies.remove(tx, world.id)
        copies.copy(tx, own, world.id)
        made = _reborn(tx, worlds, world.id, _time(found), era, eras | {era})
        world.gone = True  # now, in the writer's thread: units queued meanwhile find it so
        return made

    made = await worlds.replace(world, unit)
    events.call_workers(made.id)
    return made


@asynccontextmanager
async def _alone(world: World) -> AsyncIterator[None]:
    """Hold the world while it is copied: of each exchange, all that it wrote, its journal entry included, or nothing.

    Raises Problem storage-unavailable when an exchange does not end.
    """
    async with world.door.alone() as empty:
        if not empty:
            raise Problem(
                "storage-unavailable",
                "Une requête de ce monde n'a pas fini : rien n'a été copié, pour ne pas en garder la moitié.",
            )
        yield


def _time(found: Snapshot) -> datetime:
    """The time of the world that is brought back: one that was born at the real time is born at the real time again."""
    born_now = found.name == BIRTH and found.now == found.taken_at.replace(microsecond=0)
    return clock.real_now().replace(microsecond=0) if born_now else found.now


def _reborn(tx: Tx, worlds: Worlds, id: str, now: datetime, era: int, eras: frozenset[int]) -> World:
    """The world whose rows were just copied: of a new life, its clock at `now`, none of its deliveries on its way."""
    subscriptions.free_here(tx, id)
    store.set_life(tx, id, ids.new_life())
    store.set_eras(tx, id, era, eras)
    made = store.find(tx, id, worlds.base)
    assert made is not None
    made.clock = WorldClock(made.clock.mode, now, clock.real_now())
    store.set_clock(tx, id, made.clock)
    tx.held.clear()
    return made


def _named(tx: Tx, world: World, name: str) -> Snapshot:
    found = store.snapshot(tx, world.id, name)
    if found is None:
        raise Problem("not-found", f"Ce monde n'a pas d'instantané « {name[:64]} ».")
    return found


def _still(tx: Tx, world: World) -> None:
    if store.life(tx, world.id) != world.life:
        raise unknown(world.id)
