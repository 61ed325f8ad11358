"""Subscriptions: the URLs that softwares want to be called at. One is taken by one delivery worker at a time.

`taken_until`: real time, milliseconds. What a dead process had taken comes free by itself.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from simulator.events import store
from simulator.events.model import Event
from simulator.kit.storage import Row, Tx, metadata, query

subscriptions = sa.Table(
    "subscriptions",
    metadata,
    sa.Column("world", sa.Text, primary_key=True),
    sa.Column("id", sa.Text, primary_key=True),
    sa.Column("client", sa.Text, nullable=False),
    sa.Column("url", sa.Text, nullable=False),
    sa.Column("types", sa.Text, nullable=False),  # separated by spaces; none: every type
    sa.Column("status", sa.Text, nullable=False),
    sa.Column("created_at", sa.Text, nullable=False),
    sa.Column("cursor", sa.Integer, nullable=False),  # rank of the last event turned into a delivery
    sa.Column("taken_until", sa.Integer, nullable=False),
    sa.Index("subscriptions_by_client", "world", "client"),
)
_s = subscriptions.c
_w: sa.BindParameter[Any] = sa.bindparam("w")
_this = (_s.world == _w, _s.id == sa.bindparam("i"))
_add = query(sa.insert(subscriptions))
_find = query(sa.select(subscriptions).where(*_this))
_of_client = query(
    sa.select(subscriptions).where(_s.world == _w, _s.client == sa.bindparam("c")).order_by(_s.created_at, _s.id)
)
_active = query(sa.select(subscriptions).where(_s.world == _w, _s.status == "active").order_by(_s.id))
_free = query(sa.update(subscriptions).where(_s.taken_until > 0).values(taken_until=0))
_free_here = query(sa.update(subscriptions).where(_s.world == _w, _s.taken_until > 0).values(taken_until=0))
_remove = query(sa.delete(subscriptions).where(*_this))
_hold = query(sa.update(subscriptions).where(*_this).values(taken_until=sa.bindparam("until")))
_disable = query(sa.update(subscriptions).where(*_this).values(status="disabled"))
_advance = query(sa.update(subscriptions).where(*_this).values(cursor=sa.bindparam("to")))


@dataclass(frozen=True, slots=True)
class Subscription:
    """A URL of a software; `types` empty means every type, `status` is ``active`` or ``disabled``."""

    id: str
    client: str
    url: str
    types: tuple[str, ...]
    created_at: str
    cursor: int
    status: str = "active"
    taken_until: int = 0

    def wants(self, event: Event) -> bool:
        return not self.types or event.type in self.types


def add(tx: Tx, world: str, new: Subscription) -> None:
    tx.run(
        _add,
        world=world,
        id=new.id,
        client=new.client,
        url=new.url,
        types=" ".join(new.types),
        status=new.status,
        created_at=new.created_at,
        cursor=new.cursor,
        taken_until=new.taken_until,
    )
    store.call_workers(world)


def find(tx: Tx, world: str, identifier: str) -> Subscription | None:
    row = tx.one(_find, w=world, i=identifier)
    return None if row is None else _subscription(row)


def of_client(tx: Tx, world: str, client: str) -> list[Subscription]:
    """Oldest first."""
    return [_subscription(row) for row in tx.all(_of_client, w=world, c=client)]


def active(tx: Tx, world: str) -> list[Subscription]:
    """Those of a world that are delivered to, by id."""
    return [_subscription(row) for row in tx.all(_active, w=world)]


def free(tx: Tx) -> None:
    """Nobody has taken anything: the only process of a database has just started."""
    tx.run(_free)


def free_here(tx: Tx, world: str) -> None:
    """Nobody has taken anything in this world: it has just begun, as a copy."""
    tx.run(_free_here, w=world)


def remove(tx: Tx, world: str, identifier: str) -> None:
    tx.run(_remove, w=world, i=identifier)


def hold(tx: Tx, world: str, identifier: str, until: int) -> None:
    """Take it, or free it (0)."""
    tx.run(_hold, w=world, i=identifier, until=until)


def disable(tx: Tx, world: str, identifier: str) -> None:
    tx.run(_disable, w=world, i=identifier)


def advance(tx: Tx, world: str, identifier: str, cursor: int) -> None:
    """Remember the rank of the last event that was turned into a delivery."""
    tx.run(_advance, w=world, i=identifier, to=cursor)


def _subscription(row: Row) -> Subscription:
    return Subscription(
        id=row["id"],
        client=row["client"],
        url=row["url"],
        types=tuple(row["types"].split()),
        created_at=row["created_at"],
        cursor=row["cursor"],
        status=row["status"],
        taken_until=row["taken_until"],
    )
