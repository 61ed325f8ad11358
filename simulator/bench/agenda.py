"""`/bench/v1/worlds/{world}/clock`: what it will bring, and the step to the first of it."""

from __future__ import annotations

from simulator.bench.operation import MAX_PAGE, Asked, Operation
from simulator.care_sheets import waiting
from simulator.events import queue
from simulator.kit import clock
from simulator.kit.agenda import Coming
from simulator.kit.answer import Json
from simulator.kit.problems import Problem
from simulator.kit.storage import Tx
from simulator.worlds.model import World


async def read(asked: Asked, world: World) -> Json:
    limit = asked.limit()
    found = await _coming(asked, world, limit)
    return {
        **_clock(world),
        "agenda": [_shown(one) for one in found if one.error is None][:limit],
        "failed": [_shown(one) for one in found if one.error is not None][:limit],
    }


async def step(asked: Asked, world: World) -> Json:
    """Raises Problem nothing-due."""
    now = world.now()
    ahead = [one for one in await _coming(asked, world, MAX_PAGE) if one.error is None and one.at > now]
    if not ahead:
        raise Problem("nothing-due", "Aucune échéance n'est en vue dans ce monde.", now=clock.to_text(now))
    at = ahead[0].at
    await asked.worlds.move(world, max(at, world.now()))  # a clock that runs may have passed it
    return {**_clock(world), "fired": [_shown(one) for one in ahead if one.at == at]}


async def _coming(asked: Asked, world: World, many: int) -> list[Coming]:
    """At least the first `many` of what is to come, by instant, and what was set aside."""

    def work(tx: Tx) -> list[Coming]:
        found = [*world.agenda.coming(tx, world, many), *waiting.coming(tx, world, many)]
        return sorted([*found, *queue.coming(tx, world, many)], key=lambda one: one[:3])

    return await asked.worlds.within(world).read(work)


def _clock(world: World) -> Json:
    return {"now": clock.to_text(world.now()), "mode": world.clock.mode}


def _shown(one: Coming) -> Json:
    shown = {"at": clock.to_text(one.at), "kind": one.kind, "subject": one.subject}
    return shown if one.error is None else {**shown, "error": one.error}


CLOCK = "/worlds/{world}/clock"
OPERATIONS = (
    Operation(f"GET {CLOCK}/agenda", "read-agenda", read),
    Operation(f"POST {CLOCK}/step", "step-clock", step),
)
