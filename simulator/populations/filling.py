"""Use case: let the people of a world live in it for some days, in the transaction that makes it.

Nobody sees the world before its last day is played: whatever interrupts that leaves nothing.
"""

from __future__ import annotations

import gc
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

import fixtures
from simulator.audit import store as audit
from simulator.kit import clock
from simulator.kit.agenda import Agenda, Source
from simulator.kit.clock import WorldClock
from simulator.kit.route import Route
from simulator.kit.storage import Tx
from simulator.populations.calendar import Calendar, at
from simulator.populations.cast import Cast
from simulator.populations.chance import Dice
from simulator.populations.stage import Interrupted, Stage
from simulator.populations.surgery import Season, Surgeries
from simulator.worlds import store
from simulator.worlds.model import World

_MORNING = 8 * 3600


@dataclass(frozen=True)
class Days:
    """How long, and how busy. `until`: the last day lived (Morocco); `per_day`: sheets of an ordinary one."""

    days: int
    until: date
    per_day: int

    @property
    def all(self) -> list[date]:
        return [self.until - timedelta(days=back) for back in reversed(range(self.days))]


@dataclass
class Told:
    """What a filling says of itself: `progress(days played, days, sheets)`; `stopped` asks it to give up."""

    progress: Callable[[int, int, int], None] = lambda done, of, sheets: None
    stopped: Callable[[], bool] = lambda: False


@dataclass(frozen=True)
class Lived:
    """What was played: operations answered, refusals by slug, the head of the audit trail (``seq:hash``)."""

    operations: Mapping[str, int]
    refusals: Mapping[str, int]
    head: str

    @property
    def sheets(self) -> int:
        return self.operations.get("issue-care-sheet", 0) + self.operations.get("replace-care-sheet", 0)

    @property
    def executions(self) -> int:
        return self.operations.get("execute-section", 0) + self.operations.get("enter-late-execution", 0)


def first_instant(days: Days) -> datetime:
    """When the world begins: the morning of the first day."""
    return at(days.all[0] if days.days else days.until + timedelta(days=1), _MORNING - 3600)


def fill(tx: Tx, world: World, days: Days, routes: Mapping[str, Route], sources: Sequence[Source], told: Told) -> Lived:
    """Live these days in that world, which this transaction has just made; its clock ends on the morning after.

    Raises Interrupted, and whatever an operation refuses unexpectedly: the transaction is then undone.
    """
    people = world.population
    assert people is not None, "personas alone live through no days"
    if told.stopped():
        raise Interrupted
    said = fixtures.population_care(people.name)
    world.agenda = Agenda(sources)
    stage, opening, cast = Stage(tx, world, routes, told.stopped), Calendar(said), Cast(people)
    surgeries = Surgeries(people, cast, stage, said, opening)
    limits = gc.get_threshold()
    gc.set_threshold(50_000, 50, 100)
    try:
        for place, day in enumerate(days.all):
            season = Season(day.month, place // 7)
            many = opening.sheets(day, days.per_day, Dice(people.seed, "day", day.isoformat()))
            for rank in range(many):
                surgeries.consultation(day, rank, season, opening)
            stage.play(at(day + timedelta(days=1), 0))
            told.progress(place + 1, days.days, stage.counts["issue-care-sheet"])
        stage.play(at(days.until + timedelta(days=1), _MORNING))
    finally:
        gc.set_threshold(*limits)
    store.set_clock(tx, world.id, WorldClock("frozen", world.now(), clock.real_now()))
    answered = {name: many for name, many in sorted(stage.counts.items()) if not name.startswith("refused:")}
    refused = {name[8:]: many for name, many in sorted(stage.counts.items()) if name.startswith("refused:")}
    return Lived(answered, refused, head(tx, world.id))


def head(tx: Tx, world: str) -> str:
    """The last link of a world's audit trail, ``seq:hash``; empty when it has none."""
    seq, hash = audit.head(tx, world)
    return f"{seq}:{hash}" if seq else ""
