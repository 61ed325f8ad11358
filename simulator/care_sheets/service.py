"""Use cases on care sheets: issue, read (see also `corrections`, `papers`)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from simulator.audit import store as audit
from simulator.beneficiaries.schemas import identity as beneficiary_identity
from simulator.beneficiaries.service import register, rights_on
from simulator.care_sheets import access, issuing, views
from simulator.care_sheets.asking import remarks, require_possible
from simulator.care_sheets.model import unknown_sheet
from simulator.care_sheets.prescribing import prescribe
from simulator.care_sheets.schemas import CareSheetRequest
from simulator.claims import store as claims
from simulator.claims.rules import rule_set
from simulator.kit import clock
from simulator.kit.answer import Answer
from simulator.kit.call import Call
from simulator.kit.problems import Problem
from simulator.kit.storage import Tx
from simulator.paper import phases
from simulator.professionals.schemas import identity as professional_identity
from simulator.professionals.service import directory


def issue(tx: Tx, call: Call, body: CareSheetRequest) -> Callable[[], Answer]:
    """Issue a sheet: its number, its secrets, the prescriber's own acts executed and claimed.

    Raises Problem, in this order: replacement-not-in-force, not-deployed-yet, invalid-payload (care in the
    future or before the first rule, a section type twice), unknown-beneficiary, unknown-code, rights-closed (unless
    acknowledged).
    """
    author = directory(call.world).practising(call.actor.inpe, clock.day(call.now))
    phases.require_open(call, author.establishment.province, body.care_setting)
    require_possible(body, clock.day(call.now), rule_set(call.world.tariff_set))
    reference = body.beneficiary
    person = register(call.world).find(reference.registration_number, reference.dependant_rank, pointer="/beneficiary")
    prescribed = prescribe(tx, call.world.nomenclature, body, author.speciality)
    rights = rights_on(person, body.date_of_care)
    if not rights.open and not body.rights_acknowledged:
        raise Problem("rights-closed", rights.warnings[0][1], current_state=rights.reason)
    content: dict[str, Any] = {
        "prescriber": professional_identity(author),
        "beneficiary": beneficiary_identity(person),
        "care_setting": body.care_setting,
        "long_term_condition": body.long_term_condition,
        "rights_acknowledged": body.rights_acknowledged,
        "sections": prescribed.sections,
        "warnings": remarks(body.long_term_condition, rights, prescribed),
    }
    sheet, opened = issuing.create(
        tx,
        call,
        author=author,
        beneficiary=(reference.registration_number, reference.dependant_rank),
        date_of_care=body.date_of_care,
        prescribed=prescribed,
        content=content,
    )
    return lambda: views.whole(call, sheet, [claim.json() for claim in opened])


def read(tx: Tx, call: Call) -> Answer:
    """A sheet: whole for its author and its patient, one section for the establishment that holds it; audited.

    Raises Problem not-found for anybody else.
    """
    if call.actor.patient is not None:
        sheet = access.papered(tx, call, "patient")
        audit.append(tx, call, "care-sheet-read", sheet.number, {"as": "patient"})
        return views.whole(call, sheet, claims.of_sheet(tx, call.world.id, sheet.number))
    reader = directory(call.world).active(call.actor.inpe)
    sheet = access.find(tx, call)
    place = reader.establishment.id
    own = claims.of_sheet(tx, call.world.id, sheet.number, place)
    if access.is_author(call, sheet):
        audit.append(tx, call, "care-sheet-read", sheet.number, {"as": "author"})
        return views.whole(call, sheet, own)
    held = next((x for x in sheet.sections.values() if x.lease and x.lease.establishment == place), None)
    if held is None:
        raise unknown_sheet()
    audit.append(tx, call, "care-sheet-read", sheet.number, {"as": "holder", "section": held.type})
    return views.for_holder(sheet, held, own)
