"""Copies of a world's rows, of every room's tables: under another name, or under a name that no address reaches.

A snapshot of the world ``demo`` is its rows as those of ``demo/avant``: a slash is in no world's name, so that no URL
leads there and no list shows it. ``demo/`` is the world at its birth. The row of `worlds` is the whole description of
a snapshot: its clock stands at the world's time, `clock_since` is the real instant at which it was taken.
"""

from __future__ import annotations

from collections.abc import Collection
from functools import cache
from typing import Any

import sqlalchemy as sa

from simulator.kit.storage import Query, Tx, metadata, query

BIRTH = ""
"""The name of the snapshot from which `reset` starts again."""


def kept_as(world: str, name: str) -> str:
    """The world id under which a snapshot's rows are kept."""
    return f"{world}/{name}"


def reachable(column: sa.ColumnElement[str]) -> sa.ColumnElement[bool]:
    """That a row belongs to a world, not to a snapshot."""
    return column.not_like("%/%")


def copy(tx: Tx, source: str, target: str, *, but: Collection[str] = ()) -> None:
    """Copy every row of `source` as one of `target`, which has none, except those of the tables named by `but`."""
    for name, table in _tables().items():
        if name not in but:
            tx.run(_copying(table), source=source, target=target)


def remove(tx: Tx, world: str) -> None:
    """Delete every row of that world, or of that snapshot."""
    for table in reversed(_tables().values()):
        tx.run(_deleting(table), w=world)
    tx.held.clear()


@cache
def _tables() -> dict[str, sa.Table]:
    """Every table of a world, those that others refer to first. The rooms are all there once the server is built."""
    return {table.name: table for table in metadata.sorted_tables if "world" in table.c}


@cache
def _copying(table: sa.Table) -> Query:
    target: Any = sa.bindparam("target", type_=sa.String)
    columns = [target if column.name == "world" else column for column in table.c]
    rows = sa.select(*columns).where(table.c.world == sa.bindparam("source", type_=sa.String))
    return query(sa.insert(table).from_select([column.name for column in table.c], rows))


@cache
def _deleting(table: sa.Table) -> Query:
    return query(sa.delete(table).where(table.c.world == sa.bindparam("w")))
