"""The tables of a database: made when it is new, upgraded when an older version made them, else refused."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Protocol

import sqlalchemy as sa
from sqlalchemy.schema import CreateIndex, CreateTable

from simulator.migrations import BASE, HEAD

_VERSION = sa.Table("alembic_version", sa.MetaData(), sa.Column("version_num", sa.String(32), primary_key=True))
_COLUMNS = (
    "SELECT table_name, column_name FROM information_schema.columns "
    "WHERE table_schema = current_schema() ORDER BY table_name, ordinal_position"
)


class _Cursor(Protocol):
    def fetchall(self) -> list[Any]: ...


Run = Callable[[str], _Cursor]


def is_old(run: Run, dialect: sa.Dialect, metadata: sa.MetaData) -> bool:
    """Whether the tables that are there were made by an older version."""
    there = _there(run, dialect)
    if not there.keys() & metadata.tables.keys():
        return False
    return _version(run, there) != HEAD


def complete(run: Run, dialect: sa.Dialect, metadata: sa.MetaData) -> None:
    """Make what is missing, in the caller's transaction, and note the version.

    Raises ValueError (French) when a table is there with other columns: it would fail later, in use.
    """
    there = _there(run, dialect)
    for table in metadata.sorted_tables:
        if table.name in there and set(there[table.name]) != set(table.columns.keys()):
            raise ValueError("elle vient d'une autre version du simulateur ; en choisir une autre, ou l'effacer")
        run(_text(CreateTable(table, if_not_exists=True), dialect))
        for index in sorted(table.indexes, key=lambda i: str(i.name)):
            run(_text(CreateIndex(index, if_not_exists=True), dialect))
    if _VERSION.name not in there:
        run(_text(CreateTable(_VERSION), dialect))
        run(f"INSERT INTO alembic_version (version_num) VALUES ('{HEAD}')")  # noqa: S608 - our own constant


def upgrade(connect: Callable[[], Any], dialect: sa.Dialect, lock: str = "") -> None:
    """Bring the tables to this version, all or nothing. Raises ValueError (French) as `complete` does."""
    from simulator.migrations import runner  # Alembic is only loaded when there is something to upgrade

    runner.upgrade(connect, dialect.name, lock)


def _version(run: Run, there: dict[str, list[str]]) -> str:
    """The version that made the tables; before there were migrations, nothing said so."""
    if _VERSION.name not in there:
        return BASE
    found = _rows(run, "SELECT version_num FROM alembic_version")
    return str(found[0][0]) if found else BASE


def _there(run: Run, dialect: sa.Dialect) -> dict[str, list[str]]:
    """Table → columns, in their order."""
    found: dict[str, list[str]] = {}
    if dialect.name == "postgresql":
        for table, column in _rows(run, _COLUMNS):
            found.setdefault(table, []).append(column)
        return found
    for (table,) in _rows(run, "SELECT name FROM sqlite_master WHERE type = 'table'"):
        found[table] = [column[1] for column in _rows(run, f"PRAGMA table_info({table})")]
    return found


def _rows(run: Run, sql: str) -> list[list[Any]]:
    return [list(row.values() if isinstance(row, dict) else row) for row in run(sql).fetchall()]


def _text(element: Any, dialect: sa.Dialect) -> str:
    return str(element.compile(dialect=dialect))
