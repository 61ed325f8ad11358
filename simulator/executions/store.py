"""Table of executions: append-only."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa

from simulator.kit import clock
from simulator.kit.storage import Row, Tx, metadata, query

executions = sa.Table(
    "executions",
    metadata,
    sa.Column("world", sa.Text, primary_key=True),
    sa.Column("number", sa.Text, primary_key=True),
    sa.Column("revision", sa.Integer, primary_key=True),
    sa.Column("id", sa.Text, nullable=False),
    sa.Column("section", sa.Text, nullable=False),
    sa.Column("establishment", sa.Text, nullable=False),
    sa.Column("inpe", sa.Text, nullable=False),
    sa.Column("performed_at", sa.Text, nullable=False),
    sa.Column("recorded_at", sa.Text, nullable=False),
    sa.Column("content", sa.Text, nullable=False),
    sa.Column("receipt", sa.Text),
)
_insert = query(sa.insert(executions))
_of_sheet = query(
    sa.select(executions)
    .where(executions.c.world == sa.bindparam("w"), executions.c.number == sa.bindparam("n"))
    .order_by(executions.c.revision)
)


def insert(
    tx: Tx,
    world: str,
    *,
    id: str,
    number: str,
    revision: int,
    section: str,
    establishment: str,
    inpe: str,
    performed_at: datetime,
    recorded_at: datetime,
    lines: str,
    receipt: str | None = None,
) -> None:
    """One execution; `revision` is that of the sheet once it is recorded. `lines`: JSON text, a list of objects."""
    tx.run(
        _insert,
        world=world,
        number=number,
        revision=revision,
        id=id,
        section=section,
        establishment=establishment,
        inpe=inpe,
        performed_at=clock.to_text(performed_at),
        recorded_at=clock.to_text(recorded_at),
        content=lines,
        receipt=receipt,
    )


def of_sheet(tx: Tx, world: str, number: str) -> list[Row]:
    """Executions of a sheet in the order they were recorded; `content` is JSON text."""
    return tx.all(_of_sheet, w=world, n=number)
