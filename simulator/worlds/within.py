"""The units of work of one world: none runs once that world is gone, even when another has taken its name."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import TypeVar

from simulator.kit.problems import Problem
from simulator.kit.storage import Database, Tx
from simulator.worlds import store
from simulator.worlds.model import World

T = TypeVar("T")


class Within:
    """A database as one request sees it: units of work on the world that it was sent to, and on no other."""

    __slots__ = ("_db", "_world")

    def __init__(self, db: Database, world: World) -> None:
        self._db, self._world = db, world

    def write(self, work: Callable[[Tx], T]) -> Awaitable[T]:
        """As :meth:`Database.write`; besides, raises Problem world-not-found."""
        return self._db.write(lambda tx: self._here(tx, work), self._world.id)

    def read(self, work: Callable[[Tx], T]) -> Awaitable[T]:
        """As :meth:`Database.read`; besides, raises Problem world-not-found."""
        return self._db.read(lambda tx: self._here(tx, work), self._world.id)

    def post(self, work: Callable[[Tx], None]) -> None:
        """As :meth:`Database.post`; does nothing to a world that is gone."""
        self._db.post(lambda tx: None if self._gone(tx) else work(tx), self._world.id)

    def _here(self, tx: Tx, work: Callable[[Tx], T]) -> T:
        if self._gone(tx):
            raise unknown(self._world.id)
        return work(tx)

    def _gone(self, tx: Tx) -> bool:
        """Where this process alone deletes worlds, it knows; else the row says it, under the world's lock."""
        world = self._world
        return world.gone or (self._db.shared and store.life(tx, world.id) != world.life)


def unknown(world_id: str) -> Problem:
    """404: no world has that name, or none has it any more."""
    return Problem("world-not-found", f"Le monde « {world_id[:64]} » n'existe pas.")
