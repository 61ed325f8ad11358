"""The claim that the caller may act on: that of his establishment, or of the patient who asks."""

from __future__ import annotations

from simulator.care_sheets import access
from simulator.claims import store as claims
from simulator.claims.model import Claim
from simulator.claims.service import unknown_claim
from simulator.kit.call import Call
from simulator.kit.storage import Tx
from simulator.professionals.service import directory


def own(tx: Tx, call: Call) -> Claim:
    """The claim of the path. Raises Problem professional-suspended, not-found."""
    place = None if call.actor.patient else directory(call.world).active(call.actor.inpe).establishment.id
    found = claims.whole(tx, call.world.id, call.path["id"])
    if found is None:
        raise unknown_claim()
    if found.number:
        call.concerns(found.number)
    if place != found.establishment and not (place is None and access.sees(call, found.beneficiary)):
        raise unknown_claim()
    return found
