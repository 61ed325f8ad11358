"""What the softwares that took part in a claim are told when it changes without them: thin events."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from simulator.claims.model import Claim
from simulator.claims.states import PENDING
from simulator.events import store as events
from simulator.events.model import EventType
from simulator.executions import store as executions
from simulator.kit.call import WorldLike
from simulator.kit.storage import Tx
from simulator.paper import store as paper


def changed_by_clock(tx: Tx, world: WorldLike, at: datetime, before: Claim, after: Claim) -> None:
    """``claim.decided`` when nothing of it is pending any more; ``claim.paid`` when all that is to be paid is."""
    if any(line.status in PENDING for line in before.lines) and after.decision is not None:
        tell(tx, world, at, "claim.decided", after)
    if after.status == "paid" != before.status:
        tell(tx, world, at, "claim.paid", after)


def tell(tx: Tx, world: WorldLike, at: datetime, event: EventType, claim: Claim) -> None:
    """Tell the softwares that recorded what the claim rests on."""
    ids = list(dict.fromkeys(line.execution for line in claim.lines))
    clients = {one.client for one in executions.several(tx, world.id, ids)}
    if claim.reference is not None:
        clients.add(paper.client(tx, world.id, claim.reference))
    data: dict[str, Any] = {"number": claim.number} if claim.number else {}
    data |= {"section": claim.section, "claim": claim.id, "status": claim.status}
    events.announce(tx, world.id, at, event, clients, data)
