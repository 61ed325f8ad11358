"""`/bench/v1/worlds/{world}/advice`: what `fse coach --once --json` says, for who has no Python."""

from __future__ import annotations

import asyncio
from typing import Any

from simulator.bench import deliveries
from simulator.bench.operation import MAX_PAGE, Asked, Operation
from simulator.journal import reading, store
from simulator.kit.answer import Json
from simulator.worlds.model import World


async def read(asked: Asked, world: World) -> Json:
    """``{"world", "exchanges", "advice": […]}``: on the last exchanges, as many as the coach remembers."""
    from coach.advice import REMEMBERED, Coach  # what it imports is for who asks

    units = asked.worlds.within(world)
    last = await units.read(lambda tx: store.newest(tx, world.id))
    exchanges: list[Any] = []
    after = max(0, last - REMEMBERED)
    while after < last:
        found = await reading.page(units, world.id, after, MAX_PAGE)
        if found["next"] <= after:  # brought back to an earlier state meanwhile
            break
        exchanges, after = [*exchanges, *found["exchanges"]], found["next"]
    sent: list[Any] = []
    while page := (await deliveries.page(asked, world, len(sent), MAX_PAGE))["deliveries"]:
        sent += page
    pupil = Coach(world.id, asked.query.get("client", ""))
    await asyncio.to_thread(pupil.read, exchanges, sent, (), world.now().timestamp())
    return {"world": world.id, "exchanges": pupil.seen, "advice": [each.as_json() for each in pupil.all()]}


OPERATIONS = (Operation("GET /worlds/{world}/advice", "read-advice", read),)
