"""How long the platform waits for the rest of a request: one clock for all of them, not a timer each.

Almost every body is there when its headers are; a timer per request would cost more than reading it.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import TypeVar

T = TypeVar("T")
SWEEPS = 10


class Patience:
    """Reads under way, each given up `seconds` of real time after its start (and a tenth more at most)."""

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds
        self._started: dict[asyncio.Task[object], float] = {}
        self._given_up: set[asyncio.Task[object]] = set()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._sweeping = False

    async def read(self, body: Callable[[], Awaitable[T]]) -> T:
        """What `body` answers. Raises TimeoutError."""
        loop = asyncio.get_running_loop()
        if loop is not self._loop:  # the loop of before is closed, and its tasks with it
            self._loop, self._sweeping = loop, False
            self._started.clear()
        task = asyncio.current_task()
        assert task is not None
        self._started[task] = loop.time()
        if not self._sweeping:
            self._sweeping = True
            loop.call_later(self.seconds / SWEEPS, self._sweep, loop)
        try:
            return await body()
        except asyncio.CancelledError:
            if task not in self._given_up:
                raise
            task.uncancel()
            raise TimeoutError from None
        finally:
            self._started.pop(task, None)
            self._given_up.discard(task)

    def _sweep(self, loop: asyncio.AbstractEventLoop) -> None:
        before = loop.time() - self.seconds
        for task, started in list(self._started.items()):
            if started <= before and task not in self._given_up:
                self._given_up.add(task)
                task.cancel()
        self._sweeping = bool(self._started)
        if self._sweeping:
            loop.call_later(self.seconds / SWEEPS, self._sweep, loop)
