"""What the clock does to what came on paper, and to what looks like it: a check some days later, the end of a hold."""

from __future__ import annotations

from datetime import datetime

from msgspec.structs import replace as changed

from simulator.claims import counters
from simulator.claims.model import Claim, ClaimLine
from simulator.claims.redecided import refused
from simulator.claims.rules import rule_set
from simulator.claims.states import LineStatus, Move
from simulator.kit.call import WorldLike
from simulator.kit.storage import Tx
from simulator.paper import duplicates


def checked(tx: Tx, world: WorldLike, at: datetime, claim: Claim, line: ClaimLine) -> ClaimLine:
    """A paper line once it was keyed: checked, then held if the same care is claimed by then, else to be decided."""
    after = line.moved(Move.CHECK, at)
    twin = duplicates.twin_of(tx, world.id, claim, line, at)
    if twin is None or line.line.decision == "rejected":
        return after
    return duplicates.held(world, after, twin, at)


def reviewed(tx: Tx, world: WorldLike, at: datetime, claim: Claim, line: ClaimLine) -> ClaimLine:
    """A line held as a duplicate, once nobody has decided in time: refused if the other claim still stands."""
    twin = duplicates.twin_of(tx, world.id, claim, line, at)
    after = changed(line, hold=None, status=LineStatus.CHECKED)
    if twin is None:
        return after
    if line.line.counted:
        counters.release(tx, world.id, claim.beneficiary, line.execution, line.line.line)
    decided = refused(line.line, "duplicate", rule_set(world.tariff_set), line.day, claim=twin)
    return changed(after, line=decided, text=None)
