"""Use cases of what the author changes afterwards: cancel, replace; and the reissue of the QR."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NoReturn

from msgspec.structs import replace as changed

from simulator.beneficiaries.service import register, rights_on
from simulator.care_sheets import access, issuing, store, views
from simulator.care_sheets.asking import remarks
from simulator.care_sheets.model import Section, Sheet, require_if_match
from simulator.care_sheets.prescribing import prescribe, require_sound_sections
from simulator.care_sheets.schemas import CancellationRequest, ReissueRequest, ReplacementRequest
from simulator.care_sheets.states import Line, LineState, Role, Transition, move
from simulator.claims import store as claims
from simulator.kit import clock
from simulator.kit.answer import Answer
from simulator.kit.call import Call
from simulator.kit.problems import Problem, pointed
from simulator.kit.storage import Tx
from simulator.paper import phases
from simulator.professionals import words
from simulator.professionals.schemas import identity as professional_identity
from simulator.professionals.service import directory
from simulator.resolutions import throttle
from simulator.resolutions.model import Action, Effect, decide


def cancel(tx: Tx, call: Call, body: CancellationRequest) -> Answer:
    """The author cancels what is still open, of the sheet, of a section or of some lines; what was executed stays.

    A free section is cancelled at once; for a held one the cancellation is requested: what its holder does not
    execute is cancelled when he lets go of it. Raises Problem, in this order: precondition-required, not-found,
    sheet-cancelled, sheet-replaced, sheet-expired, precondition-failed, invalid-payload (lines without a section),
    line-unknown, line-terminal, cannot-cancel (nothing is open).
    """
    if_match = require_if_match(call.headers)
    sheet = access.authored(tx, call)
    sheet.require_live()
    sheet.require_revision(if_match)
    after, cancelled, requested = sheet, 0, 0
    for section, lines in _wanted(sheet, body):
        effect = decide(section.lease, sheet.establishment, Action.CANCEL, call.now, closing=section.closing)
        if effect is Effect.REQUEST:
            numbers = section.cancelling | {line.number for line in lines}
            after, requested = after.with_section(changed(section, cancelling=numbers)), requested + len(lines)
        else:
            moved = [move(line, Transition.CANCEL, Role.AUTHOR) for line in lines]
            after, cancelled = after.with_section(section.with_lines(moved)), cancelled + len(lines)
    event: store.SheetEvent = "cancellation-requested" if requested else "care-sheet-cancelled"
    data = {"reason": body.reason, "cancelled": cancelled, "requested": requested}
    after = store.save(tx, call, sheet, after, event, data)
    return views.whole(call, after, claims.of_sheet(tx, call.world.id, sheet.number, sheet.establishment))


def _wanted(sheet: Sheet, body: CancellationRequest) -> list[tuple[Section, list[Line]]]:
    """Sections and their lines to cancel."""
    if body.section is None:
        if body.lines is not None:
            _refuse("invalid-payload", "/lines", "Des lignes se désignent avec leur « section ».")
        found = [(section, [line for line in section.lines if line.active]) for section in sheet.asked]
    else:
        section = sheet.sections.get(body.section)
        if section is None:
            _refuse("line-unknown", "/section", f"La feuille n'a pas de section « {words.name(body.section)} ».")
        found = [(section, _lines(section, body.lines))]
    found = [(section, lines) for section, lines in found if lines]
    if not found:
        raise Problem("cannot-cancel", "Rien n'y est plus ouvert.", current_state=sheet.status)
    return found


def _lines(section: Section, numbers: Sequence[int] | None) -> list[Line]:
    if numbers is None:
        return [line for line in section.lines if line.active]
    lines: list[Line] = []
    for place, number in enumerate(dict.fromkeys(numbers)):
        line = section.line(number)
        if line is None:
            _refuse("line-unknown", f"/lines/{place}", f"La section n'a pas de ligne {number}.")
        move(line, Transition.CANCEL, Role.AUTHOR)  # refuses a line that is closed, held or not
        lines.append(line)
    return lines


def _refuse(slug: str, pointer: str, detail: str) -> NoReturn:
    raise pointed(slug, pointer, detail)


def replace_sheet(tx: Tx, call: Call, body: ReplacementRequest) -> Answer:
    """Another sheet in the place of one that nobody has begun; its own acts and their claim stay where they are.

    A new sheet is an issuance: who only replaces others makes one within his dates. Raises Problem, in this order:
    precondition-required, not-found, sheet-cancelled, sheet-replaced, sheet-expired, precondition-failed,
    cannot-replace, invalid-payload (a section type twice, half a box), replacement-not-in-force,
    not-deployed-yet, unknown-code.
    """
    if_match = require_if_match(call.headers)
    old = access.authored(tx, call)
    old.require_live()
    old.require_revision(if_match)
    undone = _untouched(call, old)
    require_sound_sections(body)
    author = directory(call.world).practising(call.actor.inpe, clock.day(call.now))
    phases.require_open(call, author.establishment.province, old.content["care_setting"])
    prescribed = prescribe(tx, call.world.nomenclature, body, author.speciality)
    rights = rights_on(register(call.world).find(*old.beneficiary), old.date_of_care)
    content = {
        **{name: value for name, value in old.content.items() if name != "transcribed"},
        "prescriber": professional_identity(author),
        "long_term_condition": body.long_term_condition,
        "sections": prescribed.sections,
        "warnings": remarks(body.long_term_condition, rights, prescribed),
    }
    new, _ = issuing.create(
        tx,
        call,
        author=author,
        beneficiary=old.beneficiary,
        date_of_care=old.date_of_care,
        prescribed=prescribed,
        content=content,
        replaces=old.number,
    )
    data = {"reason": body.reason, "by": new.number}
    store.save(tx, call, old, changed(undone, replaced_by=new.number), "care-sheet-replaced", data)
    return views.whole(call, new, [])


def _untouched(call: Call, sheet: Sheet) -> Sheet:
    """The sheet with nothing left to execute. Raises Problem cannot-replace."""
    after = sheet
    for section in sheet.asked:
        decide(section.lease, sheet.establishment, Action.REPLACE, call.now)
        moved = [
            move(line, Transition.REPLACE, Role.AUTHOR)
            for line in section.lines
            if line.state is not LineState.CANCELLED
        ]
        after = after.with_section(section.with_lines(moved))
    if after is sheet:
        raise Problem("cannot-replace", "Cette feuille ne demande rien à d'autres.", current_state=sheet.status)
    return after


def reissue(tx: Tx, call: Call, body: ReissueRequest) -> Answer:
    """A new QR and a new backup code, for the author, the patient or a CNSS agent; the old ones are worth nothing.

    Raises Problem, in this order: precondition-required, not-found, sheet-cancelled,
    sheet-replaced, sheet-expired, precondition-failed.
    """
    if_match = require_if_match(call.headers)
    sheet = access.papered(tx, call, "patient", "agent")
    sheet.require_live()
    sheet.require_revision(if_match)
    throttle.forget(tx, call.world.id, sheet.number)
    turned = changed(sheet, rotation=sheet.rotation + 1)
    data = {"reason": body.reason, "as": call.actor.role}
    after = store.save(tx, call, sheet, turned, "care-sheet-reissued", data)
    if call.actor.role == "agent":
        return views.for_agent(call, after)
    place = None if call.actor.patient else sheet.establishment
    return views.whole(call, after, claims.of_sheet(tx, call.world.id, sheet.number, place))
