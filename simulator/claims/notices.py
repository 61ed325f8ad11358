"""What the softwares that took part in a claim are told when it changes without them: thin events."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from simulator.audit import store as audit
from simulator.claims.model import Claim
from simulator.claims.states import PENDING, LineStatus
from simulator.events import store as events
from simulator.events.model import EventType
from simulator.executions import store as executions
from simulator.kit.call import WorldLike
from simulator.kit.storage import Tx
from simulator.paper import store as paper


def decided(tx: Tx, world: WorldLike, at: datetime, before: Claim, after: Claim) -> None:
    """``claim.decided`` when nothing of it is pending any more; ``claim.paid`` when all that is to be paid is.

    What the CNSS decided of lines that waited is audited too, one entry for the claim.
    """
    waited = [line for line in before.lines if line.status in PENDING]
    now = {(line.execution, line.place): line for line in after.lines}
    settled = [line for line in waited if now[line.execution, line.place].status not in PENDING]
    if settled:
        contested = any(line.status is LineStatus.CONTESTED for line in settled)
        data = {"claim": after.id, "section": after.section, "lines": len(settled)}
        about = subject(after)
        audit.by_platform(tx, world.id, at, "claim-rechecked" if contested else "claim-decided", about, data)
    if waited and after.decision is not None:
        tell(tx, world, at, "claim.decided", after)
    if after.status == "paid" != before.status:
        tell(tx, world, at, "claim.paid", after)


def subject(claim: Claim) -> str:
    """What the audit says that a claim is about: its sheet, else its beneficiary."""
    return claim.number or audit.beneficiary(*claim.beneficiary)


def tell(tx: Tx, world: WorldLike, at: datetime, event: EventType, claim: Claim) -> None:
    """Tell the softwares that recorded what the claim rests on."""
    ids = list(dict.fromkeys(line.execution for line in claim.lines))
    clients = {one.client for one in executions.several(tx, world.id, ids)}
    if claim.reference is not None:
        clients.add(paper.client(tx, world.id, claim.reference))
    data: dict[str, Any] = {"number": claim.number} if claim.number else {}
    data |= {"section": claim.section, "claim": claim.id, "status": claim.status}
    events.announce(tx, world.id, at, event, clients, data)
