"""Rows that wait for company before they are written.

A unit of work says what is to be written (`Tx.put`); the rows of a batch are then made in a row, table by table, and
written in a row: the processor, which has forgotten half of how it is done from one unit to the next, has it at hand.
Whoever asks a table for something has what waits there written first, unless he asks by a key that no row there has.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Hashable, Iterable, Mapping
from operator import itemgetter
from typing import Any

from simulator.kit.storage.statements import Query
from simulator.kit.storage.work import Duplicate

MOST = 1000
"""Rows of a table that wait at most: one unit may write many."""
Make = Callable[[], dict[str, Any]]
_TWICE = (sqlite3.SQLITE_CONSTRAINT_PRIMARYKEY, sqlite3.SQLITE_CONSTRAINT_UNIQUE, sqlite3.SQLITE_CONSTRAINT_ROWID)


def refused(error: sqlite3.IntegrityError) -> Exception:
    """What a unit of work is told of it."""
    return Duplicate(str(error)) if error.sqlite_errorcode in _TWICE else error


class _Rows:
    """Those of one table, all by the same statement. `keys`: of which rows they are, None when it is not known."""

    __slots__ = ("keys", "makers", "q")

    def __init__(self, q: Query) -> None:
        self.q = q
        self.makers: list[Make] = []
        self.keys: set[Hashable] | None = set()


class Waiting:
    """What waits in one transaction. `spoiled`: why something could not be written, whoever put it."""

    __slots__ = ("_connection", "_tables", "spoiled")

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection
        self._tables: dict[str, _Rows] = {}
        self.spoiled: BaseException | None = None

    def forget(self) -> None:
        """The transaction begins, or something of it is undone."""
        self._tables.clear()
        self.spoiled = None

    def add(self, q: Query, make: Make, key: Hashable | None) -> None:
        """A row more; `key`: that by which it is asked for (see `Query.by`)."""
        rows = self._tables.get(q.table)
        if rows is None or rows.q is not q or len(rows.makers) >= MOST:
            self.settle((q.table,))
            rows = self._tables[q.table] = _Rows(q)
        rows.makers.append(make)
        if key is None:
            rows.keys = None
        elif rows.keys is not None:
            rows.keys.add(key)

    def settle(self, tables: Iterable[str] | None = None) -> None:
        """Write what waits, in these tables or in all. Raises Duplicate, and what else the database says."""
        for name in tuple(self._tables) if tables is None else tables:
            if (rows := self._tables.pop(name, None)) is None:
                continue
            try:
                bound = [rows.q.sqlite.bound(make()) for make in rows.makers]
                self._connection.executemany(bound[0][0], [values for _, values in bound])
            except sqlite3.IntegrityError as error:
                self.spoiled = refused(error)
                raise self.spoiled from None
            except BaseException as error:
                self.spoiled = error
                raise

    def before(self, q: Query, params: Mapping[str, Any]) -> None:
        """`q` is going to be asked: what it may concern is written."""
        if not self._tables:
            return
        for name in self._tables.keys() & q.sqlite.names:
            keys = self._tables[name].keys
            if not q.by or keys is None or itemgetter(*q.by)(params) in keys:
                self.settle((name,))
