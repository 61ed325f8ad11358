"""The worlds of one server: create, find, list, delete, and move their clocks."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TypeVar

from fixtures import loader
from simulator.identity import store as identity
from simulator.journal.instance import Instance
from simulator.kit import clock, ids
from simulator.kit.agenda import Agenda, Broken, Failing, Source
from simulator.kit.clock import Mode, WorldClock
from simulator.kit.problems import Problem, invalid
from simulator.kit.storage import Database, Duplicate, Tx
from simulator.worlds import former, marks, store
from simulator.worlds.copies import BIRTH, kept_as
from simulator.worlds.counters import draw
from simulator.worlds.model import Marks, World
from simulator.worlds.within import Within, unknown

log = logging.getLogger("simulator")
T = TypeVar("T")


@dataclass(frozen=True)
class NewWorld:
    """What a world is made of; `now` is required for a frozen clock to be reproducible."""

    id: str | None = None
    seed: str | None = None
    now: datetime | None = None
    mode: Mode = "frozen"
    nomenclature: str | None = None
    tariff_set: str | None = None
    deployment: str = loader.DEFAULT_CALENDAR
    clients: tuple[identity.Client, ...] = ()
    rate_limit: tuple[int, int] | None = None
    persona_set: str = loader.PERSONAS_ALONE


class Worlds:
    """Cache over the `worlds` table: the truth where this process alone writes, read again where others do.

    `base` is the server's URL without a trailing slash, `sources` what the clock of any world brings by itself,
    `instance` what signs in the name of this server.
    """

    def __init__(
        self, db: Database, base: str, sources: Sequence[Source] = (), instance: Instance | None = None
    ) -> None:
        self.db, self.base, self.sources = db, base, tuple(sources)
        self.instance = instance or Instance.new()
        self.closing = False
        self.in_flight: set[tuple[str, ...]] = set()
        self._cache: dict[str, World] = {}

    async def find(self, world_id: str) -> World:
        """Raises Problem world-not-found."""
        known = self._cache.get(world_id)
        if known is not None and not known.gone:
            return known if not self.db.shared else await self._again(known)
        found = await self.db.read(lambda tx: store.find(tx, world_id, self.base))
        if found is None:
            raise unknown(world_id)
        return self.keep(found)

    async def _again(self, known: World) -> World:
        """A cached world, its row read again: other processes write to it too."""
        found = await self.db.read(lambda tx: store.reread(tx, known, self.base))
        if found is None:
            self._cache.pop(known.id, None)
            raise unknown(known.id)
        if found is not known:
            self._cache[known.id] = self._with_agenda(found)
        return found

    async def reread(self, world: World) -> None:
        """Its keys, its marks, whether it has faults: as any other process would find them."""
        await self.db.read(lambda tx: store.reread(tx, world, self.base), world.id)

    def _with_agenda(self, world: World, *, empty: bool = False) -> World:
        world.agenda = Agenda(self.sources, shared=self.db.shared, empty=empty)
        if self.db.shared and not empty:
            world.draws = ids.new_life()  # another process draws ids too, from the same seed
        return world

    async def settle(self, world: World, now: datetime) -> None:
        """Do what became due in a world until `now`, before it answers anything."""
        agenda = world.agenda
        seen: set[tuple[str, ...]] = set()
        while agenda.late(now):
            try:
                await self._catch_up(world, now, seen)
            except Broken as broken:
                log.error("world %s: stopped, the source %s", world.id, broken, exc_info=broken)
                agenda.stop(broken)

    async def _catch_up(self, world: World, now: datetime, seen: set[tuple[str, ...]]) -> None:
        """One attempt; `seen`: what was set aside, by source. Raises Broken."""
        agenda = world.agenda
        try:
            await self.within(world).write(lambda tx: agenda.catch_up(tx, world, now))
        except BaseException as error:
            agenda.due = None  # what it did was undone, even when it came to the end of it: look again
            if not isinstance(error, Failing):
                raise
            if (found := (error.source.name, *error.errors)) in seen:  # set aside in vain
                raise Broken(error.source, error.at) from next(iter(error.errors.values()))
            seen.add(found)
            await self._set_aside(world, error)

    async def _set_aside(self, world: World, failing: Failing) -> None:
        """What fails waits for the clock no more; all the rest goes on."""
        for subject, error in failing.errors.items():
            log.error("world %s, %s: set aside at %s", world.id, subject, failing.at, exc_info=error)
        await self.within(world).write(lambda tx: failing.set_aside(tx, world))

    def keep(self, world: World, *, new: bool = False) -> World:
        """The one object of that world in this process. Raises Problem world-not-found if it was deleted meanwhile.

        `new`: just made, it waits for nothing yet.
        """
        known = self._cache.get(world.id)
        if known is None or known.life != world.life:
            known = self._cache[world.id] = self._with_agenda(world, empty=new)
        if known.gone:
            raise unknown(world.id)
        return known

    def within(self, world: World) -> Within:
        """Where the units of work of that world, and of no other of its name, are asked for."""
        return Within(self.db, world)

    async def create(self, new: NewWorld, nomenclature: str) -> World:
        """A world with its clients; `nomenclature` when it names none. Raises Problem world-exists."""
        world = self.build(new, nomenclature)
        await self.db.write(lambda tx: self.add(tx, world, new.clients), world.id)
        return self.keep(world, new=True)

    def ensure(self, new: NewWorld, nomenclature: str) -> World:
        """Find or create, before the server starts (synchronous)."""

        def unit(tx: Tx) -> tuple[World, bool]:
            found = store.find(tx, new.id or "", self.base)
            if found is not None:
                return found, False
            world = self.build(new, nomenclature)
            self.add(tx, world, new.clients)
            return world, True

        world, made = self.db.call(unit, new.id or "")
        return self.keep(world, new=made)

    def adopt(self, world_id: str, nomenclature: str) -> None:
        """Put a list in force in a world, as if born with it, before the server starts (synchronous)."""

        def unit(tx: Tx) -> None:
            for id in (world_id, kept_as(world_id, BIRTH)):
                store.set_nomenclature(tx, id, nomenclature)

        self.db.call(unit, world_id)
        if world_id in self._cache:
            self._cache[world_id].nomenclature = nomenclature

    @staticmethod
    def add(tx: Tx, world: World, clients: tuple[identity.Client, ...]) -> None:
        """Write a world that was built, and its clients. Raises Problem world-exists."""
        world.era = former.first_era(tx, world.id)
        world.eras = frozenset({world.era})
        try:
            store.add(tx, world)
        except Duplicate:
            raise Problem("world-exists", f"Le monde « {world.id} » existe déjà.") from None
        for client in clients:
            identity.add_client(tx, world.id, client)
        store.born(tx, world.id)

    def build(self, new: NewWorld, nomenclature: str) -> World:
        """The world, not stored yet. Raises Problem invalid-payload (too far)."""
        world_id = new.id or ids.new_name()
        since = clock.real_now()
        if new.now is not None and new.now > clock.LAST:
            raise invalid("/now", "too-far", clock.TOO_FAR)
        world = World(
            id=world_id,
            seed=new.seed or world_id,
            issuer=f"{self.base}/w/{world_id}",
            nomenclature=new.nomenclature or nomenclature,
            tariff_set=new.tariff_set or loader.DEFAULT_TARIFF_SET,
            clock=WorldClock(new.mode, (new.now or since).replace(microsecond=0), since),
            draw_counter=draw,
            deployment=new.deployment,
            rate_limit=new.rate_limit,
            life=ids.new_life(),
            persona_set=new.persona_set,
        )
        world.remark(Marks(marks.suspended_at_first()))
        return world

    async def everything(self) -> list[World]:
        stored = await self.db.read(lambda tx: store.everything(tx, self.base))
        if self.db.shared:
            return stored
        return [self._cache.get(world.id) or world for world in stored]

    async def delete(self, world_id: str) -> None:
        """Raises Problem world-not-found."""
        world = await self.find(world_id)

        def unit(tx: Tx) -> None:
            if store.life(tx, world_id) != world.life:
                raise unknown(world_id)
            former.note(tx, world_id, store.eras(tx, world_id)[0])
            store.remove(tx, world_id)
            world.gone = True  # now, in the writer's thread: units queued meanwhile find it so

        await self._ending(world, unit)

    async def replace(self, world: World, unit: Callable[[Tx], World]) -> World:
        """Make another world of its rows, under the same name. The unit marks it as gone."""
        return self.keep(await self._ending(world, unit))

    def release(self) -> None:
        """The server stops: whoever waits for the next exchange of a world is answered."""
        self.closing = True
        for world in self._cache.values():
            for follower in world.followers:
                follower.set()

    async def _ending(self, world: World, unit: Callable[[Tx], T]) -> T:
        try:
            async with world.door.alone():  # who stays inside too long writes nothing any more
                return await self.db.write(unit, world.id)
        finally:  # were it not gone after all, it would be found again
            if self._cache.get(world.id) is world:
                del self._cache[world.id]
            for follower in world.followers:
                follower.set()

    async def move(self, world: World, to: datetime | timedelta | None, mode: Mode | None = None) -> datetime:
        """Set the world's clock, or move it by a duration; raises Problem clock-never-back."""

        def unit(tx: Tx) -> WorldClock:
            stored = store.clock_of(tx, world)
            now = stored.now()
            wanted = now if to is None else now + to if isinstance(to, timedelta) else to
            if wanted > clock.LAST:
                raise OverflowError
            try:
                moved = stored.moved(wanted, mode)
            except ValueError:
                raise Problem(
                    "clock-never-back",
                    f"L'heure du monde est {clock.to_text(now)} ; {clock.to_text(wanted)} la précède.",
                    now=clock.to_text(now),
                ) from None
            store.set_clock(tx, world.id, moved)
            return moved

        try:
            world.clock = await self.within(world).write(unit)
        except OverflowError:
            raise _too_far() from None
        world.agenda.resume()
        await self.settle(world, world.now())
        return world.now()

    async def advance(self, world: World, seconds: int) -> datetime:
        """Move the clock forward; raises Problem clock-never-back, invalid-payload (too far)."""
        try:
            duration = timedelta(seconds=seconds)
        except OverflowError:
            raise _too_far() from None
        return await self.move(world, duration)


def _too_far() -> Problem:
    return invalid("", "too-far", clock.TOO_FAR)
