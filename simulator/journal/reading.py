"""The journal by pages: filtered, bounded, followed. What is read is decoded outside of the writer's thread."""

from __future__ import annotations

from typing import Any

from simulator.journal import store
from simulator.journal.model import EVERYTHING, Wanted
from simulator.kit.context import Units
from simulator.kit.storage import Row

CHUNK = 100
SCANNED = 5_000
BYTES = 16_000_000


async def page(db: Units, world: str, after: int, limit: int, wanted: Wanted = EVERYTHING) -> dict[str, Any]:
    """``{"exchanges": […], "next": seq}``: at most `limit` that are wanted, oldest first.

    `next` is the seq to continue after; the one that was given, when there is nothing more yet. A page ends before
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
    return {"exchanges": found, "next": last}


async def following(db: Units, world: str, after: int, many: int = CHUNK) -> list[Row]:
    """The rows that come next. Raises Problem world-not-found."""
    return await db.read(lambda tx: store.rows(tx, world, after, many))
