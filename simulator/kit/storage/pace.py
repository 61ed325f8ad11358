"""How long a batch waits for company before it is committed: a synchronisation of the disk is shared.

A batch that nobody waits for (posts alone) lingers. One that somebody waits for goes at once when nobody else is
coming; when the last one served several, those are about to ask again: the batch waits for as many, and for no
longer than half of what a commit costs on this disk, so that a fast disk loses nothing and a slow one is used well.
"""

from __future__ import annotations

import queue
from collections.abc import Callable
from typing import Any

from simulator.kit.clock import stopwatch
from simulator.kit.storage.work import Unit

_LINGER_S = 0.02
_MOST_S = 0.005
_WEIGHT = 0.2


class Pace:
    """One writer's measure of its disk and of its company; times in seconds."""

    def __init__(self) -> None:
        self._cost = 0.0
        self._served = 0
        self._awaited = 0
        self._until: float | None = None

    def begin(self) -> None:
        """A batch begins, whatever became of the one before."""
        self._awaited, self._until = 0, None

    def took(self, unit: Unit) -> None:
        """A unit has joined the batch."""
        self._awaited += unit.done is not None

    def next(self, waiting: queue.SimpleQueue[Unit | None]) -> Unit | None:
        """The next unit of the batch, or the closing mark (None). Raises queue.Empty when the batch is to go."""
        if not self._awaited:
            return waiting.get(timeout=_LINGER_S)
        if self._awaited >= self._served:
            return waiting.get_nowait()
        now = stopwatch()
        if self._until is None:
            self._until = now + min(self._cost / 2, _MOST_S)
        left = self._until - now
        return waiting.get(timeout=left) if left > 0 else waiting.get_nowait()

    def commit(self, run: Callable[[], Any]) -> None:
        """Commit the batch, and learn what it costs."""
        begun = stopwatch()
        run()
        self._cost += _WEIGHT * (stopwatch() - begun - self._cost)
        self._served = self._awaited
