"""Where the days of a population are played: what is to come, in the order of instants, through the real operations.

Each call goes where a request would: the route's scope and roles, the strict reading of its body, its service in the
unit of work, and the trace of a refusal. Only what belongs to an exchange is left out: token, idempotency, journal.
"""

from __future__ import annotations

import heapq
from collections import Counter
from collections.abc import Callable, Collection, Mapping
from datetime import datetime
from itertools import count
from typing import Any

from msgspec.json import encode

from simulator.audit import store as audit
from simulator.kit import clock
from simulator.kit.answer import Answer
from simulator.kit.call import Actor, Call
from simulator.kit.clock import WorldClock
from simulator.kit.problems import Problem
from simulator.kit.route import Route
from simulator.kit.storage import Tx
from simulator.populations.chance import Dice
from simulator.worlds.model import World

Scene = Callable[[datetime], None]


class Interrupted(Exception):
    """Whoever asked for these days has gone: nothing of them is kept."""


class Stage:
    """One world being lived in, within one transaction. `counts`: operations that were answered, ``refused:slug``."""

    def __init__(self, tx: Tx, world: World, routes: Mapping[str, Route], stopped: Callable[[], bool]) -> None:
        self._tx, self.world, self._routes, self._stopped = tx, world, routes, stopped
        self._coming: list[tuple[datetime, int, Scene]] = []
        self._serial = count()
        self._traces = Dice(world.seed, "traces")
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
        route = self._routes[operation]
        about: list[str] = [(path or {}).get("number", "")]
        call = Call(
            world=self.world,
            now=at,
            actor=actor,
            trace_id=f"{self._traces.below(1 << 32):08x}{self._traces.below(1 << 32):08x}".ljust(32, "0"),
            operation=operation,
            path=path or {},
            headers=headers or {},
            concerns=about.append,
        )
        try:
            route.admit(call)
            arguments = () if route.body is None else (route.body.model_validate_json(encode(body)),)
            answer = route.service(self._tx, call, *arguments)
        except Problem as problem:
            if problem.slug not in expected:
                raise
            self.counts[f"refused:{problem.slug}"] += 1
            subject, status = about[-1], problem.entry.status
            audit.refusal(self._tx, self.world.id, at, actor, operation, problem.slug, status, subject, call.trace_id)
            return problem.slug
        self.counts[operation] += 1
        return answer if isinstance(answer, Answer) else Answer({})

    def _reach(self, at: datetime) -> None:
        self.world.clock = WorldClock("frozen", at, clock.real_now())
        if self.world.agenda.late(at):
            self.world.agenda.catch_up(self._tx, self.world, at)
