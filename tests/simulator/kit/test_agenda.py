"""What the clock brings: in the order of its instants, once, before anything is answered."""

from __future__ import annotations

import sqlite3
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any, cast

import pytest

from simulator.kit.agenda import AT_MOST, NEVER, Agenda, Broken, Coming, Failing
from simulator.kit.storage import Tx
from tests.simulator.conftest import Platform

START = datetime(2026, 11, 23, 9, tzinfo=UTC)
NOTHING: Any = SimpleNamespace(settle=lambda: None)
"""A transaction where nothing waits."""


class Waiting:
    """A source that waits for given hours after START and writes down what it did."""

    def __init__(self, name: str, *hours: int, log: list[tuple[str, int]], stuck: bool = False) -> None:
        self.name, self.hours, self.log, self.stuck = name, sorted(hours), log, stuck

    def next(self, tx: Tx, world: Any) -> datetime | None:
        return START + timedelta(hours=self.hours[0]) if self.hours else None

    def fire(self, tx: Tx, world: Any, at: datetime) -> None:
        hour = int((at - START).total_seconds() // 3600)
        self.log.append((self.name, hour))
        if not self.stuck:
            self.hours = [one for one in self.hours if one != hour]

    def coming(self, tx: Tx, world: Any, many: int) -> list[Coming]:
        return []


def test_instants_come_in_order_and_sources_in_theirs_at_the_same_one() -> None:
    log: list[tuple[str, int]] = []
    agenda = Agenda([Waiting("a", 3, 5, log=log), Waiting("b", 1, 3, 9, log=log)])
    assert agenda.late(START)  # nobody has looked yet
    assert agenda.catch_up(NOTHING, None, START + timedelta(hours=5)) == 4  # type: ignore[arg-type]
    assert log == [("b", 1), ("a", 3), ("b", 3), ("a", 5)]
    assert agenda.due == START + timedelta(hours=9)
    assert not agenda.late(START + timedelta(hours=8))
    assert agenda.late(START + timedelta(hours=9))


def test_what_is_written_later_is_expected() -> None:
    agenda = Agenda([Waiting("a", log=[])], empty=True)
    assert agenda.due == NEVER
    agenda.expect(START)
    agenda.expect(START + timedelta(days=1))
    assert agenda.due == START


def test_a_shared_agenda_is_looked_at_again() -> None:
    agenda = Agenda([Waiting("a", log=[])], shared=True)
    agenda.catch_up(NOTHING, None, START)  # type: ignore[arg-type]
    assert agenda.late(START + timedelta(seconds=60))
    assert not agenda.late(START + timedelta(seconds=59))


def test_a_source_that_does_not_move_on_is_named() -> None:
    agenda = Agenda([Waiting("stuck", 1, log=[], stuck=True)])
    with pytest.raises(Broken, match="stuck"):
        agenda.catch_up(NOTHING, None, START + timedelta(hours=2))  # type: ignore[arg-type]


class Breaking(Waiting):
    """A source that fails in one of its ways, until it is mended."""

    def __init__(self, way: str, *hours: int, log: list[tuple[str, int]]) -> None:
        super().__init__(way, *hours, log=log)
        self.error: Exception | None = ValueError("cassée")

    def _fail(self, way: str) -> None:
        if self.name == way and self.error is not None:
            raise self.error

    def next(self, tx: Tx, world: Any) -> datetime | None:
        self._fail("next")
        return super().next(tx, world)

    def fire(self, tx: Tx, world: Any, at: datetime) -> None:
        self._fail("fire")
        if self.name in ("set_aside", "in vain") and self.error is not None:
            raise Failing(self, at, {"un sujet": self.error})
        self.stuck = self.name == "stuck" and self.error is not None
        super().fire(tx, world, at)

    def coming(self, tx: Tx, world: Any, many: int) -> list[Coming]:
        self._fail("coming")
        return super().coming(tx, world, many)

    def set_aside(self, tx: Tx, world: Any, subject: str, why: str) -> None:
        self._fail("set_aside")


@pytest.mark.parametrize("way", ["next", "fire", "set_aside", "in vain", "stuck", "coming"])
def test_a_source_that_fails_stops_alone_and_is_shown(platform: Platform, caplog: Any, way: str) -> None:
    """The world answers, what other sources wait for is done; the next move of the clock tries it again."""
    log: list[tuple[str, int]] = []
    broken = Breaking(way, 1, log=log)
    platform.simulator.worlds.sources = (broken, Waiting("sound", 1, 3, log=log))
    made = platform.world(now="2026-11-23T09:00:00Z")
    place, world = f"/worlds/{made['id']}", platform.simulator.worlds._cache[made["id"]]
    world.agenda.due = None  # as for a process that has just started

    def advance(hours: int) -> None:
        answer = platform.bench("POST", f"{place}/clock/advance", json={"seconds": hours * 3600})
        assert answer.status_code == 200, answer.text

    def failed() -> list[tuple[str, str, str]]:
        answer = platform.bench("GET", f"{place}/clock/agenda")
        assert answer.status_code == 200, answer.text
        return [(one["kind"], one["subject"], one["error"]) for one in answer.json()["failed"]]

    assert platform("GET", f"/w/{made['id']}/v1/health").status_code == 200
    advance(2)
    assert platform("GET", f"/w/{made['id']}/v1/health").status_code == 200
    assert log[-1] == ("sound", 1)
    told = "RuntimeError" if way == "stuck" else "ValueError"
    assert failed() == [("source", way, told)]
    assert way == "coming" or f"stopped, the source {way} at" in caplog.text
    advance(2)
    assert log[-1] == ("sound", 3) and failed() == [("source", way, told)]
    broken.error = None
    assert failed() == ([] if way == "coming" else [("source", way, told)])
    advance(0)
    assert failed() == [] and log.count((way, 1)) >= 1 and broken.hours == []


def test_a_database_that_does_not_answer_stops_no_source(platform: Platform) -> None:
    log: list[tuple[str, int]] = []
    source = Breaking("fire", 1, log=log)
    source.error = sqlite3.OperationalError("disk I/O error")
    platform.simulator.worlds.sources = (source,)
    made = platform.world(now="2026-11-23T09:00:00Z")
    world = platform.simulator.worlds._cache[made["id"]]
    world.agenda.due = None
    moved = platform.bench("POST", f"/worlds/{made['id']}/clock/advance", json={"seconds": 7200})
    assert moved.status_code >= 500
    assert platform("GET", f"/w/{made['id']}/v1/health").status_code >= 500 and world.agenda.stopped == {}
    source.error = None
    assert platform("GET", f"/w/{made['id']}/v1/health").status_code == 200
    assert log == [("fire", 1)]


def test_the_bench_moves_the_clock_and_what_is_due_is_done(platform: Platform) -> None:
    log: list[tuple[str, int]] = []
    platform.simulator.worlds.sources = (Waiting("a", 2, 4, 5, log=log),)
    made = platform.world(now="2026-11-23T09:00:00Z")
    place, world = f"/worlds/{made['id']}", platform.simulator.worlds._cache[made["id"]]
    world.agenda.due = None  # as for a process that has just started
    platform("GET", f"/w/{made['id']}/v1/health")
    shared = platform.simulator.db.shared  # what others may write is looked for again a minute later
    assert (log, world.agenda.due) == ([], START + (AT_MOST if shared else timedelta(hours=2)))
    platform.bench("POST", f"{place}/clock/advance", json={"seconds": 3 * 3600})
    assert log == [("a", 2)]
    platform.bench("POST", f"{place}/clock/advance", json={"seconds": 3600})
    assert log == [("a", 2), ("a", 4)]
    if shared:  # the clock is a row there: it cannot be moved in memory
        return
    world.clock = world.clock.moved(START + timedelta(hours=6))  # as a running clock
    platform("GET", f"/w/{made['id']}/v1/health")
    assert log == [("a", 2), ("a", 4), ("a", 5)]


def test_what_a_source_left_to_be_written_is_its_own_doing() -> None:
    def refused() -> None:
        raise ValueError("not written")

    agenda = Agenda([Waiting("a", 1, log=[])])
    with pytest.raises(Broken) as told:
        agenda.catch_up(cast(Tx, SimpleNamespace(settle=refused)), None, START + timedelta(hours=2))  # type: ignore[arg-type]
    assert told.value.source.name == "a" and isinstance(told.value.__cause__, ValueError)
