"""A fault of a webhook, at its first attempt: it leaves twice, later, after the next ones, or never."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from datetime import timedelta

from simulator.events.model import Outcome
from simulator.faults import service
from simulator.faults.service import Occurrence
from simulator.kit.call import WorldLike
from simulator.kit.storage import Tx

BELIEVED = Outcome(status=204)
"""What the platform holds of a webhook that was lost on its way."""


def meet(tx: Tx, world: WorldLike, client: str, event: str, tries: int) -> Occurrence | None:
    """What goes wrong with this attempt; None: nothing."""
    return service.choose(tx, world, client, event, webhook=True) if tries == 1 else None


async def attempt(
    met: Occurrence | None, send: Callable[[], Awaitable[Outcome]], delays: Sequence[timedelta]
) -> tuple[Outcome, Sequence[timedelta], dict[str, str]]:
    """What the attempt met, how long after it the next ones come, and what its record says of the fault."""
    if met is None:
        return await send(), delays, {}
    said, kind = {"fault": met.label}, met.fault.kind
    if kind == "webhook-drop":
        return BELIEVED, delays, said
    if kind == "webhook-duplicate":
        first = await send()
        await send()
        return first, delays, said
    later = timedelta(seconds=1 if kind == "webhook-reorder" else met.fault.option("seconds"))
    return Outcome(error="delayed"), (later, *delays[1:]), said
