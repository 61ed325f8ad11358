"""PostgreSQL: one connection per process, in the writer thread; one writer at a time per world, over all processes.

A batch is a transaction. It holds the advisory lock of each world it touches until its commit: the first
one is waited for, the others only tried, and a lock that is not free ends the batch; so nobody waits while
holding a world, and there is no deadlock. Units keep the order of the queue.
"""

from __future__ import annotations

import queue
from collections import deque
from typing import Any

import psycopg
import sqlalchemy as sa
from psycopg.pq import TransactionStatus
from psycopg.rows import tuple_row

from simulator.kit.storage import schema
from simulator.kit.storage.connection import Connection, PostgresTx, connect
from simulator.kit.storage.locks import Held, exclusive, needs_none
from simulator.kit.storage.statements import POSTGRESQL
from simulator.kit.storage.work import Unit, answer, unavailable

_BATCH = 64
_LINGER_S = 0.005


class PostgresWriter:
    """Runs batches of units; used by one thread only. A lost connection is opened again for the next batch."""

    shared = True

    def __init__(self, url: str, metadata: sa.MetaData) -> None:
        """Connects, and prepares the tables. Raises psycopg.Error, or ValueError as `schema.complete` does."""
        self._url = url
        self._kept: dict[Any, Any] = {}
        self._connect()
        try:
            self._prepare(metadata)
        except BaseException:
            self.close()
            raise

    def _prepare(self, metadata: sa.MetaData) -> None:
        lock = exclusive(self._schema)
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
            batch = self._batch(ahead)
            answer(batch)
        return running

    def _batch(self, ahead: deque[Unit]) -> list[Unit]:
        """Run the first units of `ahead` in one transaction; those that ran."""
        batch: list[Unit] = []
        alone = len(ahead) == 1
        if alone and needs_none(ahead[0]):
            return [self._single(ahead.popleft())]
        try:
            self._begin(ahead[0])
            while ahead and len(batch) < _BATCH and (not batch or self._lock(ahead[0])):
                if not alone:
                    self._run("RELEASE SAVEPOINT unit; SAVEPOINT unit" if batch else "SAVEPOINT unit")
                batch.append(ahead.popleft())
                if not self._stands(batch[-1]) and not alone:
                    self._run("ROLLBACK TO SAVEPOINT unit")
                    self._tx.held.clear()
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
            unit.end(self._tx)
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
        self._held = Held(self._schema)
        self._tx.held.clear()
        sql = f"BEGIN; {taking}" if (taking := self._held.taking(first)) else "BEGIN"
        if self._connection.closed:
            self._connect()
        try:
            self._run(sql)
        except psycopg.OperationalError:
            if not self._connection.closed:
                raise
            self._connect()
            self._run(sql)
        self._held.add(first)

    def _lock(self, unit: Unit) -> bool:
        """Whether the transaction holds what `unit` needs, now; False when another process has it."""
        trying = self._held.trying(unit)
        if not trying:
            return True
        row = self._run(trying).fetchone()
        if row is None or not row["held"]:
            return False
        self._held.add(unit)
        return True

    def _run(self, sql: str) -> psycopg.Cursor[dict[str, Any]]:
        return self._connection.execute(sql.encode())

    def _abandon(self) -> None:
        """Back to no transaction; a connection that cannot is closed, and opened again for the next batch."""
        try:
            self._run("ROLLBACK")
        except psycopg.Error:
            self._connection.close()

    def _connect(self) -> None:
        self._connection: Connection = connect(self._url)
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
