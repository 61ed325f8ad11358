"""Leases (kept after their end) and wrong backup codes."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa

from simulator.kit import clock
from simulator.kit.storage import Tx, metadata, query, upsert
from simulator.resolutions.model import Lease

leases = sa.Table(
    "leases",
    metadata,
    sa.Column("world", sa.Text, primary_key=True),
    sa.Column("number", sa.Text, primary_key=True),
    sa.Column("section", sa.Text, primary_key=True),
    sa.Column("id", sa.Text, primary_key=True),
    sa.Column("establishment", sa.Text, nullable=False),
    sa.Column("inpe", sa.Text, nullable=False),
    sa.Column("taken_at", sa.Text, nullable=False),
    sa.Column("expires_at", sa.Text, nullable=False),
    sa.Column("released_at", sa.Text),
    sqlite_with_rowid=False,
)
wrong_codes = sa.Table(
    "wrong_codes",
    metadata,
    sa.Column("world", sa.Text, primary_key=True),
    sa.Column("number", sa.Text, primary_key=True),
    sa.Column("count", sa.Integer, nullable=False),
    sqlite_with_rowid=False,
)
_here = (leases.c.world == sa.bindparam("w"), leases.c.number == sa.bindparam("n"))
_of_sheet = query(sa.select(leases).where(*_here).order_by(leases.c.taken_at, leases.c.id))
_insert = query(sa.insert(leases))
_renew = query(sa.update(leases).where(*_here, leases.c.id == sa.bindparam("i")).values(expires_at=sa.bindparam("at")))
_release = query(
    sa.update(leases)
    .where(*_here, leases.c.id == sa.bindparam("i"), leases.c.released_at.is_(None))
    .values(released_at=sa.bindparam("at"))
)
_wrong = query(
    sa.select(wrong_codes.c.count).where(
        wrong_codes.c.world == sa.bindparam("w"), wrong_codes.c.number == sa.bindparam("n")
    )
)
_set_wrong = upsert(wrong_codes)


def of_sheet(tx: Tx, world: str, number: str) -> list[Lease]:
    """Every lease a sheet ever had, oldest first."""
    return [
        Lease(
            id=row["id"],
            number=row["number"],
            section=row["section"],
            establishment=row["establishment"],
            expires_at=clock.parse(row["expires_at"]),
            released=row["released_at"] is not None,
        )
        for row in tx.all(_of_sheet, w=world, n=number)
    ]


def insert(tx: Tx, world: str, lease: Lease, inpe: str, now: datetime) -> None:
    tx.run(
        _insert,
        world=world,
        number=lease.number,
        section=lease.section,
        id=lease.id,
        establishment=lease.establishment,
        inpe=inpe,
        taken_at=clock.to_text(now),
        expires_at=clock.to_text(lease.expires_at),
    )


def renew(tx: Tx, world: str, lease: Lease, until: datetime) -> None:
    tx.run(_renew, w=world, n=lease.number, i=lease.id, at=clock.to_text(until))


def release(tx: Tx, world: str, lease: Lease, now: datetime) -> None:
    tx.run(_release, w=world, n=lease.number, i=lease.id, at=clock.to_text(now))


def wrong_count(tx: Tx, world: str, number: str) -> int:
    """Wrong backup codes typed for a sheet."""
    row = tx.one(_wrong, w=world, n=number)
    return 0 if row is None else int(row["count"])


def set_wrong_count(tx: Tx, world: str, number: str, count: int) -> None:
    tx.run(_set_wrong, world=world, number=number, count=count)
