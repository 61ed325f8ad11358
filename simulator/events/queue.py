"""Deliveries: one row per subscription and event, and what a delivery worker asks of them.

The events of a subscription leave one by one, in the order of the instants when they are due, then of their emission.
An attempt is dated by the instant when it was due, in world time: a clock that jumps leaves what one that walks does.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from msgspec.json import encode
from pydantic_core import from_json

from simulator.events import store, subscriptions
from simulator.events.model import Event, Outcome, following
from simulator.events.subscriptions import Subscription
from simulator.kit import clock
from simulator.kit.agenda import Coming
from simulator.kit.call import WorldLike
from simulator.kit.storage import Row, Tx, insert_new, metadata, query

HOLD_MS = 30_000
FAN_OUT = 1000
KEPT_ATTEMPTS = 50

deliveries = sa.Table(
    "deliveries",
    metadata,
    sa.Column("world", sa.Text, primary_key=True),
    sa.Column("subscription", sa.Text, primary_key=True),
    sa.Column("seq", sa.Integer, primary_key=True),
    sa.Column("status", sa.Text, nullable=False),
    sa.Column("round", sa.Integer, nullable=False),  # grows with each redelivery
    sa.Column("tries", sa.Integer, nullable=False),  # of this round
    sa.Column("due_at", sa.Text, nullable=False),
    sa.Column("attempts", sa.Text, nullable=False),
    sa.Index("deliveries_by_status", "world", "subscription", "status", "due_at", "seq"),
)
_d, _s = deliveries.c, subscriptions.subscriptions
_w: sa.BindParameter[Any] = sa.bindparam("w")
_that = (_d.world == _w, _d.subscription == sa.bindparam("i"))
_one = (*_that, _d.seq == sa.bindparam("n"))
_pending = (*_that, _d.status == "pending")
_coming = query(
    sa.select(_d.due_at, _d.subscription)
    .where(_d.world == _w, _d.status == "pending")
    .order_by(_d.due_at, _d.subscription, _d.seq)
    .limit(sa.bindparam("many"))
)
_now_due = (*_pending, _d.due_at <= sa.bindparam("now"))
_forget = query(sa.delete(deliveries).where(*_that))
_schedule = insert_new(deliveries)
_due = query(
    sa.select(_d.seq, _d.round, _d.tries, _d.due_at)
    .where(*_now_due)
    .order_by(_d.due_at, _d.seq)
    .limit(sa.literal_column("1"))
)
_next_at = query(sa.select(sa.func.min(_d.due_at).label("at")).where(*_pending))
_count_due = query(sa.select(sa.func.count().label("many")).where(*_now_due))
_abandon = query(sa.update(deliveries).where(*_pending).values(status="abandoned"))
_delivery = query(sa.select(deliveries).where(*_one))
_delivered = query(sa.select(_d.seq).where(*_that, _d.status == "delivered").limit(sa.literal_column("1")))
_settle = query(
    sa.update(deliveries)
    .where(*_one)
    .values({name: sa.bindparam(f"new_{name}") for name in ("status", "tries", "due_at", "attempts")})
)
_again = query(
    sa.update(deliveries)
    .where(*_one)
    .values(status="pending", tries=0, due_at=sa.bindparam("now"), round=_d.round + sa.literal_column("1"))
)
_stirring = query(
    sa.select(_s.c.world)
    .where(
        _s.c.world.not_like("%/%"),  # a snapshot sends nothing
        _s.c.status == "active",
        sa.or_(
            sa.exists().where(
                store.events.c.world == _s.c.world,
                store.events.c.client == _s.c.client,
                store.events.c.seq > _s.c.cursor,
            ),
            sa.exists().where(_d.world == _s.c.world, _d.subscription == _s.c.id, _d.status == "pending"),
        ),
    )
    .distinct()
)
_everything = query(
    sa.select(deliveries, _s.c.client, _s.c.url)
    .join(_s, sa.and_(_s.c.world == _d.world, _s.c.id == _d.subscription))
    .where(_d.world == _w)
    .order_by(_d.subscription, _d.seq)
    .limit(sa.bindparam("many"))
    .offset(sa.bindparam("after"))
)


@dataclass(frozen=True, slots=True)
class Plan:
    """What a world asks of the worker: subscriptions with something due, when to look again.

    `next_at`: world time; `free_at`: real time, milliseconds, when another worker's hold ends.
    """

    subscribed: bool
    due: tuple[str, ...]
    next_at: datetime | None
    free_at: int | None


@dataclass(frozen=True, slots=True)
class Taken:
    """One attempt to make: the event, where to, as attempt number `tries` of its `round`; `at`: the world time when it
    was due, however far the clock has gone since.
    """

    subscription: Subscription
    event: Event
    round: int
    tries: int
    at: datetime
    until: int


def plan(tx: Tx, world: str, now: datetime, real_ms: int) -> Plan:
    """Turn new events into deliveries, and say what is due."""
    at = clock.to_text(now)
    due, instants, holds = [], [], []
    active = subscriptions.active(tx, world)
    for subscription in active:
        _fan_out(tx, world, subscription)
        row = tx.one(_next_at, w=world, i=subscription.id)
        if row is None or row["at"] is None:
            continue
        if row["at"] > at:
            instants.append(row["at"])
        elif subscription.taken_until > real_ms:
            holds.append(subscription.taken_until)
        else:
            due.append(subscription.id)
    soonest = clock.parse(min(instants)) if instants else None
    return Plan(bool(active), tuple(due), soonest, min(holds, default=None))


def _fan_out(tx: Tx, world: str, to: Subscription) -> None:
    cursor = to.cursor
    while news := store.page(tx, world, to.client, cursor, FAN_OUT):
        tx.many(_schedule, [_new(world, to.id, event.seq, event.at) for event in news if to.wants(event)])
        cursor = news[-1].seq
        subscriptions.advance(tx, world, to.id, cursor)


def _new(world: str, subscription: str, seq: int, due_at: str) -> dict[str, Any]:
    fresh = {"status": "pending", "round": 1, "tries": 0, "due_at": due_at, "attempts": "[]"}
    return {"world": world, "subscription": subscription, "seq": seq, **fresh}


def take(tx: Tx, world: str, identifier: str, now: datetime, real_ms: int) -> Taken | None:
    """The next attempt of a subscription that nobody has taken."""
    found = subscriptions.find(tx, world, identifier)
    if found is None or found.status != "active" or found.taken_until > real_ms:
        return None
    row = tx.one(_due, w=world, i=identifier, now=clock.to_text(now))
    if row is None:
        return None
    event = store.find(tx, world, found.client, row["seq"])
    assert event is not None, "events leave with their world only"
    until = real_ms + HOLD_MS
    subscriptions.hold(tx, world, identifier, until)
    return Taken(found, event, row["round"], row["tries"] + 1, clock.parse(row["due_at"]), until)


def settle(tx: Tx, world: str, taken: Taken, outcome: Outcome, delays: Sequence[timedelta], **seen: Any) -> bool:
    """Record an attempt and what follows from it, free the subscription; False when it is another worker's by now.

    `seen`: further members of the attempt's record (real time, duration).
    """
    identifier, seq = taken.subscription.id, taken.event.seq
    held = subscriptions.find(tx, world, identifier)
    row = tx.one(_delivery, w=world, i=identifier, n=seq)
    if held is None or row is None or held.taken_until != taken.until:
        return False
    status, due = following(outcome, taken.tries, taken.at, delays)
    due_at = row["due_at"] if due is None else clock.to_text(due)
    changes: dict[str, Any] = {"status": status, "tries": taken.tries, "due_at": due_at}
    if row["round"] != taken.round:  # asked again while this attempt was on its way: it stays to be sent
        changes = {name: row[name] for name in changes}
    met = {"status": outcome.status} if outcome.error is None else {"error": outcome.error}
    attempt = {"at": clock.to_text(taken.at), **met, **seen}
    kept = [*from_json(row["attempts"]), attempt][-KEPT_ATTEMPTS:]
    changes["attempts"] = encode(kept).decode()
    tx.run(_settle, w=world, i=identifier, n=seq, **{f"new_{name}": value for name, value in changes.items()})
    subscriptions.hold(tx, world, identifier, 0)
    if outcome.gone:
        tx.run(_abandon, w=world, i=identifier)
        subscriptions.disable(tx, world, identifier)
    return True


def redeliver(tx: Tx, world: str, to: Subscription, events: Sequence[Event], now: datetime) -> None:
    """Send these events again, first attempt now, whatever became of them before."""
    at = clock.to_text(now)
    for event in events:
        if not tx.run(_schedule, **_new(world, to.id, event.seq, at)):
            tx.run(_again, w=world, i=to.id, n=event.seq, now=at)
    store.call_workers(world)


def forget(tx: Tx, world: str, identifier: str) -> None:
    """Nothing more is delivered to this subscription."""
    tx.run(_forget, w=world, i=identifier)


def leave_to_another(tx: Tx, world: str) -> None:
    """What this world has yet to send, another sends: its own begins with what happens in it from now on."""
    for subscription in subscriptions.active(tx, world):
        _fan_out(tx, world, subscription)
        tx.run(_abandon, w=world, i=subscription.id)


def stirring(tx: Tx) -> list[str]:
    """Worlds with something to send, now or later."""
    return [row["world"] for row in tx.all(_stirring)]


def due(tx: Tx, world: str, now: datetime) -> int:
    """How many deliveries wait for the worker at this instant."""
    at = clock.to_text(now)
    counts = [tx.one(_count_due, w=world, i=to.id, now=at) for to in subscriptions.active(tx, world)]
    return sum(row["many"] for row in counts if row is not None)


def delivered(tx: Tx, world: str, identifier: str) -> bool:
    """Has this subscription ever accepted a webhook?"""
    return tx.one(_delivered, w=world, i=identifier) is not None


def coming(tx: Tx, world: WorldLike, many: int) -> list[Coming]:
    """The first attempts that wait, those of now included: one for each event of a subscription."""
    rows = tx.all(_coming, w=world.id, many=many)
    return [Coming(clock.parse(row["due_at"]), "webhook", row["subscription"]) for row in rows]


def everything(tx: Tx, world: str, after: int, many: int) -> list[tuple[Row, Event]]:
    """Deliveries of a world with `client` and `url`, by subscription and rank: `many`, beyond the first `after`."""
    rows = tx.all(_everything, w=world, after=after, many=many)
    found = [(row, store.find(tx, world, row["client"], row["seq"])) for row in rows]
    return [(row, event) for row, event in found if event is not None]
