"""The outbox: one row per event and interested software, written in the transaction of what happened.

The id of an event derives from its rank in the feed of its software (see `model.event_id`): it is not stored.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from pydantic_core import to_json

from simulator.events.model import EventType
from simulator.kit import clock
from simulator.kit.call import Call
from simulator.kit.storage import Tx, metadata, query

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
_w, _c = sa.bindparam("world", type_=sa.Text), sa.bindparam("client", type_=sa.Text)
_add = query(
    sa.insert(events).from_select(
        ["world", "client", "seq", "type", "at", "data"],
        sa.select(
            _w,
            _c,
            sa.func.coalesce(sa.func.max(events.c.seq), sa.literal_column("0")) + sa.literal_column("1"),
            sa.bindparam("type", type_=sa.Text),
            sa.bindparam("at", type_=sa.Text),
            sa.bindparam("data", type_=sa.Text),
        ).where(events.c.world == _w, events.c.client == _c),
    )
)


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
    data: Mapping[str, Any] | None = None,
) -> None:
    """Tell these softwares, in the caller's transaction; `data` may add ``section`` and ``execution``.

    One insert per distinct client, in the order of their ids; nothing when there is none.
    """
    if told := sorted(set(clients)):
        announce(
            tx, call.world.id, call.now, type, told, {"number": sheet_number, "revision": revision, **(data or {})}
        )


def announce(
    tx: Tx, world: str, at: datetime, type: EventType, clients: Iterable[str], data: Mapping[str, Any]
) -> None:
    """The same for what concerns no sheet (``keys.rotated``), or comes from no call. `at`: world time."""
    text, instant = to_json(data).decode(), clock.to_text(at)
    for client in clients:
        tx.run(_add, world=world, client=client, type=type, at=instant, data=text)
    for heard in listeners:
        if world not in heard.quiet:
            heard.worlds.add(world)
