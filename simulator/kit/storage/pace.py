"""How long a batch waits for company before it is committed: a synchronisation of the disk is shared.

A batch that nobody waits for (posts alone) lingers. One that somebody waits for goes at once when nobody else is
coming; when the last one served several, those are about to ask again: the batch waits for as many, as long as they
keep coming. Disk and processor gain alike: requests are then read one after the other, and written one after the
other, instead of each thread stopping the other at every statement.
"""

from __future__ import annotations

import queue

from simulator.kit.storage.work import Unit

_LINGER_S = 0.02
_GAP_S = 0.002
"""Nobody came for so long: the company of the last batch has gone."""


class Pace:
    """One writer's measure of its company."""

    def __init__(self) -> None:
        self._served = 0
        self._awaited = 0

    def begin(self) -> None:
        """A batch begins, whatever became of the one before."""
        self._awaited = 0

    def took(self, unit: Unit) -> None:
        """A unit has joined the batch."""
        self._awaited += unit.done is not None

    def next(self, waiting: queue.SimpleQueue[Unit | None]) -> Unit | None:
        """The next unit of the batch, or the closing mark (None). Raises queue.Empty when the batch is to go."""
        if not self._awaited:
            return waiting.get(timeout=_LINGER_S)
        if self._awaited >= self._served:
            return waiting.get_nowait()
        return waiting.get(timeout=_GAP_S)

    def end(self) -> None:
        """The batch is committed."""
        self._served = self._awaited
