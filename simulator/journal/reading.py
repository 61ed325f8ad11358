"""The journal by pages: filtered, bounded, followed. What is read is decoded outside of the writer's thread."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from simulator.journal import store
from simulator.journal.model import EVERYTHING, Wanted
from simulator.kit import clock
from simulator.kit.context import Units
from simulator.kit.storage import Row

if TYPE_CHECKING:
    from simulator.worlds.model import World
    from simulator.worlds.service import Worlds

CHUNK = 100
SCANNED = 5_000
BYTES = 16_000_000
LONGEST_S = 25
REST_S = 0.05
"""Between the exchange that wakes a follower and its reading: a busy world is read that often, not at each exchange."""
SLICE_S = 5.0
SHARED_SLICE_S = 0.5
"""How long a follower sleeps at most: another process, whose exchanges wake nobody here, may write to that world."""


async def page(db: Units, world: str, after: int, limit: int, wanted: Wanted = EVERYTHING) -> dict[str, Any]:
    """``{"exchanges": […], "next": seq}``: at most `limit` that are wanted, oldest first.

    `next` is the seq to continue after; the one that was given, when there is nothing more yet; 0 when the journal has
    begun anew, shorter than that (the world was brought back to an earlier state). A page ends before
    `limit` where it has 16 MB of bodies, or looked at 5 000 exchanges: it may be empty and not the last.
    Raises Problem world-not-found.
    """
    found: list[dict[str, Any]] = []
    size, seen, last = 0, 0, after
    while seen < SCANNED:
        rows = await following(db, world, last, min(limit, CHUNK) if wanted.everything else CHUNK)
        for row in rows:
            head = store.head(row)
            request, response = row["request"], row["response"]
            if wanted.takes(head, request, response):
                size += len(request) + len(response)
                if found and size > BYTES:
                    return {"exchanges": found, "next": last}
                found.append(store.whole(row, head))
            last = row["seq"]
            if len(found) == limit:
                return {"exchanges": found, "next": last}
        if not rows:
            break
        seen += len(rows)
    if last and last == after and await db.read(lambda tx: store.newest(tx, world)) < after:
        last = 0
    return {"exchanges": found, "next": last}


async def following(db: Units, world: str, after: int, many: int = CHUNK) -> list[Row]:
    """The rows that come next. Raises Problem world-not-found."""
    return await db.read(lambda tx: store.rows(tx, world, after, many))


async def follow(worlds: Worlds, world: World, after: int, limit: int, wanted: Wanted, wait: float) -> dict[str, Any]:
    """As `page`; where nothing is wanted yet, wait for it, `wait` seconds of real time at most, or until the server
    stops. Raises Problem world-not-found, also for a world that is deleted meanwhile.
    """
    db, longest = worlds.within(world), SHARED_SLICE_S if worlds.db.shared else SLICE_S
    until, awake = clock.stopwatch() + wait, asyncio.Event()
    world.followers.add(awake)
    try:
        while True:
            awake.clear()
            found = await page(db, world.id, after, limit, wanted)
            left = until - clock.stopwatch()
            if found["exchanges"] or left <= 0 or worlds.closing:
                return found
            if found["next"] != after:
                after = found["next"]
                continue
            with suppress(TimeoutError):
                await asyncio.wait_for(awake.wait(), min(left, longest))
            await asyncio.sleep(min(REST_S, max(left, 0)))
    finally:
        world.followers.discard(awake)
