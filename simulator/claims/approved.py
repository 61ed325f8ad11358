"""A prior approval comes, or never does: what waited for it is decided, in the order in which it was executed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime

from msgspec.structs import replace as changed

from simulator.approvals import decisions
from simulator.approvals.model import Approval, Coverage, Subject
from simulator.claims import awaiting, holds, notices, store
from simulator.claims.model import Claim, ClaimLine, Hold
from simulator.claims.states import LineStatus, Move
from simulator.kit.call import WorldLike
from simulator.kit.storage import Tx
from simulator.paper import store as paper


def request_closed(tx: Tx, world: WorldLike, approval: Approval, at: datetime) -> None:
    """A request was decided or withdrawn: the lines that waited for it are looked at again."""
    where = (approval.number, approval.section)
    found = [*store.of_section(tx, world.id, *where), *paper.naming(tx, world.id, *where, approval.line)]
    after = {claim.id: claim for claim in found}
    held = _held(tx, world, found, approval)
    for claim, line, hold in sorted(held, key=lambda one: (one[2].since, one[1].execution)):
        now = _looked_at_again(tx, world, after[claim.id], line, hold, at)
        lines = [now if one is line else one for one in after[claim.id].lines]
        after[claim.id] = changed(after[claim.id], lines=tuple(lines))
    for claim in found:
        if after[claim.id].lines != claim.lines:
            store.save(tx, world, after[claim.id])
            notices.decided(tx, world, at, claim, after[claim.id])


def _held(
    tx: Tx, world: WorldLike, claims: Sequence[Claim], approval: Approval
) -> Iterator[tuple[Claim, ClaimLine, Hold]]:
    mine = Subject(approval.number, approval.section, approval.line, approval.code)
    for claim in claims:
        for line in claim.lines:
            if line.hold is None or line.status is not LineStatus.AWAITING_PRIOR_APPROVAL:
                continue
            if awaiting.subject(tx, world, claim, line, line.hold.asks or "") == mine:
                yield claim, line, line.hold


def _looked_at_again(tx: Tx, world: WorldLike, claim: Claim, line: ClaimLine, hold: Hold, at: datetime) -> ClaimLine:
    found, over = awaiting.covered(tx, world, claim, line, hold.asks or ""), at >= hold.until
    if awaiting.waits(found, line) or (found.status is None and not over):
        return line
    return _released(tx, world, claim, line, hold, found, at)


def wait_over(tx: Tx, world: WorldLike, claim: Claim, line: ClaimLine, hold: Hold, at: datetime) -> ClaimLine:
    """The wait for a request has ended: it was made and will be decided, or it never was and the line is refused."""
    found = awaiting.covered(tx, world, claim, line, hold.asks or "")
    if awaiting.waits(found, line):
        return changed(line, due=None)
    return _released(tx, world, claim, line, hold, found, at)


def _released(
    tx: Tx, world: WorldLike, claim: Claim, line: ClaimLine, hold: Hold, found: Coverage, at: datetime
) -> ClaimLine:
    """As its approvals leave it: decided, unless something else holds it."""
    after = awaiting.settled(tx, world, claim, line, hold.asks or "", found, at)
    free = changed(after.moved(Move.RELEASE, at), cleared=(*line.cleared, hold.key))
    return holds.checked(tx, world, claim, free, at)


decisions.on_closed.append(request_closed)
