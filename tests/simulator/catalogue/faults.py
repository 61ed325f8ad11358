"""Refusals that only a fault of the platform can cause, provoked: a broken unit, a lost database, a slow caller."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from simulator.events import subscriptions
from simulator.kit.storage import Database
from simulator.kit.storage.work import unavailable
from simulator.worlds import gateway
from tests.simulator.catalogue.protocol import HOOK
from tests.simulator.catalogue.registry import reaches
from tests.simulator.catalogue.scene import Scene, must
from tests.simulator.lifecycle.door import Reply


@contextmanager
def failing(play: Scene, error: Exception) -> Iterator[None]:
    """Every unit of work that is awaited fails with `error`; what is posted is still written."""

    async def fail(*_: Any) -> Any:
        raise error

    play.door.simulator.db._ask = fail  # type: ignore[method-assign]
    try:
        yield
    finally:
        del play.door.simulator.db._ask  # type: ignore[method-assign]


def broken(play: Scene) -> Any:
    return failing(play, RuntimeError("planted"))


def cut(play: Scene) -> Any:
    return failing(play, unavailable(OSError("planted")))


@contextmanager
def slow(play: Scene) -> Iterator[None]:
    """The platform answers nobody within its limit."""

    async def never(*_: Any) -> Any:
        await asyncio.sleep(60)

    play.door.simulator.db._ask = never  # type: ignore[method-assign]
    limit, gateway.TIME_LIMIT_S = gateway.TIME_LIMIT_S, 0.01
    try:
        yield
    finally:
        gateway.TIME_LIMIT_S = limit
        del play.door.simulator.db._ask  # type: ignore[method-assign]


@reaches("internal-error")
def a_defect(play: Scene) -> Reply:
    with broken(play):
        return play.call("pharmacy", "POST", "/v1/resolutions", {"scan": "FSE1:"})


@reaches("storage-unavailable")
def database_lost(play: Scene) -> Reply:
    with cut(play):
        return play.call("pharmacy", "POST", "/v1/resolutions", {"scan": "FSE1:"})


@reaches("request-timeout")
def too_long(play: Scene) -> Reply:
    with slow(play):
        return play.call("pharmacy", "POST", "/v1/resolutions", {"scan": "FSE1:"})


@reaches("subscription-disabled")
def gone(play: Scene) -> Reply:
    """The receiver answered 410 once: the delivery worker closes the subscription."""
    made = must(play.post("software", "/v1/subscriptions", {"url": HOOK}))
    database: Database = play.door.simulator.db
    database.call(lambda tx: subscriptions.disable(tx, play.world.id, made["id"]), play.world.id)
    return play.post("software", f"/v1/subscriptions/{made['id']}/redelivery", {"events": []})
