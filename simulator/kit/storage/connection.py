"""A connection to PostgreSQL, and what a unit of work does with it."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Mapping
from typing import Any, cast

import psycopg
from psycopg.conninfo import conninfo_to_dict
from psycopg.rows import dict_row
from psycopg.types.string import StrDumper

from simulator.kit.storage.statements import Query
from simulator.kit.storage.work import Duplicate, ReadOnly, Row

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
        self.held: dict[Any, Any] = {}
        self.reading = False

    def all(self, q: Query, /, **params: Any) -> list[Row]:
        self._require_may_write(q)
        return cast("list[Row]", self._execute(q, params).fetchall())

    def one(self, q: Query, /, **params: Any) -> Row | None:
        self._require_may_write(q)
        return cast("Row | None", self._execute(q, params).fetchone())

    def run(self, q: Query, /, **params: Any) -> int:
        if self.reading:
            raise ReadOnly
        return self._execute(q, params).rowcount

    def put(self, q: Query, row: Callable[[], dict[str, Any]], key: Hashable | None = None, /) -> None:
        self.run(q, **row())

    def settle(self) -> None:
        """Nothing waits."""

    def many(self, q: Query, rows: Iterable[Mapping[str, Any]], /) -> int:
        if self.reading:
            raise ReadOnly
        sql, defaults = q.postgresql.bound({})
        try:
            self._cursor.executemany(sql.encode(), [{**defaults, **row} for row in rows])
        except psycopg.errors.UniqueViolation as error:
            raise Duplicate(str(error)) from error
        return self._cursor.rowcount

    def _require_may_write(self, q: Query) -> None:
        if self.reading and q.writes:
            raise ReadOnly

    def _execute(self, q: Query, params: dict[str, Any]) -> psycopg.Cursor[dict[str, Any]]:
        sql, values = q.postgresql.bound(params)
        try:
            return self._cursor.execute(sql.encode(), values)
        except psycopg.errors.UniqueViolation as error:
            raise Duplicate(str(error)) from error


def connect(url: str, rows: Any = dict_row) -> psycopg.Connection[Any]:
    """A connection as the writer uses it: no transaction but those it begins. Raises psycopg.Error."""
    given = conninfo_to_dict(url)
    options = f"{_OPTIONS} {given.pop('options', None) or ''}"
    settings: dict[str, Any] = {"connect_timeout": 5, "application_name": "banc-fse", **given}
    connection = psycopg.connect(**settings, options=options, autocommit=True, row_factory=rows)
    connection.adapters.register_dumper(str, _Text)
    return connection
