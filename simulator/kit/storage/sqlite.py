"""One SQLite file, one writer: the only connection, in the writer thread.

WAL, synchronous=FULL. A batch is a transaction; the ends of its units come last in it. A unit seldom fails once it has
written: only then is the batch begun again, with a savepoint for each unit (with one, SQLite keeps a copy of every page
that it touches). So a unit may run twice before it is answered, and only its last run counts.
"""

from __future__ import annotations

import queue
import sqlite3
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping
from contextlib import suppress
from typing import Any

import sqlalchemy as sa

from simulator.kit.storage import schema
from simulator.kit.storage.checkpoints import Checkpoints
from simulator.kit.storage.pace import Pace
from simulator.kit.storage.statements import SQLITE, Query
from simulator.kit.storage.waiting import Make, Waiting, refused
from simulator.kit.storage.work import ReadOnly, Row, Unit, answer, unavailable

_BATCH = 128
_PRAGMAS = (
    "page_size=8192",  # of a new file: an exchange is several rows of some kilobytes
    "busy_timeout=5000",
    "journal_mode=WAL",
    "synchronous=FULL",
    "temp_store=MEMORY",
    "cache_size=-32768",
    "wal_autocheckpoint=16000",  # pages, 128 MB: where `checkpoints` is outrun
)

_DOWN = (
    sqlite3.SQLITE_BUSY,
    sqlite3.SQLITE_LOCKED,
    sqlite3.SQLITE_READONLY,
    sqlite3.SQLITE_IOERR,
    sqlite3.SQLITE_FULL,
    sqlite3.SQLITE_CANTOPEN,
)


class SqliteTx:
    """The unit's view of the connection."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._execute = connection.execute
        self._connection = connection
        self.kept: dict[Any, Any] = {}
        self.held: dict[Any, Any] = {}
        self.reading = self.wrote = False
        self.waiting = Waiting(connection)

    def forget(self) -> None:
        """The transaction begins, or something of it is undone."""
        self.held.clear()
        self.waiting.forget()

    def all(self, q: Query, /, **params: Any) -> list[Row]:
        if q.writes:
            self._write()
        return self._asked(q, params).fetchall()

    def one(self, q: Query, /, **params: Any) -> Row | None:
        if q.writes:
            self._write()
        cursor = self._asked(q, params)
        row: Row | None = cursor.fetchone()
        cursor.close()
        return row

    def run(self, q: Query, /, **params: Any) -> int:
        self._write()
        try:
            return self._asked(q, params).rowcount
        except sqlite3.IntegrityError as error:
            raise refused(error) from error

    def put(self, q: Query, row: Make, key: Hashable | None = None, /) -> None:
        self._write()
        self.waiting.add(q, row, key)

    def settle(self) -> None:
        self.waiting.settle()

    def _asked(self, q: Query, params: dict[str, Any]) -> sqlite3.Cursor:
        bound = q.sqlite.bound(params)
        self.waiting.before(q, params)
        return self._execute(*bound)

    def many(self, q: Query, rows: Iterable[Mapping[str, Any]], /) -> int:
        self._write()
        bound = [q.sqlite.bound(dict(row)) for row in rows]
        if not bound:
            return 0
        self.waiting.settle((q.table,))
        try:
            return self._connection.executemany(bound[0][0], [values for _, values in bound]).rowcount
        except sqlite3.IntegrityError as error:
            raise refused(error) from error

    def _write(self) -> None:
        if self.reading:
            raise ReadOnly
        self.wrote = True


def _reason(error: BaseException) -> BaseException:
    """What whoever waits is told: a full disk or a locked file is no fault of the request."""
    if isinstance(error, sqlite3.OperationalError) and error.sqlite_errorcode & 0xFF in _DOWN:
        return unavailable(error)
    return error


class SqliteWriter:
    """Runs batches of units; used by one thread only."""

    shared = False

    def __init__(self, path: str, metadata: sa.MetaData) -> None:
        """Opens the file and its tables. Raises sqlite3.Error, or ValueError as `schema.complete` does."""
        self._connection = connect(path, metadata)
        self._tx = SqliteTx(self._connection)
        self._pace = Pace()
        self._closing = False  # the closing mark was met
        self._checkpoints = Checkpoints(path)

    def close(self) -> None:
        self._checkpoints.close()
        self._connection.close()

    def group(self, first: Unit, waiting: queue.SimpleQueue[Unit | None]) -> bool:
        """Run a batch and commit it; False when the closing mark was met."""
        connection = self._connection
        batch = self._gathered(first, waiting)
        try:
            self._tx.forget()
            connection.execute("BEGIN IMMEDIATE")
            if not (all(self._stands(unit) for unit in self._growing(batch, waiting)) and self._ended(batch)):
                self._again(batch)
            connection.execute("COMMIT")
            self._pace.end()
        except BaseException as error:
            if connection.in_transaction:
                connection.execute("ROLLBACK")
            reason = _reason(error)
            for unit in batch:
                if unit.stands:
                    unit.error = reason
        answer(batch)
        self._checkpoints.after(len(batch), connection)
        return not self._closing

    def _gathered(self, first: Unit, waiting: queue.SimpleQueue[Unit | None]) -> list[Unit]:
        """A batch, before anything of it is done."""
        batch = [first]
        self._pace.begin()
        self._pace.took(first)
        while self._joined(batch, lambda: self._pace.next(waiting)):
            pass
        return batch

    def _growing(self, batch: list[Unit], waiting: queue.SimpleQueue[Unit | None]) -> Iterator[Unit]:
        """Its units, and those that come while they are done."""
        done = 0
        while done < len(batch) or self._joined(batch, waiting.get_nowait):
            yield batch[done]
            done += 1

    def _joined(self, batch: list[Unit], coming: Callable[[], Unit | None]) -> bool:
        """Whether another unit joined the batch: none does when it is full, nor after the closing mark."""
        if self._closing or len(batch) >= _BATCH:
            return False
        try:
            following = coming()
        except queue.Empty:
            return False
        if following is None:
            self._closing = True
            return False
        batch.append(following)
        self._pace.took(following)
        return True

    def _stands(self, unit: Unit) -> bool:
        """Run a unit; False when it failed after it had written: what it wrote is to be undone."""
        tx = self._tx
        tx.reading, tx.wrote = unit.kind == "read", False
        try:
            unit.result = unit.work(tx)
        except BaseException as error:
            unit.error = _reason(error)
            return unit.stands or not tx.wrote or unit.kind != "write"  # a post is one statement: it undoes itself
        return True

    def _ended(self, batch: list[Unit]) -> bool:
        """Do the ends of the units, and write what waits; False when one failed: what it wrote is to be undone."""
        stages = range(max(len(unit.endings) for unit in batch))
        return (
            self._settled(batch[-1])
            and all(self._at_stage(unit, stage) for stage in stages for unit in batch)
            and self._settled(batch[-1])
        )

    def _at_its_end(self, unit: Unit) -> bool:
        return all(self._at_stage(unit, stage) for stage in range(len(unit.endings)))

    def _settled(self, unit: Unit) -> bool:
        """Write what waits, of that unit or of its batch; False when something could not be written, then or before."""
        waiting = self._tx.waiting
        if waiting.spoiled is None:
            with suppress(Exception):
                waiting.settle()
        if waiting.spoiled is not None:
            unit.error = _reason(waiting.spoiled)
        return waiting.spoiled is None

    def _at_stage(self, unit: Unit, stage: int) -> bool:
        self._tx.reading = False
        try:
            unit.end_stage(self._tx, stage)
        except BaseException as error:
            unit.error = _reason(error)
            return False
        return True

    def _guarded(self, unit: Unit) -> None:
        """Run a unit so that it undoes itself alone."""
        self._connection.execute("SAVEPOINT unit")
        if not (self._stands(unit) and self._at_its_end(unit) and self._settled(unit)):
            if unit.error is not None and not self._connection.in_transaction:  # a full disk has undone the batch
                raise unit.error
            self._connection.execute("ROLLBACK TO unit")
            self._tx.forget()
        self._connection.execute("RELEASE unit")

    def _again(self, batch: list[Unit]) -> None:
        """Begin a batch again, each unit guarded."""
        self._tx.forget()
        if self._connection.in_transaction:  # a full disk has undone it already
            self._connection.execute("ROLLBACK")
        for unit in batch:  # what one was told may have been somebody else's doing
            unit.result = unit.error = None
        self._connection.execute("BEGIN IMMEDIATE")
        for unit in batch:
            self._guarded(unit)


def connect(path: str, metadata: sa.MetaData) -> sqlite3.Connection:
    """The connection of the writer: every commit is on the disk when it returns; rows by column name."""
    connection = sqlite3.connect(path, isolation_level=None, cached_statements=512)
    try:
        for pragma in _PRAGMAS:
            connection.execute(f"PRAGMA {pragma}")
        connection.execute("BEGIN IMMEDIATE")
        if schema.is_old(connection.execute, SQLITE, metadata):
            connection.execute("ROLLBACK")
            schema.upgrade(lambda: sqlite3.connect(path, isolation_level=None), SQLITE)
            connection.execute("BEGIN IMMEDIATE")
        schema.complete(connection.execute, SQLITE, metadata)
        connection.execute("COMMIT")
        connection.row_factory = sqlite3.Row
    except BaseException:
        connection.close()
        raise
    return connection
