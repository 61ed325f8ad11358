"""`/bench/v1/worlds/{world}/deliveries`: what became of each webhook, every attempt with its status and its time."""

from __future__ import annotations

from pydantic_core import from_json

from simulator.bench.operation import Asked, Operation
from simulator.events import queue
from simulator.events.model import Event, event_id
from simulator.kit import clock
from simulator.kit.answer import Json
from simulator.kit.storage import Row, Tx
from simulator.worlds.model import World


async def read(asked: Asked, world: World) -> Json:
    """``{"now", "due", "deliveries": […]}``; `after` skips that many, `due` counts those the worker has yet to make."""
    return await page(asked, world, asked.number("after", 0, 2**31 - 1), asked.limit())


async def page(asked: Asked, world: World, after: int, limit: int) -> Json:
    """A page of them: at most `limit`, after the first `after`."""
    return await asked.worlds.within(world).write(lambda tx: _page(tx, world, after, limit))


def _page(tx: Tx, world: World, after: int, limit: int) -> Json:
    now = world.now()
    queue.plan(tx, world.id, now, 0)  # what was emitted and not looked at yet counts
    found = queue.everything(tx, world.id, after, limit)
    return {
        "now": clock.to_text(now),
        "due": queue.due(tx, world.id, now),
        "deliveries": [_shown(world, row, event) for row, event in found],
    }


def _shown(world: World, row: Row, event: Event) -> Json:
    shown: Json = {
        "subscription": row["subscription"],
        "client_id": row["client"],
        "url": row["url"],
        "event": event_id(world.keys.platform_secret, event.client, event.seq),
        "type": event.type,
        "status": row["status"],
        "round": row["round"],
        "attempts": from_json(row["attempts"]),
    }
    return {**shown, "due_at": row["due_at"]} if row["status"] == "pending" else shown


OPERATIONS = (Operation("GET /worlds/{world}/deliveries", "read-deliveries", read),)
