"""The audit trail: append-only, each row bound to the one before it by SHA-256, one chain per world.

Row hash = SHA-256 of the JSON (UTF-8, no spaces) of [previous hash, seq, at, actor, event, subject, trace, data].
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from typing import Any

import sqlalchemy as sa
from pydantic_core import to_json

from simulator.kit import clock
from simulator.kit.call import Call
from simulator.kit.storage import Tx, metadata, query

GENESIS = "0" * 64

table = sa.Table(
    "audit",
    metadata,
    sa.Column("world", sa.Text, primary_key=True),
    sa.Column("seq", sa.Integer, primary_key=True),
    sa.Column("at", sa.Text, nullable=False),
    sa.Column("actor", sa.Text, nullable=False),
    sa.Column("event", sa.Text, nullable=False),
    sa.Column("subject", sa.Text, nullable=False),
    sa.Column("trace", sa.Text, nullable=False),
    sa.Column("data", sa.Text, nullable=False),
    sa.Column("hash", sa.Text, nullable=False),
    sqlite_with_rowid=False,
)
_last = query(
    sa.select(table.c.seq, table.c.hash)
    .where(table.c.world == sa.bindparam("world"))
    .order_by(table.c.seq.desc())
    .limit(1)
)
_insert = query(sa.insert(table))
_sorted = json.JSONEncoder(ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode
_all = query(sa.select(table).where(table.c.world == sa.bindparam("world")).order_by(table.c.seq))


def append(tx: Tx, call: Call, event: str, subject: str, data: Mapping[str, Any]) -> None:
    """Record one transition (``"care-sheet-issued"``, its number, small JSON data, no secret)."""
    last = tx.one(_last, world=call.world.id)
    row = {
        "seq": 1 if last is None else last["seq"] + 1,
        "at": clock.to_text(call.now),
        "actor": f"{call.actor.client_id}/{call.actor.inpe or '-'}",
        "event": event,
        "subject": subject,
        "trace": call.trace_id,
        "data": _sorted(data),
    }
    previous = GENESIS if last is None else last["hash"]
    tx.run(_insert, world=call.world.id, hash=link(previous, row), **row)


def link(previous: str, row: Mapping[str, Any]) -> str:
    """Hash of a row, given the hash of the one before."""
    parts = [previous] + [row[name] for name in ("seq", "at", "actor", "event", "subject", "trace", "data")]
    return hashlib.sha256(to_json(parts)).hexdigest()


def rows(tx: Tx, world_id: str) -> list[Mapping[str, Any]]:
    """The whole chain of a world, oldest first."""
    return [dict(row) for row in tx.all(_all, world=world_id)]


def broken_at(chain: Iterable[Mapping[str, Any]]) -> int | None:
    """First sequence number that is missing or does not follow from the row before; None if sound."""
    previous, expected = GENESIS, 1
    for row in chain:
        if row["seq"] != expected or row["hash"] != link(previous, row):
            return expected
        previous, expected = row["hash"], expected + 1
    return None
