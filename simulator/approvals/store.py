"""Table of prior approvals: the columns that are searched, and the approval as JSON. `due_at`: while it waits."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from functools import partial

import sqlalchemy as sa
from msgspec import json

from simulator.approvals.model import Approval, ApprovalStatus
from simulator.kit import clock
from simulator.kit.storage import Row, Tx, metadata, query

approvals = sa.Table(
    "prior_approvals",
    metadata,
    sa.Column("world", sa.Text, primary_key=True),
    sa.Column("id", sa.Text, primary_key=True),
    sa.Column("number", sa.Text, nullable=False),
    sa.Column("section", sa.Text, nullable=False),
    sa.Column("line", sa.Integer, nullable=False),
    sa.Column("rank", sa.Integer, nullable=False),  # among those of its line, from 0
    sa.Column("due_at", sa.Text),
    sa.Column("failed", sa.Text),  # when it could not be decided, and why: then it waits for the bench
    sa.Column("content", sa.Text, nullable=False),
    sa.Index("prior_approvals_by_line", "world", "number", "section", "line", "rank"),
    sa.Index("prior_approvals_by_due", "world", "due_at"),
)
_c = approvals.c
_w = _c.world == sa.bindparam("w")
_sheet = (_w, _c.number == sa.bindparam("n"))
_order = (_c.section, _c.line, _c.rank)
_find = query(sa.select(_c.content).where(_w, _c.id == sa.bindparam("i")))
_of_sheet = query(sa.select(_c.content).where(*_sheet).order_by(*_order))
_of_line = query(
    sa.select(_c.content)
    .where(*_sheet, _c.section == sa.bindparam("s"), _c.line == sa.bindparam("l"))
    .order_by(_c.rank)
)
_next = query(sa.select(sa.func.min(_c.due_at).label("at")).where(_w, _c.due_at.is_not(None)))
_coming = query(
    sa.select(_c.id, _c.due_at).where(_w, _c.due_at.is_not(None)).order_by(_c.due_at, _c.id).limit(sa.bindparam("many"))
)
_aside = query(
    sa.select(_c.id, _c.failed).where(_w, _c.failed.is_not(None)).order_by(_c.id).limit(sa.bindparam("many"))
)
_set_aside = query(
    sa.update(approvals).where(_w, _c.id == sa.bindparam("i")).values(due_at=None, failed=sa.bindparam("why"))
)
_due = query(sa.select(_c.id, _c.content).where(_w, _c.due_at <= sa.bindparam("at")).order_by(_c.due_at, _c.id))
_insert = query(sa.insert(approvals))
_save = query(
    sa.update(approvals)
    .where(_w, _c.id == sa.bindparam("i"))
    .values(due_at=sa.bindparam("due"), failed=None, content=sa.bindparam("new"))
)
_encode = json.Encoder(order="deterministic").encode
_decode = json.Decoder(Approval).decode


def insert(tx: Tx, world: str, approval: Approval, rank: int) -> None:
    """A new request; `rank`: how many its line had."""
    tx.run(
        _insert,
        world=world,
        id=approval.id,
        number=approval.number,
        section=approval.section,
        line=approval.line,
        rank=rank,
        due_at=_waiting(approval),
        content=_encode(approval).decode(),
    )


def save(tx: Tx, world: str, approval: Approval) -> None:
    """Write what became of it."""
    tx.run(_save, w=world, i=approval.id, due=_waiting(approval), new=_encode(approval).decode())


def find(tx: Tx, world: str, identifier: str) -> Approval | None:
    row = tx.one(_find, w=world, i=identifier)
    return None if row is None else _approval(row)


def of_sheet(tx: Tx, world: str, number: str) -> list[Approval]:
    """By section, line, and age."""
    return [_approval(row) for row in tx.all(_of_sheet, w=world, n=number)]


def of_line(tx: Tx, world: str, number: str, section: str, line: int) -> list[Approval]:
    """Oldest first."""
    return [_approval(row) for row in tx.all(_of_line, w=world, n=number, s=section, l=line)]


def next_due(tx: Tx, world: str) -> datetime | None:
    """When the first of those that wait is decided at the latest."""
    row = tx.one(_next, w=world)
    return None if row is None or row["at"] is None else clock.parse(row["at"])


def due(tx: Tx, world: str, at: datetime) -> list[tuple[str, Callable[[], Approval]]]:
    """Those that wait and are due at that instant: id, how it is read."""
    return [(row["id"], partial(_approval, row)) for row in tx.all(_due, w=world, at=clock.to_text(at))]


def coming(tx: Tx, world: str, many: int) -> list[Row]:
    """The first that wait: `id`, `due_at`."""
    return tx.all(_coming, w=world, many=many)


def aside(tx: Tx, world: str, many: int) -> list[Row]:
    """Those that could not be decided: `id`, `failed`."""
    return tx.all(_aside, w=world, many=many)


def set_aside(tx: Tx, world: str, approval: str, why: str) -> None:
    """It waits for the clock no more."""
    tx.run(_set_aside, w=world, i=approval, why=why)


def _waiting(approval: Approval) -> str | None:
    return clock.to_text(approval.due_at) if approval.status is ApprovalStatus.REQUESTED else None


def _approval(row: Row) -> Approval:
    return _decode(row["content"])
