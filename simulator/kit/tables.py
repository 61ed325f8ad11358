"""The tables of a SQLite file: created when they are missing, refused when another version made them."""

from __future__ import annotations

import sqlite3

import sqlalchemy as sa
from sqlalchemy.dialects.sqlite import dialect
from sqlalchemy.schema import CreateIndex, CreateTable, ExecutableDDLElement

_DIALECT = dialect()


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
