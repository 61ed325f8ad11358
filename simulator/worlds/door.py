"""Who is inside a world: an exchange, from the time it may write until its journal entry is queued.

A refusal, a call that meets a fault, a paper that is drawn, a token that is revoked: each is committed before its entry
is. A copy taken in between would hold the one without the other, for ever.
A copy has the world for itself: it waits until nobody is inside, and whoever comes meanwhile waits for it. An answer
that is long to leave, or a request that is long to come, is not inside.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

PATIENCE_S = 5.0
"""How long a copy waits for those who are inside."""


class Door:
    """That of one world, in one process. `shut`: whoever comes is to wait for `opened`; `inside`: how many are."""

    __slots__ = ("_emptied", "_holders", "_opened", "inside", "shut")

    def __init__(self) -> None:
        self.inside = self._holders = 0
        self.shut = False
        self._emptied: asyncio.Event | None = None
        self._opened: asyncio.Event | None = None

    async def opened(self) -> None:
        """Wait until nobody holds it any more."""
        while self._opened is not None:
            await self._opened.wait()

    def leave(self) -> None:
        """One who was inside is not any more."""
        self.inside -= 1
        if self._emptied is not None and not self.inside:
            self._emptied.set()

    @asynccontextmanager
    async def alone(self) -> AsyncIterator[bool]:
        """Hold the world; true once nobody is inside, false when somebody stays there too long. Several may hold it."""
        if self._emptied is None or self._opened is None:
            self._emptied, self._opened = asyncio.Event(), asyncio.Event()
        emptied, self.shut = self._emptied, True
        self._holders += 1
        try:
            if self.inside:
                with suppress(TimeoutError):
                    await asyncio.wait_for(emptied.wait(), PATIENCE_S)
            yield not self.inside
        finally:
            self._holders -= 1
            if not self._holders:
                self._opened.set()
                self._emptied = self._opened = None
                self.shut = False
