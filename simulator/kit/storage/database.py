"""The door of the storage: units of work, queued first in, first out to the writer thread.

The writer runs as many queued units as it finds, commits once, and only then answers them: an answered
write is durable, a failing unit undoes itself alone.
"""

from __future__ import annotations

import asyncio
import queue
import threading
from collections.abc import Callable, Coroutine, Sequence
from concurrent.futures import Future
from pathlib import Path
from typing import Any, Protocol, TypeVar

import sqlalchemy as sa

from simulator.kit.storage.address import faults, parsed, shown
from simulator.kit.storage.work import Kind, Tx, Unit, Unusable

metadata = sa.MetaData()
T = TypeVar("T")


class Writer(Protocol):
    """What the thread drives. `shared`: other processes may write to this database too."""

    shared: bool

    def group(self, first: Unit, waiting: queue.SimpleQueue[Unit | None]) -> bool: ...
    def close(self) -> None: ...


class Database:
    """One database and its writer thread. `shared`: what is remembered of its rows may have changed since."""

    def __init__(self, writer: Callable[[], Writer]) -> None:
        self._queue: queue.SimpleQueue[Unit | None] = queue.SimpleQueue()
        self._closed = False
        started: Future[bool] = Future()
        self._thread = threading.Thread(target=self._serve, args=(writer, started), name="writer", daemon=True)
        self._thread.start()
        self.shared = started.result()

    @classmethod
    def open(cls, url: str) -> Database:
        """``sqlite:///file``, ``sqlite://`` (memory) or ``postgresql://…``; makes or upgrades the tables.

        Raises Unusable for another URL, for tables of another version, and when the database does not open.
        """
        try:
            return cls._opened(url)
        except Exception as error:
            if not isinstance(error, faults()):
                raise
            raise Unusable(shown(str(error).partition("\n")[0])) from error

    @classmethod
    def _opened(cls, url: str) -> Database:
        address = parsed(url)
        if address.get_backend_name() == "postgresql":
            from simulator.kit.storage.postgresql import PostgresWriter

            return cls(lambda: PostgresWriter(f"postgresql://{url.partition('://')[2]}", metadata))
        from simulator.kit.storage.sqlite import SqliteWriter

        path = address.database or ":memory:"
        if path != ":memory:":
            Path(path).parent.mkdir(parents=True, exist_ok=True)
        return cls(lambda: SqliteWriter(path, metadata))

    def write(
        self, work: Callable[[Tx], T], world: str = "", *endings: Callable[[Tx, T], T], beside: str = ""
    ) -> Coroutine[Any, Any, T]:
        """Run one unit of work on that world ("": the whole database); returns once it is durable.

        `beside`: another world that it reads.
        `endings` are the end of it, and make of its result what is returned (see `Unit`). What they raise propagates.
        Raises Problem storage-unavailable.
        """
        return self._ask(work, world, "write", endings, beside)

    def read(self, work: Callable[[Tx], T], world: str = "") -> Coroutine[Any, Any, T]:
        """The same queue: sees every write and post made before it. `work` only reads; without a world, in one
        statement.
        """
        return self._ask(work, world, "read")

    def post(self, work: Callable[[Tx], None], world: str) -> None:
        """Queue a single writing statement without waiting for it (the journal); its failure is logged."""
        self._put(Unit(work, world, "post"))

    async def _ask(
        self,
        work: Callable[[Tx], T],
        world: str,
        kind: Kind,
        endings: Sequence[Callable[[Tx, T], T]] = (),
        beside: str = "",
    ) -> T:
        loop = asyncio.get_running_loop()
        future: asyncio.Future[T] = loop.create_future()
        self._put(Unit(work, world, kind, lambda unit: _settle(unit, future), loop, endings, beside))
        return await future

    def call(self, work: Callable[[Tx], T], world: str = "") -> T:
        """:meth:`write` for synchronous callers (command line, tests)."""
        future: Future[T] = Future()
        self._put(Unit(work, world, "write", lambda unit: _settle(unit, future)))
        return future.result()

    def close(self) -> None:
        """Run what is queued, commit, close. Idempotent."""
        if not self._closed:
            self._closed = True
            self._queue.put(None)
            self._thread.join(timeout=10)

    def _put(self, unit: Unit) -> None:
        if self._closed:
            raise RuntimeError("the database is closed")
        self._queue.put(unit)

    def _serve(self, opened: Callable[[], Writer], started: Future[bool]) -> None:
        """The writer thread."""
        try:
            writer = opened()
        except BaseException as error:
            started.set_exception(error)
            return
        started.set_result(writer.shared)
        while (unit := self._queue.get()) is not None:
            if not writer.group(unit, self._queue):
                break
        writer.close()


def _settle(unit: Unit, future: Any) -> None:
    if future.cancelled():
        return
    if unit.error is not None:
        future.set_exception(unit.error)
    else:
        future.set_result(unit.result)
