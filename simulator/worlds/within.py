"""The units of work of one world: none runs once that world is gone, even when another has taken its name."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import TypeVar

from simulator.audit import store as audit
from simulator.kit.problems import Problem
from simulator.kit.storage import Database, Tx
from simulator.worlds import store
from simulator.worlds.model import World

T = TypeVar("T")


class Within:
    """A database as one request sees it: units of work on the world that it was sent to, and on no other.

    `links`: for each unit that may write, the links of the audit trail that it wrote, once it ran.
    """

    __slots__ = ("_db", "_world", "links")

    def __init__(self, db: Database, world: World) -> None:
        self._db, self._world = db, world
        self.links: list[list[audit.Link]] = []

    async def write(self, work: Callable[[Tx], T], *endings: Callable[[Tx, T], T]) -> T:
        """As :meth:`Database.write`; besides, raises Problem world-not-found."""
        links = self._noted()

        def still(tx: Tx, result: T) -> T:
            if self._world.gone:  # since, in the same batch
                raise unknown(self._world.id)
            return result

        stages = (still, *endings) if endings else ()
        try:
            return await self._db.write(lambda tx: self._here(tx, work, links), self._world.id, *stages)
        except BaseException as error:
            if not getattr(error, "keep", False):  # what the unit wrote was undone
                links.clear()
            raise

    def read(self, work: Callable[[Tx], T]) -> Awaitable[T]:
        """As :meth:`Database.read`; besides, raises Problem world-not-found."""
        return self._db.read(lambda tx: self._here(tx, work), self._world.id)

    def post(self, work: Callable[[Tx], None]) -> None:
        """As :meth:`Database.post`; does nothing to a world that is gone."""
        links = self._noted()
        self._db.post(
            lambda tx: None if self._gone(tx) else audit.noting(tx, self._world.id, links, work), self._world.id
        )

    def _noted(self) -> list[audit.Link]:
        links: list[audit.Link] = []
        self.links.append(links)
        return links

    def _here(self, tx: Tx, work: Callable[[Tx], T], links: list[audit.Link] | None = None) -> T:
        if self._gone(tx):
            raise unknown(self._world.id)
        return work(tx) if links is None else audit.noting(tx, self._world.id, links, work)

    def _gone(self, tx: Tx) -> bool:
        """Where this process alone deletes worlds, it knows; else the row says it, under the world's lock."""
        world = self._world
        return world.gone or (self._db.shared and store.life(tx, world.id) != world.life)


def unknown(world_id: str) -> Problem:
    """404: no world has that name, or none has it any more: it was deleted, or brought back, since the request came."""
    return Problem("world-not-found", f"Le monde « {world_id[:64]} » n'existe pas, ou plus depuis cette requête.")
