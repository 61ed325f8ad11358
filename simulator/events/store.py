"""The outbox: one row per event and interested software, written in the transaction of what happened.

The id of an event derives from its rank in the feed of its software (see `model.event_id`): it is not stored.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from functools import partial
from typing import Any

import sqlalchemy as sa
from msgspec.json import encode

from simulator.events.model import Event, EventType
from simulator.kit import clock
from simulator.kit.call import Call
from simulator.kit.storage import Row, Tx, metadata, query

events = sa.Table(
    "events",
    metadata,
    sa.Column("world", sa.Text, primary_key=True),
    sa.Column("client", sa.Text, primary_key=True),
    sa.Column("seq", sa.Integer, primary_key=True),
    sa.Column("type", sa.Text, nullable=False),
    sa.Column("at", sa.Text, nullable=False),
    sa.Column("data", sa.Text, nullable=False),
    sqlite_with_rowid=False,
)
_w, _c = sa.bindparam("w", type_=sa.Text), sa.bindparam("c", type_=sa.Text)
_mine = (events.c.world == _w, events.c.client == _c)
_add = query(sa.insert(events))
_row = sa.select(events.c.client, events.c.seq, events.c.type, events.c.at, events.c.data)
_page = query(
    _row.where(*_mine, events.c.seq > sa.bindparam("after")).order_by(events.c.seq).limit(sa.bindparam("many"))
)
_one = query(_row.where(*_mine, events.c.seq == sa.bindparam("seq")))
_last = query(sa.select(events.c.seq).where(*_mine).order_by(events.c.seq.desc()).limit(1))


class Heard:
    """What one delivery worker hears of its process: worlds to look at, and worlds where nobody subscribed."""

    def __init__(self) -> None:
        self.worlds: set[str] = set()
        self.quiet: set[str] = set()


listeners: list[Heard] = []


def emit(
    tx: Tx,
    call: Call,
    type: EventType,
    sheet_number: str,
    revision: int,
    clients: Iterable[str],
    data: Mapping[str, str] | None = None,
) -> None:
    """Tell these softwares, in the caller's transaction; `data` may add ``section`` and ``execution``.

    One insert per distinct client, in the order of their ids; nothing when there is none.
    """
    told = set(clients)
    if not told:
        return
    thin: dict[str, Any] = {"number": sheet_number}
    if data and "section" in data:
        thin["section"] = data["section"]
    thin["revision"] = revision
    if data and "execution" in data:
        thin["execution"] = data["execution"]
    announce(tx, call.world.id, call.now, type, told, thin)


def announce(
    tx: Tx, world: str, at: datetime, type: EventType, clients: Iterable[str], data: Mapping[str, Any]
) -> None:
    """The same for what concerns no sheet (``keys.rotated``: ``{"kind": "qr"}``) or comes from no call.

    `at`: world time.
    """

    def row(client: str, seq: int) -> dict[str, Any]:
        text, instant = encode(data).decode(), clock.to_text(at)
        return {"world": world, "client": client, "seq": seq, "type": type, "at": instant, "data": text}

    for client in sorted(clients):
        seq = (tx.held.get(("events", world, client)) or last(tx, world, client)) + 1
        tx.put(_add, partial(row, client, seq))
        tx.held["events", world, client] = seq
    for heard in listeners:
        if world not in heard.quiet:
            heard.worlds.add(world)


def call_workers(world: str) -> None:
    """Have the delivery workers of this process look at a world: somebody subscribed, or asked again."""
    for heard in listeners:
        heard.quiet.discard(world)
        heard.worlds.add(world)


def page(tx: Tx, world: str, client: str, after: int, many: int) -> list[Event]:
    """Events of a client beyond that rank, in the order of their emission."""
    return [_event(row) for row in tx.all(_page, w=world, c=client, after=after, many=many)]


def find(tx: Tx, world: str, client: str, seq: int) -> Event | None:
    row = tx.one(_one, w=world, c=client, seq=seq)
    return None if row is None else _event(row)


def last(tx: Tx, world: str, client: str) -> int:
    """The rank of the client's newest event; 0 when it has none."""
    row = tx.one(_last, w=world, c=client)
    return 0 if row is None else int(row["seq"])


def _event(row: Row) -> Event:
    return Event(row["client"], row["seq"], row["type"], row["at"], row["data"])
