"""Table of the ceilings that count less than they did, until the lines that they cut are decided again (`freed`)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal

import sqlalchemy as sa

from simulator.kit import clock
from simulator.kit.call import WorldLike
from simulator.kit.storage import Row, Tx, metadata, query, upsert

Who = tuple[str, int]
"""Registration number and dependant's rank."""

table = sa.Table(
    "ceiling_freed",
    metadata,
    sa.Column("world", sa.Text, primary_key=True),
    sa.Column("registration_number", sa.Text, primary_key=True),
    sa.Column("dependant_rank", sa.Integer, primary_key=True),
    sa.Column("counter", sa.Text, primary_key=True),
    sa.Column("at", sa.Text, nullable=False),
    sqlite_with_rowid=False,
)
_free = upsert(table)
_f = table.c
_next = query(sa.select(sa.func.min(_f.at).label("at")).where(_f.world == sa.bindparam("w")))
_all = query(sa.select(table).where(_f.world == sa.bindparam("w")))
_looked_at = query(
    sa.delete(table).where(
        _f.world == sa.bindparam("w"),
        _f.registration_number == sa.bindparam("n"),
        _f.dependant_rank == sa.bindparam("r"),
        _f.counter == sa.bindparam("c"),
    )
)


def note(tx: Tx, world: WorldLike, who: Who, rows: Sequence[Row], at: datetime) -> None:
    """What was counted in those rows is given back: the lines that their ceilings cut are decided again, at once."""
    for counter in sorted({row["counter"] for row in rows if Decimal(row["amount"])}):
        told = {"world": world.id, "registration_number": who[0], "dependant_rank": who[1], "counter": counter}
        tx.run(_free, **told, at=clock.to_text(at))
        world.agenda.expect(at)


def first(tx: Tx, world: str) -> datetime | None:
    """The first instant at which something counted was given back, that nobody looked at since."""
    row = tx.one(_next, w=world)
    return None if row is None or row["at"] is None else clock.parse(row["at"])


def those(tx: Tx, world: str, at: datetime | None = None) -> list[tuple[Who, str]]:
    """Whose ceilings they are, and their letters: at that instant, or all."""
    rows = tx.all(_all, w=world)
    known = at and clock.to_text(at)
    found = [row for row in rows if known is None or row["at"] == known]
    return [((row["registration_number"], row["dependant_rank"]), row["counter"]) for row in found]


def looked_at(tx: Tx, world: str, who: Who, counter: str) -> None:
    """What that ceiling has cut was decided again."""
    tx.run(_looked_at, w=world, n=who[0], r=who[1], c=counter)
