"""`POST …/webhook-probes`: forged webhooks to the subscriptions of a world, and who took them for true."""

from __future__ import annotations

from simulator.bench.operation import Asked, Operation
from simulator.events import probing, queue, subscriptions
from simulator.events.subscriptions import Subscription
from simulator.kit.answer import Json
from simulator.kit.storage import Tx
from simulator.worlds.model import World


async def send(asked: Asked, world: World) -> Json:
    """The first twenty active subscriptions of the world."""
    found = await asked.worlds.db.read(lambda tx: _targets(tx, world.id), world.id)
    return {"probes": await probing.probe(world, found)}


def _targets(tx: Tx, world: str) -> list[tuple[Subscription, bool]]:
    active = subscriptions.active(tx, world)[: probing.MOST]
    return [(each, queue.delivered(tx, world, each.id)) for each in active]


OPERATIONS = (Operation("POST /worlds/{world}/webhook-probes", "probe-webhooks", send),)
