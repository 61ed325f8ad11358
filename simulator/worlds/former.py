"""What is kept of a world that was deleted: its name, and the era that the next world of that name begins with.

Keys come from the seed, so that a namesake of the same seed would take the access tokens of the world before for its
own: it begins past every era in which that one gave any. A name that is used for the first time begins at 0.
"""

from __future__ import annotations

import sqlalchemy as sa

from simulator.kit.storage import Tx, metadata, query, upsert

table = sa.Table(
    "former_worlds",
    metadata,
    sa.Column("name", sa.Text, primary_key=True),  # not `world`: it outlives the rows of the world
    sa.Column("era", sa.Integer, nullable=False),
    sqlite_with_rowid=False,
)
_put = upsert(table)
_one = query(sa.select(table.c.era).where(table.c.name == sa.bindparam("name")))


def note(tx: Tx, name: str, era: int) -> None:
    """A world of that name is deleted; `era`: the last in which it gave tokens."""
    tx.run(_put, name=name, era=era + 1)


def first_era(tx: Tx, name: str) -> int:
    """The era with which a world of that name begins."""
    row = tx.one(_one, name=name)
    return 0 if row is None else int(row["era"])
