"""Use cases of prior approvals: read a request, or those about a sheet; who may."""

from __future__ import annotations

from datetime import datetime

import fixtures
from simulator.approvals import store
from simulator.approvals.model import Approval, ApprovalStatus
from simulator.audit import store as audit
from simulator.care_sheets import access
from simulator.care_sheets import store as sheets
from simulator.care_sheets.model import Sheet, unknown_sheet
from simulator.kit import clock, pages
from simulator.kit.answer import Answer, Json
from simulator.kit.call import Call
from simulator.kit.money import quantity_text
from simulator.kit.problems import Problem
from simulator.kit.storage import Tx
from simulator.professionals.model import SECTIONS
from simulator.professionals.service import directory


def read(tx: Tx, call: Call) -> Answer:
    """One request. Raises Problem not-found, replacement-not-in-force."""
    found = own(tx, call)
    audit.append(tx, call, "prior-approval-read", found.number, {"section": found.section, "approval": found.id})
    return Answer(shown(found, call.now))


def search(tx: Tx, call: Call) -> Answer:
    """Those of one sheet (`number`) that the caller may read. Raises Problem invalid-payload, not-found."""
    number = call.query.get("number", "").replace(" ", "")
    if len(number) != 16 or not (number.isascii() and number.isdigit()):
        raise pages.bad_parameter("number", "« number » est un numéro de FSE : seize chiffres, espaces permis.")
    cursor, limit = pages.asked(call.query)
    sheet = sheets.find(tx, call.world.id, number, call.now)
    seen = () if sheet is None else [kind for kind in sheet.sections if _reads(call, sheet, kind)]
    if sheet is None or not seen:
        raise unknown_sheet()
    found = [one for one in store.of_sheet(tx, call.world.id, number) if one.section in seen]
    start = next((place for place, one in enumerate(found, 1) if one.id == cursor), 0)
    if cursor and not start:
        raise pages.bad_cursor()
    page, following = pages.cut(found[start:], limit, lambda one: one.id)
    audit.append(tx, call, "prior-approvals-listed", number, {"count": len(page)})
    return Answer(pages.body([shown(one, call.now) for one in page], following))


def shown(one: Approval, now: datetime) -> Json:
    """A request as it is answered (see `schemas.PriorApprovalAnswer`)."""
    answer: Json = {
        "id": one.id,
        "number": one.number,
        "section": one.section,
        "line": one.line,
        "act_code": one.code,
        "label": one.label,
        "quantity": quantity_text(one.quantity),
        "motive": one.motive,
        "asked_by": one.asked_by,
        "status": one.on(clock.day(now)),
        "requested_at": clock.to_text(one.requested_at),
        "due_at": clock.to_text(one.due_at) if one.status is ApprovalStatus.REQUESTED else None,
        "closed_at": one.closed_at and clock.to_text(one.closed_at),
        "granted_quantity": one.granted and quantity_text(one.granted),
        "valid_until": one.valid_until and one.valid_until.isoformat(),
        "reason": one.reason,
        "explanation": one.explanation,
        "remedy": one.reason and _remedies()[one.reason],
    }
    return {name: value for name, value in answer.items() if value is not None}


def _remedies() -> dict[str, str]:
    return {reason.code: reason.remedy_fr for reason in fixtures.reasons() if reason.family == "approval-refusal"}


def own(tx: Tx, call: Call) -> Approval:
    """The request of the path, for who may read it. Raises Problem not-found, replacement-not-in-force."""
    found = store.find(tx, call.world.id, call.path["id"])
    if found is None:
        raise unknown()
    call.concerns(found.number)
    sheet = sheets.find(tx, call.world.id, found.number, call.now)
    if sheet is None or not _reads(call, sheet, found.section):
        raise unknown()
    return found


def readable(tx: Tx, call: Call, number: str, kind: str) -> Sheet:
    """The sheet, when the caller may ask something about that section of it. Raises Problem not-found."""
    sheet = sheets.find(tx, call.world.id, number, call.now)
    if sheet is None or kind not in sheet.sections or not _reads(call, sheet, kind):
        raise unknown_sheet()
    return sheet


def _reads(call: Call, sheet: Sheet, kind: str) -> bool:
    """Its patient, its author, or an establishment of that section's profession to which the paper was shown.

    Raises Problem professional-suspended, replacement-not-in-force.
    """
    if call.actor.patient is not None:
        return access.sees(call, sheet.beneficiary)
    reader = directory(call.world).active(call.actor.inpe)
    if kind in SECTIONS.get(reader.role, ()):
        return reader.establishment.id in sheet.sections[kind].visitors
    return access.is_author(call, sheet)


def unknown() -> Problem:
    """Unknown or not yours: the two are told apart by nobody."""
    return Problem("not-found", "Aucune demande d'accord préalable de cet identifiant ne vous est accessible.")
