"""What the CNSS decides now of the lines of a claim that wait, in the place of its clock (see `bench.decisions`)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Literal

from msgspec.structs import replace as changed

from simulator.claims import holds, notices
from simulator.claims import store as claims
from simulator.claims.model import Claim, ClaimLine, HoldKind
from simulator.claims.states import HELD, LineStatus
from simulator.kit.answer import Json
from simulator.kit.call import WorldLike
from simulator.kit.problems import Problem
from simulator.kit.storage import Tx
from simulator.reviews import recheck

Said = Literal["granted", "refused"]
RefusalReason = Literal["document-missing", "medical-refusal", "duplicate"]
REASONS: Mapping[HoldKind, RefusalReason] = {
    "document": "document-missing",
    "medical-review": "medical-refusal",
    "duplicate": "duplicate",
}
"""What holds a line → why it is refused, when the CNSS does not say otherwise. An approval is decided by itself."""


def decide(
    tx: Tx,
    world: WorldLike,
    identifier: str,
    said: Said,
    reason: RefusalReason | None = None,
    execution: str | None = None,
    number: int | None = None,
) -> Json:
    """Decide every line that waits, of those of that execution and that number; the claim after it.

    Raises Problem not-found, nothing-to-decide.
    """
    claim, now = claims.whole(tx, world.id, identifier), world.now()
    if claim is None:
        raise Problem("not-found", "Aucune demande de remboursement ne porte cet identifiant.")
    asked = [
        line
        for line in claim.lines
        if waits(line) and execution in (None, line.execution) and number in (None, line.line.line)
    ]
    if not asked:
        detail = "Aucune ligne demandée n'attend de contrôle, de document ni de réexamen."
        raise Problem("nothing-to-decide", detail, current_state=claim.status)
    lines = [_decided(tx, world, claim, one, said, reason, now) if one in asked else one for one in claim.lines]
    after = changed(claim, lines=tuple(lines))
    text = claims.save(tx, world, after)
    notices.decided(tx, world, now, claim, after)
    return claims.parse(text())


def waits(line: ClaimLine) -> bool:
    """Whether the CNSS may decide it at once."""
    if line.status is LineStatus.CONTESTED:
        return True
    return line.hold is not None and line.hold.kind in REASONS and line.status in HELD


def _decided(
    tx: Tx, world: WorldLike, claim: Claim, line: ClaimLine, said: Said, reason: RefusalReason | None, at: datetime
) -> ClaimLine:
    if line.hold is None:
        if said == "granted":
            return recheck.granted(tx, world, claim, line, at)
        return recheck.refused(tx, world, claim, line, at, reason)
    if said == "granted":
        return holds.released(tx, world, claim, line, at)
    why = reason or REASONS[line.hold.kind]
    inputs = {}
    if why == line.hold.kind or (why, line.hold.kind) == ("document-missing", "document"):
        inputs = {"claim" if why == "duplicate" else "document": line.hold.asks or ""}
    return holds.refused(tx, world, claim, line, why, at, inputs)
