"""Who may see a sheet, and as what: its author (or who stands in for him, or whom he stood in for), its patient, a
CNSS agent."""

from __future__ import annotations

import fixtures
from simulator.beneficiaries.service import register
from simulator.care_sheets import store
from simulator.care_sheets.model import Sheet, unknown_sheet
from simulator.kit import clock
from simulator.kit.call import Call
from simulator.kit.storage import Tx
from simulator.patients import model as patients
from simulator.professionals.service import directory


def find(tx: Tx, call: Call) -> Sheet:
    """The sheet named in the path, as it stands now, whoever asks. Raises Problem not-found."""
    sheet = store.find(tx, call.world.id, call.path["number"], call.now)
    if sheet is None:
        raise unknown_sheet()
    return sheet


def authored(tx: Tx, call: Call) -> Sheet:
    """The sheet of the path, for its author, his current replacement, or whom he replaced.

    Raises Problem professional-suspended, replacement-not-in-force, not-found.
    """
    directory(call.world).active(call.actor.inpe)
    sheet = find(tx, call)
    if not is_author(call, sheet):
        raise unknown_sheet()
    return sheet


def papered(tx: Tx, call: Call, *others: str) -> Sheet:
    """The sheet of the path, for whoever may have its paper: its author, and those of these roles.

    Raises Problem professional-suspended, replacement-not-in-force, not-found.
    """
    role = call.actor.role if call.actor.role in others else None
    if role == "patient":
        sheet = find(tx, call)
        if not sees(call, sheet.beneficiary):
            raise unknown_sheet()
        return sheet
    if role == "agent":
        directory(call.world).active(call.actor.inpe)
        return find(tx, call)
    return authored(tx, call)


def is_author(call: Call, sheet: Sheet) -> bool:
    """Raises Problem replacement-not-in-force when the caller stands in for the author on other days only."""
    return directory(call.world).acting_for(call.actor.inpe, sheet.author, sheet.establishment, clock.day(call.now))


def sees(call: Call, beneficiary: tuple[str, int]) -> bool:
    """Whether the patient who calls may see this beneficiary's care (see `patients.model`)."""
    viewer, today = call.actor.patient, clock.day(call.now)
    if viewer is None:
        return False
    majority = fixtures.rule("patient.majority", today).integer
    return patients.sees(viewer, register(call.world).find(*beneficiary), today, majority)
