"""The audit trail: append-only, each row bound to the one before it by SHA-256, one chain per world.

Row hash = SHA-256 of the JSON (UTF-8, no spaces) of [previous hash, seq, at, actor, event, subject, trace, data].

`actor`: ``client/who``; who is an INPE, ``INPE+delegate``, ``ben:{number}/{rank}`` for a patient, ``-`` for the
software itself. `subject`: a sheet's number, ``ben:{number}/{rank}``, an establishment, or nothing. `data`: small
JSON, without any secret, name, or label of what was prescribed.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from typing import Any, TypeVar

import sqlalchemy as sa
from msgspec import Struct
from msgspec.json import encode
from pydantic_core import from_json

from simulator.kit import clock
from simulator.kit.call import Actor, Call
from simulator.kit.storage import Row, Tx, metadata, query

T = TypeVar("T")
Data = Mapping[str, Any] | Callable[[], Mapping[str, Any]]
"""What a link says, or what makes it when the link is written."""
Link = tuple[int, str, str]
"""Seq, event, subject."""
GENESIS = "0" * 64
REFUSED = "refused"
NOBODY = Actor(client_id="-")
PLATFORM = Actor(client_id="cnss")
"""The CNSS itself, for what its clock or its decisions bring."""
PARTS = ("seq", "at", "actor", "event", "subject", "trace", "data")
"""Columns that the hash covers, in its order, after the previous hash."""

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
    sa.Index("audit_by_subject", "world", "subject", "seq"),
    sqlite_with_rowid=False,
)
_last = query(
    sa.select(table.c.seq, table.c.hash)
    .where(table.c.world == sa.bindparam("world"))
    .order_by(table.c.seq.desc())
    .limit(1)
)
_insert = query(sa.insert(table))
_here = table.c.world == sa.bindparam("world")
_next = sa.select(table).where(_here, table.c.seq > sa.bindparam("after"))
_all = query(sa.select(table).where(_here).order_by(table.c.seq))
_first = query(sa.select(table).where(_here).order_by(table.c.seq).limit(sa.bindparam("many")))
_page = query(_next.order_by(table.c.seq).limit(sa.bindparam("many")))
_page_of = query(
    _next.where(table.c.subject == sa.bindparam("subject")).order_by(table.c.seq).limit(sa.bindparam("many"))
)
_of_event = query(
    sa.select(table)
    .where(_here, table.c.subject == sa.bindparam("subject"), table.c.event == sa.bindparam("event"))
    .order_by(table.c.seq)
)
_worlds = query(sa.select(table.c.world).where(table.c.world.not_like("%/%")).distinct().order_by(table.c.world))


class Chain(Struct):
    """The end of a trail while a transaction adds to it: the seq of the last link, the hash of the last one made."""

    seq: int
    hash: str


def append(tx: Tx, call: Call, event: str, subject: str, data: Data) -> None:
    """Record one transition or one access (``"care-sheet-issued"``, its number, small JSON data, no secret)."""
    _write(tx, call.world.id, call.now, call.actor, event, subject, call.trace_id, data)


def by_platform(tx: Tx, world: str, at: datetime, event: str, subject: str, data: Mapping[str, Any]) -> None:
    """Record what the CNSS itself did at that instant, as its clock or its decision wanted."""
    _write(tx, world, at, PLATFORM, event, subject, "", data)


def append_each(
    tx: Tx, call: Call, event: str, numbers: Iterable[str], otherwise: str, data: Mapping[str, Any]
) -> None:
    """Record that a list was read: once for each sheet in it, so that its patient finds it, else for `otherwise`."""
    for subject in dict.fromkeys(numbers) or (otherwise,):
        append(tx, call, event, subject, data)


def refusal(
    tx: Tx,
    world: str,
    at: datetime,
    actor: Actor | None,
    operation: str,
    slug: str,
    status: int,
    subject: str = "",
    trace: str = "",
) -> None:
    """Record that an operation was refused (`refused`); `actor` None when nobody was identified.

    `subject`: the sheet's number, or ``ben:{number}/{rank}``, when the request named one.
    """
    data = {"operation": operation, "problem": slug, "status": status}
    _write(tx, world, at, actor or NOBODY, REFUSED, subject, trace, data)


def actor_text(actor: Actor) -> str:
    """Who acts, as the trail writes it."""
    if actor.patient is not None:
        return f"{actor.client_id}/{beneficiary(*actor.patient)}"
    if actor.delegate is not None:
        return f"{actor.client_id}/{actor.inpe}+{actor.delegate}"
    return f"{actor.client_id}/{actor.inpe or '-'}"


def beneficiary(registration_number: str, dependant_rank: int) -> str:
    """The subject that stands for a person."""
    return f"ben:{registration_number}/{dependant_rank}"


def _write(
    tx: Tx,
    world: str,
    at: datetime,
    actor: Actor,
    event: str,
    subject: str,
    trace: str,
    data: Data,
) -> None:
    held = tx.held
    chain: Chain | None = held.get(("audit", world))
    if chain is None:
        chain = held["audit", world] = Chain(*head(tx, world))
    seq = chain.seq = chain.seq + 1

    def made() -> dict[str, Any]:
        row = {
            "world": world,
            "seq": seq,
            "at": clock.to_text(at),
            "actor": actor_text(actor),
            "event": event,
            "subject": subject,
            "trace": trace,
            "data": encode(data() if callable(data) else data).decode(),
        }
        chain.hash = row["hash"] = link(chain.hash, row)
        return row

    tx.put(_insert, made)
    if (noted := held.get(("links", world))) is not None:
        noted.append((seq, event, subject))


def noting(tx: Tx, world: str, links: list[Link], work: Callable[[Tx], T]) -> T:
    """Do `work`, a whole unit; `links` becomes those that it wrote in that world, however often it is run."""
    links.clear()
    tx.held["links", world] = links
    try:
        return work(tx)
    finally:
        tx.held.pop(("links", world), None)


def head(tx: Tx, world: str) -> tuple[int, str]:
    """(seq, hash) of the last link; (0, `GENESIS`) before the first."""
    last = tx.one(_last, world=world)
    return (0, GENESIS) if last is None else (last["seq"], last["hash"])


def link(previous: str, row: Mapping[str, Any] | Row) -> str:
    """Hash of a row, given the hash of the one before."""
    return hashlib.sha256(encode([previous, *[row[name] for name in PARTS]])).hexdigest()


def rows(tx: Tx, world_id: str) -> list[Mapping[str, Any]]:
    """The whole chain of a world, oldest first."""
    return [dict(row) for row in tx.all(_all, world=world_id)]


def page(tx: Tx, world_id: str, after: int | None, limit: int, subject: str | None = None) -> list[Row]:
    """At most `limit` rows with seq > `after`, oldest first; with `subject`, those of one subject.

    `after` None starts at the very first row, whatever its seq: a row slipped in below 1 is read too.
    """
    if subject is not None:
        return tx.all(_page_of, world=world_id, after=after or 0, many=limit, subject=subject)
    if after is None:
        return tx.all(_first, world=world_id, many=limit)
    return tx.all(_page, world=world_id, after=after, many=limit)


def of_event(tx: Tx, world_id: str, subject: str, event: str) -> list[Row]:
    """What happened to a subject under one name, oldest first."""
    return tx.all(_of_event, world=world_id, subject=subject, event=event)


def worlds(tx: Tx) -> list[str]:
    """Ids of the worlds that have a trail, sorted."""
    return [row["world"] for row in tx.all(_worlds)]


def as_json(row: Row) -> dict[str, Any]:
    """A row as a program reads it: every column but the world, `data` as the object it is."""
    return {**{name: row[name] for name in PARTS}, "data": _object(row["data"]), "hash": row["hash"]}


def _object(text: str) -> Any:
    try:
        return from_json(text)
    except ValueError:  # somebody wrote over it
        return text
