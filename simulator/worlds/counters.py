"""The counters of a world, from which its randomness is drawn: a row for each label."""

from __future__ import annotations

from typing import cast

import sqlalchemy as sa

from simulator.kit.storage import Row, Tx, metadata, query, upsert

table = sa.Table(
    "counters",
    metadata,
    sa.Column("world", sa.Text, primary_key=True),
    sa.Column("label", sa.Text, primary_key=True),
    sa.Column("value", sa.Integer, nullable=False),
    sqlite_with_rowid=False,
)
_set = query(
    sa.update(table)
    .where(table.c.world == sa.bindparam("w"), table.c.label == sa.bindparam("l"))
    .values(value=sa.bindparam("v"))
)
_draw = upsert(table, returning="value", value=table.c.value + 1)


def draw(tx: Tx, world: str, label: str) -> int:
    """Next value of a counter, from 1."""
    key = ("counter", world, label)
    known = tx.held.get(key)
    if known is None:
        value = int(cast(Row, tx.one(_draw, world=world, label=label, value=1))["value"])
    else:
        value = known + 1
        tx.put(_set, lambda: {"w": world, "l": label, "v": value})
    tx.held[key] = value
    return value
