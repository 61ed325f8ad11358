"""Statements of SQLAlchemy Core, compiled once for the dialect of the database: SQLite or PostgreSQL.

Values are str, int, bytes or None; integers are 64 bits wide on both, texts sort byte by byte on both.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from operator import itemgetter
from typing import Any, cast

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.dialects.postgresql import psycopg
from sqlalchemy.dialects.postgresql.base import PGTypeCompiler


class _PostgresTypes(PGTypeCompiler):
    """What the columns of SQLite are, said to PostgreSQL."""

    def visit_INTEGER(self, type_: Any, **kw: Any) -> str:
        return "BIGINT"

    def visit_TEXT(self, type_: Any, **kw: Any) -> str:
        return 'TEXT COLLATE "C"'


class PostgresDialect(psycopg.dialect):
    """PostgreSQL by psycopg, with those types."""

    type_compiler_cls = _PostgresTypes
    supports_statement_cache = True


SQLITE: sa.Dialect = sqlite.dialect(paramstyle="qmark")
POSTGRESQL: sa.Dialect = PostgresDialect()  # type: ignore[no-untyped-call]
_DIALECTS = {"sqlite": SQLITE, "postgresql": POSTGRESQL}

Bound = tuple[str, Any]


class Query:
    """A statement, compiled at its first use on each dialect. Bind values by name: ``sa.bindparam("number")``.

    `table`: the name of the one that it writes to. `by`: the names of the values that make the key of the only row that
    it concerns, when that is so.
    """

    __slots__ = ("_stmt", "by", "postgresql", "sqlite", "table", "writes")

    def __init__(
        self, stmt: sa.Executable | Callable[[Any], sa.Executable], table: str = "", by: tuple[str, ...] = ()
    ) -> None:
        self._stmt, self.table, self.by = stmt, table, by
        self.writes = not isinstance(stmt, sa.SelectBase)
        self.sqlite = _Compiled(self, "sqlite")
        self.postgresql = _Compiled(self, "postgresql")

    def built(self, dialect: str) -> sa.Executable:
        """The statement for that dialect; one that is not the same on both is built when it is needed."""
        made = self._stmt
        if not isinstance(made, sa.Executable):
            made = made(sqlite if dialect == "sqlite" else postgresql)
        if isinstance(made, sa.Insert) and not made._returning:
            return made.inline()  # nobody asks for the generated key: there is none
        return made


class _Compiled:
    """The text of a query on one dialect, and the values that stand in it."""

    __slots__ = ("_columns", "_defaults", "_dialect", "_names", "_pick", "_query", "text")

    def __init__(self, of: Query, dialect: str) -> None:
        self._query, self._dialect = of, dialect
        self.text = ""  # once it was used
        self._names: frozenset[str] = frozenset()
        self._defaults: dict[str, Any] = {}
        self._columns: int | None = None  # of an INSERT
        self._pick: Callable[[dict[str, Any]], tuple[Any, ...]] | None = None

    def bound(self, params: dict[str, Any]) -> Bound:
        """(SQL, parameters as the driver takes them); an INSERT's missing columns are NULL."""
        sql = self.text or self._compile()
        if self._defaults and len(params) != self._columns:
            params = {**self._defaults, **params}
        return sql, params if self._pick is None else self._pick(params)

    @property
    def names(self) -> frozenset[str]:
        """All that stand in it, those of its tables among others."""
        if not self.text:
            self._compile()
        return self._names

    def _compile(self) -> str:
        stmt = self._query.built(self._dialect)
        compiled = cast(Any, cast(sa.ClauseElement, stmt).compile(dialect=_DIALECTS[self._dialect]))
        params, text = compiled.construct_params(_check=False), str(compiled)
        if compiled.post_compile_params:  # an IN over values known here and now
            expanded = compiled._process_parameters_for_postcompile(params)
            text, params = expanded.statement, {**params, **expanded.additional_parameters}
            compiled.positiontup = expanded.positiontup
        insert = isinstance(stmt, sa.Insert)
        for name, value in params.items():
            given = name not in compiled.binds or not compiled.binds[name].required
            if (insert or given) and not isinstance(value, list):
                self._defaults[name] = value
        self._columns = len(self._defaults) if insert else None
        if compiled.positional:
            self._pick = _picker(tuple(compiled.positiontup))
        self._names = frozenset(re.findall(r"\w+", text))
        self.text = text
        return text


def _picker(names: tuple[str, ...]) -> Callable[[dict[str, Any]], tuple[Any, ...]]:
    """From values by name to values in the order of the statement's question marks."""
    if len(names) > 1:
        return itemgetter(*names)
    return lambda params: tuple([params[name] for name in names])


def query(stmt: sa.Executable, by: tuple[str, ...] = ()) -> Query:
    """Wrap a SQLAlchemy Core statement for :class:`Tx`; `by`: see :class:`Query`."""
    return Query(stmt, cast(sa.Table, stmt.table).name if isinstance(stmt, sa.UpdateBase) else "", by)


def upsert(table: sa.Table, *, returning: str | None = None, **grown: sa.ColumnElement[Any]) -> Query:
    """Insert a row, or write it over the one with the same primary key.

    `grown`: columns that become another expression when the row is there (``value=table.c.value + 1``);
    the other columns then stay as they are. `returning` names a column to answer.
    """

    def build(dialect: Any) -> sa.Executable:
        inserted = dialect.insert(table)
        replaced = grown or {c.name: inserted.excluded[c.name] for c in table.c if not c.primary_key}
        keys = [c.name for c in table.primary_key]
        stmt = inserted.on_conflict_do_update(index_elements=keys, set_=replaced)
        return cast(sa.Executable, stmt if returning is None else stmt.returning(table.c[returning]))

    return Query(build, table.name)


def insert_new(table: sa.Table) -> Query:
    """Insert a row unless one with the same key is there: ``tx.run`` answers 1, or 0."""
    return Query(lambda dialect: cast(sa.Executable, dialect.insert(table).on_conflict_do_nothing()), table.name)
