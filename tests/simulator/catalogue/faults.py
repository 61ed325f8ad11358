"""Refusals that only a fault of the platform can cause, provoked: a broken unit, a lost database, a slow caller."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from typing import Any

from simulator.events import subscriptions
from simulator.kit import limits
from simulator.kit.storage import Database
from simulator.kit.storage.work import unavailable
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


@contextmanager
def broken(play: Scene) -> Iterator[None]:
    """Every route has a defect."""
    routes = play.door.simulator._gateway.routes
    find = routes.find

    async def defect(_: object) -> None:
        raise RuntimeError("planted")

    def faulty(method: str, path: str) -> Any:
        route, parameters = find(method, path)
        return replace(route, service=defect), parameters

    routes.find = faulty  # type: ignore[method-assign]
    try:
        yield
    finally:
        del routes.find  # type: ignore[method-assign]


@contextmanager
def cut(play: Scene) -> Iterator[None]:
    """The database is lost, for a process that has not met this world yet."""
    known = play.door.simulator.worlds._cache.pop(play.world.id)
    try:
        with failing(play, unavailable(OSError("planted"))):
            yield
    finally:
        play.door.simulator.worlds._cache[play.world.id] = known


@contextmanager
def spent(play: Scene) -> Iterator[None]:
    """The software has asked all it may in this stretch of time."""
    spend = limits.spend
    limits.spend = lambda usage, limit, client, now: spend({}, (0, 60), client, now)
    try:
        yield
    finally:
        limits.spend = spend


def stalled(play: Scene, call: Callable[..., Reply], **changes: Any) -> Reply:
    """The caller announces a body and never sends it, before a platform that waits a hundredth of a second."""
    patience = play.door.simulator._gateway._patience
    waited, patience.seconds, patience._sweeping = patience.seconds, 0.01, False
    try:
        return call(**changes, stalled=True)
    finally:
        patience.seconds = waited


@reaches("internal-error")
def a_defect(play: Scene) -> Reply:
    play.world.bearer("gp")
    with broken(play):
        return play.try_issue()


@reaches("storage-unavailable")
def database_lost(play: Scene) -> Reply:
    play.world.bearer("gp")
    with cut(play):
        return play.try_issue()


@reaches("request-timeout")
def too_long(play: Scene) -> Reply:
    return stalled(play, partial(play.call, "pharmacy", "POST", "/v1/resolutions", {"scan": "FSE1:"}))


@reaches("subscription-disabled")
def gone(play: Scene) -> Reply:
    """The receiver answered 410 once: the delivery worker closes the subscription."""
    made = must(play.post("software", "/v1/subscriptions", {"url": HOOK}))
    database: Database = play.door.simulator.db
    database.call(lambda tx: subscriptions.disable(tx, play.world.id, made["id"]), play.world.id)
    return play.post("software", f"/v1/subscriptions/{made['id']}/redelivery", {"events": ["evt-00000042k7q2m5xk3w"]})
