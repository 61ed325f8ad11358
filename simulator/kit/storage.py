"""Storage: tables on one `metadata`, statements compiled once, one writer, group commit.

Units of work are queued first in, first out to the thread that owns the SQLite connection (WAL,
synchronous=FULL). It runs as many queued units as it finds, each in its own savepoint, commits once,
and only then answers them: an answered write is durable, a failing unit undoes itself alone.
Values are str, int, bytes or None.
"""

from __future__ import annotations

import asyncio
import logging
import queue
import sqlite3
import threading
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import Future
from pathlib import Path
from typing import Any, Protocol, TypeVar, cast

import sqlalchemy as sa
from sqlalchemy.dialects import sqlite

from simulator.kit import tables

metadata = sa.MetaData()
log = logging.getLogger(__name__)
_DIALECT = sqlite.dialect(paramstyle="named")
_BATCH = 128
_LINGER_S = 0.02

T = TypeVar("T")
Work = Callable[["Tx"], Any]


class Query:
    """A statement, compiled at its first use. Bind values by name: ``sa.bindparam("number")``."""

    __slots__ = ("_columns", "_defaults", "_sql", "_stmt")

    def __init__(self, stmt: sa.Executable) -> None:
        self._stmt = stmt
        self._sql: str | None = None
        self._defaults: dict[str, Any] = {}
        self._columns: int | None = None  # of an INSERT

    def bound(self, params: dict[str, Any]) -> tuple[str, dict[str, Any]]:
        """(SQL, parameters); an INSERT's missing columns are NULL."""
        if self._sql is None:
            self._compile()
        sql = cast(str, self._sql)
        if not self._defaults or len(params) == self._columns:
            return sql, params
        return sql, {**self._defaults, **params}

    def _compile(self) -> None:
        compiled = cast(Any, cast(sa.ClauseElement, self._stmt).compile(dialect=_DIALECT))
        params, text = compiled.construct_params(_check=False), str(compiled)
        if compiled.post_compile_params:  # an IN over values known here and now
            expanded = compiled._process_parameters_for_postcompile(params)
            text, params = expanded.statement, {**params, **expanded.additional_parameters}
        insert = isinstance(self._stmt, sa.Insert)
        for name, value in params.items():
            given = name not in compiled.binds or not compiled.binds[name].required
            if (insert or given) and not isinstance(value, list):
                self._defaults[name] = value
        self._columns = len(self._defaults) if insert else None
        self._sql = text


def query(stmt: sa.Executable) -> Query:
    """Wrap a SQLAlchemy Core statement for :class:`Tx`."""
    return Query(stmt)


def upsert(table: sa.Table, *, returning: str | None = None, **grown: sa.ColumnElement[Any]) -> Query:
    """Insert a row, or write it over the one with the same primary key.

    `grown`: columns that become another expression when the row is there (``value=table.c.value + 1``);
    the other columns then stay as they are. `returning` names a column to answer.
    """
    inserted = sqlite.insert(table)
    replaced = grown or {c.name: inserted.excluded[c.name] for c in table.c if not c.primary_key}
    keys = [c.name for c in table.primary_key]
    stmt = inserted.on_conflict_do_update(index_elements=keys, set_=replaced)
    return Query(stmt if returning is None else stmt.returning(table.c[returning]))


def insert_new(table: sa.Table) -> Query:
    """Insert a row unless one with the same key is there: ``tx.run`` answers 1, or 0."""
    return Query(sqlite.insert(table).on_conflict_do_nothing())


class Duplicate(Exception):
    """A row with this key is there already. The unit that meets it can only fail: use `insert_new` to go on."""


class Row(Protocol):
    """One row: its values by column name. ``dict(row)`` and ``f(**row)`` work too."""

    def __getitem__(self, name: str, /) -> Any: ...
    def keys(self) -> list[str]: ...


class Tx(Protocol):
    """What a unit of work may do. `run` and `many` raise `Duplicate`.

    `kept`: what a room remembers of committed rows that never change; whoever fills it bounds it.
    """

    @property
    def kept(self) -> dict[Any, Any]: ...
    def all(self, q: Query, /, **params: Any) -> list[Row]: ...
    def one(self, q: Query, /, **params: Any) -> Row | None: ...
    def run(self, q: Query, /, **params: Any) -> int: ...
    def many(self, q: Query, rows: Iterable[Mapping[str, Any]], /) -> int: ...


class _SqliteTx:
    def __init__(self, connection: sqlite3.Connection) -> None:
        self._execute = connection.execute
        self._connection = connection
        self.kept: dict[Any, Any] = {}

    def all(self, q: Query, /, **params: Any) -> list[Row]:
        return self._execute(*q.bound(params)).fetchall()

    def one(self, q: Query, /, **params: Any) -> Row | None:
        cursor = self._execute(*q.bound(params))
        row = cursor.fetchone()
        cursor.close()
        return cast("Row | None", row)

    def run(self, q: Query, /, **params: Any) -> int:
        try:
            return self._execute(*q.bound(params)).rowcount
        except sqlite3.IntegrityError as error:
            raise _refused(error) from error

    def many(self, q: Query, rows: Iterable[Mapping[str, Any]], /) -> int:
        sql, defaults = q.bound({})
        try:
            return self._connection.executemany(sql, ({**defaults, **row} for row in rows)).rowcount
        except sqlite3.IntegrityError as error:
            raise _refused(error) from error


def _refused(error: sqlite3.IntegrityError) -> Exception:
    twice = error.sqlite_errorcode in (sqlite3.SQLITE_CONSTRAINT_PRIMARYKEY, sqlite3.SQLITE_CONSTRAINT_UNIQUE)
    return Duplicate(str(error)) if twice else error


class _Unit:
    """One piece of work; `done` settles whoever waits, on `loop` when that is an event loop."""

    __slots__ = ("done", "error", "guarded", "loop", "result", "work")

    def __init__(
        self,
        work: Work,
        done: Callable[[_Unit], None] | None,
        loop: asyncio.AbstractEventLoop | None = None,
        guarded: bool = True,
    ) -> None:
        self.work, self.done, self.loop, self.guarded = work, done, loop, guarded
        self.result: Any = None
        self.error: BaseException | None = None


def _settle_all(units: list[_Unit]) -> None:
    for unit in units:
        assert unit.done is not None
        unit.done(unit)


class Database:
    """One SQLite database and its writer thread."""

    def __init__(self, path: str) -> None:
        self._path = path
        self._queue: queue.SimpleQueue[_Unit | None] = queue.SimpleQueue()
        self._closed = False
        started: Future[None] = Future()
        self._thread = threading.Thread(target=self._serve, args=(started,), name="writer", daemon=True)
        self._thread.start()
        started.result()

    @classmethod
    def open(cls, url: str) -> Database:
        """``sqlite:///file`` or ``sqlite://`` (memory); creates missing tables.

        Raises ValueError for another URL, OSError or sqlite3.Error when the file cannot be used.
        """
        parsed = sa.make_url(url)
        if parsed.get_backend_name() != "sqlite":
            raise ValueError(f"unsupported database URL: {url}")
        if parsed.database and parsed.database != ":memory:":
            Path(parsed.database).parent.mkdir(parents=True, exist_ok=True)
        return cls(parsed.database or ":memory:")

    async def write(self, work: Callable[[Tx], T], world: str = "") -> T:
        """Run one unit of work on that world ("": the whole database); returns once it is durable.

        What `work` raises propagates.
        """
        return await self._ask(work, guarded=True)

    async def read(self, work: Callable[[Tx], T], world: str = "") -> T:
        """The same queue: sees every write and post made before it. `work` only reads."""
        return await self._ask(work, guarded=False)

    def post(self, work: Callable[[Tx], None], world: str = "") -> None:
        """Queue a single statement without waiting for it (the journal); its failure is logged."""
        self._put(_Unit(work, None, guarded=False))

    async def _ask(self, work: Callable[[Tx], T], guarded: bool) -> T:
        loop = asyncio.get_running_loop()
        future: asyncio.Future[T] = loop.create_future()

        def settle(unit: _Unit) -> None:
            if future.cancelled():
                return
            if unit.error is not None:
                future.set_exception(unit.error)
            else:
                future.set_result(unit.result)

        self._put(_Unit(work, settle, loop, guarded))
        return await future

    def call(self, work: Callable[[Tx], T], world: str = "") -> T:
        """:meth:`write` for synchronous callers (command line, tests)."""
        future: Future[T] = Future()

        def done(unit: _Unit) -> None:
            if unit.error is not None:
                future.set_exception(unit.error)
            else:
                future.set_result(unit.result)

        self._put(_Unit(work, done))
        return future.result()

    def close(self) -> None:
        """Run what is queued, commit, close. Idempotent."""
        if not self._closed:
            self._closed = True
            self._queue.put(None)
            self._thread.join(timeout=10)

    def _put(self, unit: _Unit) -> None:
        if self._closed:
            raise RuntimeError("the database is closed")
        self._queue.put(unit)

    # --- the writer thread ---------------------------------------------------------------------

    def _serve(self, started: Future[None]) -> None:
        try:
            connection = tables.connect(self._path, metadata)
        except BaseException as error:
            started.set_exception(error)
            return
        started.set_result(None)
        tx, get = _SqliteTx(connection), self._queue.get
        running = True
        while running:
            unit = get()
            if unit is None:
                break
            running = self._group(connection, tx, unit)
        connection.close()

    def _group(self, connection: sqlite3.Connection, tx: Tx, first: _Unit) -> bool:
        """Run a batch and commit it; False when the closing mark was met."""
        batch: list[_Unit] = []
        following: _Unit | None = first
        awaited = open_ = False
        running = True
        try:
            connection.execute("BEGIN IMMEDIATE")
            open_ = True
            while following is not None:
                batch.append(following)
                awaited = awaited or following.done is not None
                self._unit(connection, tx, following)
                if len(batch) >= _BATCH:
                    break
                try:
                    # Nobody waits for a batch of posts alone: let it share the next commit.
                    following = self._queue.get_nowait() if awaited else self._queue.get(timeout=_LINGER_S)
                    running = following is not None
                except queue.Empty:
                    break
            connection.execute("COMMIT")
        except BaseException as error:
            if open_ and connection.in_transaction:
                connection.execute("ROLLBACK")
            if not batch:
                batch.append(first)
            for unit in batch:
                unit.error = unit.error or error
        self._answer(batch)
        return running

    @staticmethod
    def _unit(connection: sqlite3.Connection, tx: Tx, unit: _Unit) -> None:
        """Run a unit in its savepoint; one that writes nothing, or one statement, needs none."""
        if unit.guarded:
            connection.execute("SAVEPOINT unit")
        try:
            unit.result = unit.work(tx)
        except BaseException as error:
            unit.error = error
            if unit.guarded and not getattr(error, "keep", False):  # a refusal may keep its trace
                connection.execute("ROLLBACK TO unit")
        if unit.guarded:
            connection.execute("RELEASE unit")

    @staticmethod
    def _answer(batch: list[_Unit]) -> None:
        """Settle whoever waits: one wake-up per event loop, not one per unit."""
        by_loop: dict[asyncio.AbstractEventLoop, list[_Unit]] = {}
        for unit in batch:
            if unit.done is None:
                if unit.error is not None:
                    log.error("a posted unit failed", exc_info=unit.error)
            elif unit.loop is None:
                unit.done(unit)
            else:
                by_loop.setdefault(unit.loop, []).append(unit)
        for loop, units in by_loop.items():
            try:
                loop.call_soon_threadsafe(_settle_all, units)
            except RuntimeError:  # that event loop is closed
                log.debug("nobody waits for these units any more")
