"""A SQLite file and its tables: created when they are missing, refused when another version made them."""

from __future__ import annotations

import sqlite3

import sqlalchemy as sa
from sqlalchemy.dialects.sqlite import dialect
from sqlalchemy.schema import CreateIndex, CreateTable, ExecutableDDLElement

_DIALECT = dialect()
_PRAGMAS = (
    "page_size=8192",  # of a new file: an exchange is several rows of some kilobytes
    "busy_timeout=5000",
    "journal_mode=WAL",
    "synchronous=FULL",
    "temp_store=MEMORY",
    "cache_size=-32768",
    "wal_autocheckpoint=4000",  # pages, 32 MB: busy pages are copied back once instead of many times
)


def connect(path: str, metadata: sa.MetaData) -> sqlite3.Connection:
    """The connection of the writer: every commit is on the disk when it returns; rows by column name.

    Raises sqlite3.Error, or ValueError as `create` does.
    """
    connection = sqlite3.connect(path, isolation_level=None, cached_statements=512)
    try:
        for pragma in _PRAGMAS:
            connection.execute(f"PRAGMA {pragma}")
        connection.execute("BEGIN IMMEDIATE")
        create(connection, metadata)
        connection.execute("COMMIT")
        connection.row_factory = sqlite3.Row
    except BaseException:
        connection.close()
        raise
    return connection


def create(connection: sqlite3.Connection, metadata: sa.MetaData) -> None:
    """Create what is missing, in the caller's transaction.

    Raises ValueError (French) when a table is there with other columns: it would fail later, in use.
    """
    for table in metadata.sorted_tables:
        there = [row[1] for row in connection.execute(f"PRAGMA table_info({table.name})")]
        if there and there != table.columns.keys():
            raise ValueError("elle vient d'une autre version du simulateur ; en choisir une autre, ou l'effacer")
        connection.execute(_ddl(CreateTable(table, if_not_exists=True)))
        for index in sorted(table.indexes, key=lambda i: str(i.name)):
            connection.execute(_ddl(CreateIndex(index, if_not_exists=True)))


def _ddl(element: ExecutableDDLElement) -> str:
    return str(element.compile(dialect=_DIALECT))
