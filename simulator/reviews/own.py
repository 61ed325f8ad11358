"""The claim that the caller may act on: that of his establishment, or of the patient who asks."""

from __future__ import annotations

from simulator.audit import store as audit
from simulator.care_sheets import access
from simulator.claims import store as claims
from simulator.claims.model import Claim
from simulator.kit.call import Call
from simulator.kit.problems import Problem
from simulator.kit.storage import Tx
from simulator.professionals.service import directory


def own(tx: Tx, call: Call) -> Claim:
    """The claim of the path. Raises Problem professional-suspended, not-found."""
    place = None if call.actor.patient else directory(call.world).active(call.actor.inpe).establishment.id
    found = claims.whole(tx, call.world.id, call.path["id"])
    if found is None:
        raise unknown()
    if found.number:
        call.concerns(found.number)
    if place != found.establishment and not (place is None and access.sees(call, found.beneficiary)):
        raise unknown()
    return found


def unknown() -> Problem:
    """Unknown or not yours: the two are told apart by nobody."""
    return Problem("not-found", "Aucune demande de remboursement de cet identifiant ne vous est accessible.")


def subject(claim: Claim) -> str:
    """What the audit says that a claim is about: its sheet, else its beneficiary."""
    return claim.number or audit.beneficiary(*claim.beneficiary)
