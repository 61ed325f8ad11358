"""PostgreSQL: one connection per process, in the writer thread; one writer at a time per world, over all processes.

A batch is a transaction. It holds the advisory lock of each world it touches until its commit: the first
one is waited for, the others only tried, and a lock that is not free ends the batch; so nobody waits while
holding a world, and there is no deadlock. Units keep the order of the queue.
"""

from __future__ import annotations

import hashlib
import queue
from collections import deque
from collections.abc import Iterable, Mapping
from typing import Any, cast

import psycopg
import sqlalchemy as sa
from psycopg.conninfo import conninfo_to_dict
from psycopg.pq import TransactionStatus
from psycopg.rows import dict_row, tuple_row
from psycopg.types.string import StrDumper

from simulator.kit.storage import schema
from simulator.kit.storage.statements import POSTGRESQL, Query
from simulator.kit.storage.work import Duplicate, ReadOnly, Row, Unit, answer, unavailable

_BATCH = 64
_LINGER_S = 0.005
_ALONE, _SHARED = "", "_shared"
# A process that is stopped while it holds a world must not stop the others for ever.
_OPTIONS = "-c lock_timeout=15s -c idle_in_transaction_session_timeout=30s -c synchronous_commit=on"
Connection = psycopg.Connection[dict[str, Any]]


class _Text(StrDumper):
    """PostgreSQL has no NUL in a text; the sign of NUL stands for it."""

    def dump(self, obj: str) -> Any:
        return super().dump(obj.replace("\0", "\u2400") if "\0" in obj else obj)


class PostgresTx:
    """The unit's view of the connection."""

    def __init__(self, connection: Connection, kept: dict[Any, Any]) -> None:
        self._cursor = connection.cursor()
        self.kept = kept
        self.reading = False

    def all(self, q: Query, /, **params: Any) -> list[Row]:
        return cast("list[Row]", self._execute(q, params).fetchall())

    def one(self, q: Query, /, **params: Any) -> Row | None:
        return cast("Row | None", self._execute(q, params).fetchone())

    def run(self, q: Query, /, **params: Any) -> int:
        if self.reading:
            raise ReadOnly
        return self._execute(q, params).rowcount

    def many(self, q: Query, rows: Iterable[Mapping[str, Any]], /) -> int:
        if self.reading:
            raise ReadOnly
        sql, defaults = q.postgresql.bound({})
        try:
            self._cursor.executemany(sql.encode(), [{**defaults, **row} for row in rows])
        except psycopg.errors.UniqueViolation as error:
            raise Duplicate(str(error)) from error
        return self._cursor.rowcount

    def _execute(self, q: Query, params: dict[str, Any]) -> psycopg.Cursor[dict[str, Any]]:
        sql, values = q.postgresql.bound(params)
        try:
            return self._cursor.execute(sql.encode(), values)
        except psycopg.errors.UniqueViolation as error:
            raise Duplicate(str(error)) from error


class PostgresWriter:
    """Runs batches of units; used by one thread only. A lost connection is opened again for the next batch."""

    shared = True

    def __init__(self, url: str, metadata: sa.MetaData) -> None:
        """Connects, and prepares the tables. Raises psycopg.Error, or ValueError as `schema.complete` does."""
        self._url = url
        self._kept: dict[Any, Any] = {}
        self._held: dict[int, str] = {}
        self._connect()
        try:
            self._prepare(metadata)
        except BaseException:
            self.close()
            raise

    def _prepare(self, metadata: sa.MetaData) -> None:
        lock = f"SELECT pg_advisory_xact_lock({self._key('')})"
        self._run(f"BEGIN; {lock}")
        if schema.is_old(self._run, POSTGRESQL, metadata):
            self._run("ROLLBACK")
            schema.upgrade(lambda: connect(self._url, tuple_row), POSTGRESQL, lock)
            self._run(f"BEGIN; {lock}")
        schema.complete(self._run, POSTGRESQL, metadata)
        self._run("COMMIT")

    def close(self) -> None:
        self._connection.close()

    def group(self, first: Unit, waiting: queue.SimpleQueue[Unit | None]) -> bool:
        """Run what is queued, a batch after the other; False when the closing mark was met."""
        ahead = deque([first])
        running = True
        while ahead:
            running = running and _gather(ahead, waiting)
            answer(self._batch(ahead))
        return running

    def _batch(self, ahead: deque[Unit]) -> list[Unit]:
        """Run the first units of `ahead` in one transaction; those that ran."""
        batch: list[Unit] = []
        alone = len(ahead) == 1
        if alone and not self._locks(ahead[0]):
            return [self._single(ahead.popleft())]
        try:
            self._begin(ahead[0])
            while ahead and len(batch) < _BATCH and (not batch or self._lock(ahead[0])):
                if not alone:
                    self._run("RELEASE SAVEPOINT unit; SAVEPOINT unit" if batch else "SAVEPOINT unit")
                batch.append(ahead.popleft())
                if not self._stands(batch[-1]) and not alone:
                    self._run("ROLLBACK TO SAVEPOINT unit")
            self._run("COMMIT" if not alone or batch[0].stands else "ROLLBACK")
        except BaseException as error:
            reason = unavailable(error) if isinstance(error, psycopg.OperationalError) else error
            for unit in batch or [ahead.popleft()]:
                batch = batch or [unit]
                if unit.stands:
                    unit.error = reason
            self._abandon()
        return batch

    def _single(self, unit: Unit) -> Unit:
        """Run one statement that reads, without a transaction; again when the connection was found lost."""
        for _ in range(2):
            unit.error = None
            try:
                if self._connection.closed:
                    self._connect()
                self._tx.reading = True
                unit.result = unit.work(self._tx)
            except psycopg.OperationalError as error:
                unit.error = unavailable(error)
            except BaseException as error:
                unit.error = error
            if not self._connection.closed:
                break
        return unit

    def _stands(self, unit: Unit) -> bool:
        """Run a unit; False when what it did is to be undone."""
        self._tx.reading = unit.kind == "read"
        try:
            unit.result = unit.work(self._tx)
        except psycopg.OperationalError as error:
            unit.error = unavailable(error)
        except BaseException as error:
            unit.error = error
        if self._connection.info.transaction_status == TransactionStatus.INTRANS:
            return unit.stands
        # A statement failed: PostgreSQL keeps nothing of the unit, whatever the unit made of it.
        if unit.stands:
            unit.error = unit.error or RuntimeError("the unit went on after a statement that failed")
        return False

    def _begin(self, first: Unit) -> None:
        """Open a transaction that holds what `first` needs; a connection found lost is opened again, once."""
        self._held.clear()
        wanted = ", ".join(f"pg_advisory_xact_lock{mode}({key})" for mode, key in self._wanted(first))
        sql = f"BEGIN; SELECT {wanted}" if wanted else "BEGIN"
        if self._connection.closed:
            self._connect()
        try:
            self._run(sql)
        except psycopg.OperationalError:
            if not self._connection.closed:
                raise
            self._connect()
            self._run(sql)
        self._hold(first)

    def _lock(self, unit: Unit) -> bool:
        """Whether the transaction holds what `unit` needs, now; False when another process has it."""
        wanted = [f"pg_try_advisory_xact_lock{mode}({key})" for mode, key in self._wanted(unit)]
        if not wanted:
            return True
        row = self._run(f"SELECT {' AND '.join(wanted)} AS held").fetchone()
        if row is None or not row["held"]:
            return False
        self._hold(unit)
        return True

    def _wanted(self, unit: Unit) -> list[tuple[str, int]]:
        return [(mode, key) for mode, key in self._locks(unit) if self._held.get(key) not in (mode, _ALONE)]

    def _hold(self, unit: Unit) -> None:
        self._held.update((key, mode) for mode, key in self._wanted(unit))

    def _locks(self, unit: Unit) -> list[tuple[str, int]]:
        """(mode, key): the whole database, then the world. A read of the whole database takes none."""
        if not unit.world:
            return [] if unit.kind == "read" else [(_ALONE, self._key(""))]
        return [(_SHARED, self._key("")), (_SHARED if unit.kind == "read" else _ALONE, self._key(unit.world))]

    def _key(self, world: str) -> int:
        """64 bits, signed, of the schema and the world."""
        text = f"{self._schema}\0{world}".encode()
        return int.from_bytes(hashlib.blake2b(text, digest_size=8).digest(), "big", signed=True)

    def _run(self, sql: str) -> psycopg.Cursor[dict[str, Any]]:
        return self._connection.execute(sql.encode())

    def _abandon(self) -> None:
        """Back to no transaction; a connection that cannot is closed, and opened again for the next batch."""
        try:
            self._run("ROLLBACK")
        except psycopg.Error:
            self._connection.close()

    def _connect(self) -> None:
        self._connection = connect(self._url)
        self._tx = PostgresTx(self._connection, self._kept)
        row = self._run("SELECT current_schema() AS name").fetchone()
        self._schema = row["name"] if row else ""


def _gather(ahead: deque[Unit], waiting: queue.SimpleQueue[Unit | None]) -> bool:
    """Take what is queued; nobody waits for posts alone: they wait a little for a unit to share its commit."""
    awaited = any(unit.done is not None for unit in ahead)
    while len(ahead) < _BATCH:
        try:
            unit = waiting.get_nowait() if awaited else waiting.get(timeout=_LINGER_S)
        except queue.Empty:
            return True
        if unit is None:
            return False
        awaited = awaited or unit.done is not None
        ahead.append(unit)
    return True


def connect(url: str, rows: Any = dict_row) -> psycopg.Connection[Any]:
    """A connection as the writer uses it: no transaction but those it begins. Raises psycopg.Error."""
    given = conninfo_to_dict(url)
    options = f"{_OPTIONS} {given.pop('options', None) or ''}"
    settings: dict[str, Any] = {"connect_timeout": 5, "application_name": "banc-fse", **given}
    connection = psycopg.connect(**settings, options=options, autocommit=True, row_factory=rows)
    connection.adapters.register_dumper(str, _Text)
    return connection
