"""An instant that comes again: after a commit that failed, or written by whoever was behind the world's clock."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from simulator.kit.clock import WorldClock, parse, real_now
from simulator.kit.problems import Problem
from simulator.kit.storage import Tx
from simulator.worlds import store as worlds
from simulator.worlds.within import Within
from tests.simulator.catalogue.scene import must
from tests.simulator.lifecycle.door import Reply
from tests.simulator.payments.conftest import Paid

OPENED, ORDERED = "2026-11-23T09:00:00Z", "2026-11-28T23:00:00Z"


def test_a_run_that_was_undone_is_still_due(scene: Paid, monkeypatch: pytest.MonkeyPatch) -> None:
    """The unit of work comes to its end and its commit fails: what it did is done by the next request."""
    scene.visit()
    whole = Within.write

    def failing(self: Within, work: Callable[[Tx], Any]) -> Awaitable[Any]:
        def unit(tx: Tx) -> None:
            work(tx)
            raise Problem("storage-unavailable", "Plus de place.")

        return whole(self, unit)

    set_clock(scene, ORDERED)
    with monkeypatch.context() as patched:
        patched.setattr(Within, "write", failing)
        assert health(scene).status == 503
    assert health(scene).status == 200
    scene.world._bearers.clear()
    assert [one["status"] for one in scene.statements()] == ["ordered"]


def test_a_run_of_the_same_instant_orders_again(scene: Paid) -> None:
    """A visit recorded by a process that had not heard of the clock's move is due when its payee was ordered."""
    scene.visit()
    early = dict(scene.world._bearers)
    scene.until(ORDERED)
    (first,) = scene.statements()
    set_clock(scene, OPENED)
    scene.world._bearers.update(early)
    scene.now = parse(OPENED)
    second = scene.visit()
    scene.world._bearers.clear()
    set_clock(scene, ORDERED)
    assert health(scene).status == 200
    found = scene.statements()
    assert [one["total"] for one in found] == [first["total"]] * 2
    assert len({one["id"] for one in found}) == 2
    (line,) = next(one for one in found if one["id"] != first["id"])["lines"]
    assert line["execution"] == second["id"]
    scene.days(3)
    assert [one["status"] for one in scene.statements()] == ["paid", "paid"]
    assert must(scene.call("pharmacy", "GET", f"/v1/claims/{second['claim']['id']}"))["status"] == "paid"


def health(scene: Paid) -> Reply:
    return scene.door("GET", f"{scene.world.path}/v1/health")


def set_clock(scene: Paid, instant: str) -> None:
    """Set the world's clock, here and in its row, and nothing else: as a running clock, or a process that is late."""
    moved = WorldClock("frozen", parse(instant), real_now())
    simulator = scene.door.simulator
    simulator.worlds._cache[scene.world.id].clock = moved
    simulator.worlds.db.call(lambda tx: worlds.set_clock(tx, scene.world.id, moved), scene.world.id)
