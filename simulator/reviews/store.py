"""Tables of what people sent about a claim: documents (never their content), contestations."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa

from simulator.kit import clock
from simulator.kit.storage import Tx, metadata, query

documents = sa.Table(
    "claim_documents",
    metadata,
    sa.Column("world", sa.Text, primary_key=True),
    sa.Column("claim", sa.Text, primary_key=True),
    sa.Column("rank", sa.Integer, primary_key=True),
    sa.Column("kind", sa.Text, nullable=False),
    sa.Column("media_type", sa.Text, nullable=False),
    sa.Column("size", sa.Integer, nullable=False),  # bytes
    sa.Column("sha256", sa.Text, nullable=False),
    sa.Column("at", sa.Text, nullable=False),
    sa.Column("sent_by", sa.Text, nullable=False),
    sqlite_with_rowid=False,
)
contestations = sa.Table(
    "claim_contestations",
    metadata,
    sa.Column("world", sa.Text, primary_key=True),
    sa.Column("claim", sa.Text, primary_key=True),
    sa.Column("rank", sa.Integer, primary_key=True),
    sa.Column("lines", sa.Text, nullable=False),  # "execution/line", separated by spaces
    sa.Column("reason", sa.Text, nullable=False),
    sa.Column("at", sa.Text, nullable=False),
    sa.Column("sent_by", sa.Text, nullable=False),
    sqlite_with_rowid=False,
)
_insert = {table: query(sa.insert(table)) for table in (documents, contestations)}
_of_claim = {
    table: query(
        sa.select(table)
        .where(table.c.world == sa.bindparam("w"), table.c.claim == sa.bindparam("c"))
        .order_by(table.c.rank)
    )
    for table in (documents, contestations)
}


def insert(tx: Tx, world: str, table: sa.Table, claim: str, at: datetime, sent_by: str, **said: str | int) -> None:
    """One more row about a claim. `sent_by`: as the audit names an actor's person; `said`: the other columns."""
    rank = len(tx.all(_of_claim[table], w=world, c=claim)) + 1
    tx.run(_insert[table], world=world, claim=claim, rank=rank, at=clock.to_text(at), sent_by=sent_by, **said)
