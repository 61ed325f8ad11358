"""The rows of a world, as they are stored."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from simulator.kit.storage import Database, metadata, query

OWN = {"life", "clock_since", "era", "eras"}
"""Columns of `worlds` that tell a life from another."""
_rows = {
    table.name: query(sa.select(*[c for c in table.c if c.name != "world"]).where(table.c.world == sa.bindparam("w")))
    for table in metadata.sorted_tables
    if "world" in table.c
}


def rows(db: Database, world: str) -> dict[str, list[dict[str, Any]]]:
    """Table → its rows of that world, without the world's name, in an order that only their values decide."""
    found = {name: db.call(lambda tx, q=q: tx.all(q, w=world), world) for name, q in _rows.items()}  # type: ignore[misc]
    return {name: sorted((dict(row) for row in some), key=repr) for name, some in found.items()}


def everything(db: Database, world: str) -> list[str]:
    """The same as texts, without what tells a life of the world from another."""
    return [
        f"{name} {[(key, value) for key, value in row.items() if name != 'worlds' or key not in OWN]}"
        for name, some in sorted(rows(db, world).items())
        for row in some
    ]
