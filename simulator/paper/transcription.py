"""Use case: a paper prescription becomes an electronic care sheet, marked as transcribed, that is executed at once."""

from __future__ import annotations

from datetime import timedelta
from typing import Any, Literal

import fixtures
from simulator.beneficiaries.schemas import identity as beneficiary_identity
from simulator.beneficiaries.service import register, rights_on
from simulator.care_sheets import issuing, views
from simulator.care_sheets.asking import remarks
from simulator.care_sheets.prescribing import prescribe, require_sound_sections
from simulator.claims.rules import rule_set
from simulator.kit import clock
from simulator.kit.answer import Answer
from simulator.kit.call import Call
from simulator.kit.problems import Problem, invalid
from simulator.kit.storage import Tx
from simulator.paper import checks, phases, prescribed_twice, references
from simulator.paper.schemas import TranscriptionRequest
from simulator.professionals.schemas import identity as professional_identity
from simulator.professionals.service import directory
from simulator.worlds import store as worlds

_SETTING: Literal["ambulatory"] = "ambulatory"
"""Whoever wrote it, the paper is executed out of hospital."""


def transcribe(tx: Tx, call: Call, body: TranscriptionRequest) -> Answer:
    """Make a sheet of what the paper asks, under its prescriber's name; nothing of his own acts is claimed.

    Its date of care and its validity are those of the paper. Raises Problem, in this order: professional-suspended,
    not-deployed-yet, invalid-payload (day, section type twice, half a box, prescriber), sheet-expired,
    unknown-beneficiary, unknown-code, rights-closed (unless acknowledged), paper-reference-used.
    """
    here = directory(call.world).active(call.actor.inpe)
    phases.require_open(call, here.establishment.province, _SETTING)
    today, day = clock.day(call.now), body.prescribed_on
    _require_possible(call, body)
    author = _prescriber(call, body)
    valid_until = day + timedelta(days=fixtures.rule("sheet.validity", day).integer)
    if valid_until < today:
        detail = f"Cette ordonnance du {day:%d/%m/%Y} était valable jusqu'au {valid_until:%d/%m/%Y}."
        raise Problem("sheet-expired", detail, current_state="expired", valid_until=valid_until.isoformat())
    reference = body.beneficiary
    person = register(call.world).find(reference.registration_number, reference.dependant_rank, pointer="/beneficiary")
    who = (reference.registration_number, reference.dependant_rank)
    prescribed = prescribe(tx, call.world.nomenclature, body, author.speciality)
    rights = rights_on(person, day)
    if not rights.open and not body.rights_acknowledged:
        raise Problem("rights-closed", rights.warnings[0][1], current_state=rights.reason)
    transcribed = {
        "paper_reference": body.paper_reference,
        "prescribed_on": day.isoformat(),
        "at": clock.to_text(call.now),
        "by": professional_identity(here),
    }
    content: dict[str, Any] = {
        "prescriber": professional_identity(author),
        "beneficiary": beneficiary_identity(person),
        "care_setting": _SETTING,
        "long_term_condition": body.long_term_condition,
        "rights_acknowledged": body.rights_acknowledged,
        "sections": prescribed.sections,
        "warnings": [
            *checks.remarks(body.missing, body.child_age, person.birth_date, day),
            *remarks(body.long_term_condition, rights, prescribed),
            *prescribed_twice.remarks(tx, call, author.inpe, who, day, prescribed.sections),
        ],
        "transcribed": transcribed,
    }
    sheet, _ = issuing.create(
        tx,
        call,
        author=author,
        beneficiary=who,
        date_of_care=day,
        valid_until=valid_until,
        prescribed=prescribed,
        content=content,
        event="prescription-transcribed",
    )
    call.concerns(sheet.number)
    references.take(
        tx,
        call,
        body.paper_reference,
        "prescription",
        number=sheet.number,
        section="",
        establishment=here.establishment.id,
    )
    worlds.note_paper(tx, call.world)
    answer = {
        "number": sheet.number,
        "revision": sheet.revision,
        "issued_at": clock.to_text(sheet.issued_at),
        "date_of_care": day.isoformat(),
        "valid_until": valid_until.isoformat(),
        "transcribed": transcribed,
        **views.paper(call, sheet),
        "warnings": [{"code": code, "message": message} for code, message in content["warnings"]],
    }
    return Answer(answer, revision=sheet.revision)


def _require_possible(call: Call, body: TranscriptionRequest) -> None:
    """Raises Problem invalid-payload: a section type twice, half a box, a day in the future or before the rules."""
    require_sound_sections(body)
    code = detail = ""
    if body.prescribed_on > clock.day(call.now):
        code, detail = "future-date", "La date de l'ordonnance est dans le futur."
    elif rule_set(call.world.tariff_set).find("share.patient", body.prescribed_on) is None:
        code, detail = "date-without-rules", "Aucune règle de remboursement n'existe à cette date."
    if detail:
        raise invalid("/prescribed_on", code, detail)


def _prescriber(call: Call, body: TranscriptionRequest) -> fixtures.Professional:
    """Whose name the sheet bears. Raises Problem invalid-payload: nobody may prescribe under that INPE."""
    known = directory(call.world)
    found = known.find(body.prescriber)
    if found is None or found.role != "prescriber":
        raise invalid("/prescriber", "unknown-prescriber", "Aucun prescripteur ne porte cet INPE.")
    if found.status == "suspended" or found.inpe in known.suspended:
        raise invalid("/prescriber", "suspended-prescriber", "L'exercice de ce prescripteur est suspendu.")
    if found.replaces is not None and not found.replaces.in_force(body.prescribed_on):
        raise invalid("/prescriber", "replacement-not-in-force", "Ce remplaçant ne remplaçait personne ce jour-là.")
    return found
