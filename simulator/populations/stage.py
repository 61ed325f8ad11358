"""Where the days of a population are played: what is to come, in the order of instants, through the real operations.

Each call goes where a request would (see `simulator.worlds.acting`).
"""

from __future__ import annotations

import heapq
from collections import Counter
from collections.abc import Callable, Collection, Mapping
from datetime import datetime
from itertools import count
from typing import Any

from simulator.kit import clock
from simulator.kit.answer import Answer
from simulator.kit.call import Actor
from simulator.kit.clock import WorldClock
from simulator.kit.route import Route
from simulator.kit.storage import Tx
from simulator.populations.chance import Dice
from simulator.worlds.acting import Acting
from simulator.worlds.model import World

Scene = Callable[[datetime], None]


class Interrupted(Exception):
    """Whoever asked for these days has gone: nothing of them is kept."""


class Stage(Acting):
    """One world being lived in, within one transaction. `counts`: operations that were answered, ``refused:slug``."""

    def __init__(self, tx: Tx, world: World, routes: Mapping[str, Route], stopped: Callable[[], bool]) -> None:
        traces = Dice(world.seed, "traces")
        super().__init__(
            tx, world, routes, lambda: f"{traces.below(1 << 32):08x}{traces.below(1 << 32):08x}".ljust(32, "0")
        )
        self._stopped = stopped
        self._coming: list[tuple[datetime, int, Scene]] = []
        self._serial = count()
        self.counts: Counter[str] = Counter()

    def later(self, at: datetime, scene: Scene) -> None:
        """Play that scene at that instant; what comes at the same instant is played in the order it was told."""
        heapq.heappush(self._coming, (at, next(self._serial), scene))

    def play(self, until: datetime) -> None:
        """Play whatever comes before that instant, then let the world's clock reach it. Raises Interrupted."""
        while self._coming and self._coming[0][0] < until:
            if self._stopped():
                raise Interrupted
            at, _, scene = heapq.heappop(self._coming)
            scene(at)
        self._reach(until)

    def do(
        self,
        at: datetime,
        actor: Actor,
        operation: str,
        body: Mapping[str, Any] | None = None,
        *,
        path: Mapping[str, str] | None = None,
        headers: Mapping[str, str] | None = None,
        expected: Collection[str] = (),
    ) -> Answer | str:
        """What the operation answers, or the slug of the refusal when it is one of those `expected`.

        Raises Problem for another refusal: these days would not be what they are meant to be.
        """
        self._reach(at)
        done = self.act(at, actor, operation, body, path=path, headers=headers, expected=expected)
        self.counts[f"refused:{done}" if isinstance(done, str) else operation] += 1
        return done

    def _reach(self, at: datetime) -> None:
        self.world.clock = WorldClock("frozen", at, clock.real_now())
        if self.world.agenda.late(at):
            self.world.agenda.catch_up(self._tx, self.world, at)
