"""The end of a unit writes nothing to a world that was deleted since, in the same batch."""

from __future__ import annotations

import asyncio
from typing import Any

import sqlalchemy as sa

from simulator.kit.problems import Problem
from simulator.kit.storage import Tx, query
from simulator.worlds import store
from simulator.worlds.counters import draw
from simulator.worlds.counters import table as counters

_ROWS = query(sa.select(counters.c.label).where(counters.c.world == sa.bindparam("w")))


def test_an_end_finds_its_world_gone(platform: Any) -> None:
    worlds = platform.simulator.worlds
    made = platform.world()

    def remove(tx: Tx) -> None:
        store.remove(tx, made["id"])
        world.gone = True

    async def run() -> list[Any]:
        nonlocal world
        world = await worlds.find(made["id"])
        units = worlds.within(world)
        asked = units.write(lambda tx: draw(tx, made["id"], "n"), lambda tx, n: 100 * draw(tx, made["id"], "n") + n)
        return list(await asyncio.gather(asked, worlds.db.write(remove, made["id"]), return_exceptions=True))

    world: Any = None
    answer, removed = asyncio.run(run())
    assert removed is None
    assert answer == 201 or (isinstance(answer, Problem) and answer.slug == "world-not-found"), answer
    assert worlds.db.call(lambda tx: tx.all(_ROWS, w=made["id"]), made["id"]) == []
