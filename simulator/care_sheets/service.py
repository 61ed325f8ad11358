"""Use cases on care sheets: issue, read, cancel, and the data of the printed document."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from pydantic_core import to_json

import fixtures
from simulator.audit import store as audit
from simulator.beneficiaries.model import Rights, rights_on
from simulator.beneficiaries.schemas import identity as beneficiary_identity
from simulator.beneficiaries.service import register
from simulator.care_sheets import printing, store, views
from simulator.care_sheets.model import FIRST_REVISION, Sheet, derived_id, require_if_match, unknown_sheet
from simulator.care_sheets.prescribing import Prescribed, prescribe, require_distinct_sections
from simulator.care_sheets.schemas import CancellationRequest, CareSheetRequest
from simulator.care_sheets.states import OWN_SECTION, Ask, Role, Transition, move
from simulator.claims import service as claiming
from simulator.claims import store as claims
from simulator.claims.rules import rule_set
from simulator.codes import number as numbers
from simulator.codes.document import PrescriptionDocument
from simulator.executions import store as executions
from simulator.kit import clock
from simulator.kit.answer import Answer
from simulator.kit.call import Call
from simulator.kit.problems import Problem
from simulator.kit.storage import Tx
from simulator.professionals.schemas import identity as professional_identity
from simulator.professionals.service import directory
from simulator.resolutions import model as holding
from simulator.resolutions import store as leases


def issue(tx: Tx, call: Call, body: CareSheetRequest) -> Answer:
    """Issue a sheet: its number, its secrets, the prescriber's own acts executed and claimed.

    Raises Problem, in this order: invalid-payload (care in the future or before the
    first rule, a section type twice),
    unknown-beneficiary, unknown-code, rights-closed (unless acknowledged).
    """
    author = directory(call.world).active(call.actor.inpe)
    _require_possible(call, body)
    reference = body.beneficiary
    person = register(call.world).find(reference.registration_number, reference.dependant_rank, pointer="/beneficiary")
    prescribed = prescribe(tx, call.world.nomenclature, body)
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
        "warnings": _warnings(body, rights, prescribed),
    }
    sheet = _new_sheet(tx, call, author, body, prescribed, content)
    store.insert(tx, call.world.id, sheet)
    opened = _claim_own_acts(tx, call, sheet, prescribed)
    audit.append(
        tx,
        call,
        "care-sheet-issued",
        sheet.number,
        {"lines": len(sheet.lines), "claims": [claim.id for claim in opened]},
    )
    return views.whole(call, sheet, (), [claim.text for claim in opened])


def _require_possible(call: Call, body: CareSheetRequest) -> None:
    require_distinct_sections(body)
    code = detail = ""
    if body.date_of_care > clock.day(call.now):
        code, detail = "future-date", "La date des soins est dans le futur."
    elif rule_set(call.world.tariff_set).find("share.patient", body.date_of_care) is None:
        code, detail = "date-without-rules", "Aucune règle de remboursement n'existe à cette date de soins."
    if detail:
        errors = [{"pointer": "/date_of_care", "code": code, "detail": detail}]
        raise Problem("invalid-payload", detail, errors=errors)


def _new_sheet(
    tx: Tx,
    call: Call,
    author: fixtures.Professional,
    body: CareSheetRequest,
    prescribed: Prescribed,
    content: dict[str, Any],
) -> Sheet:
    today = clock.day(call.now)
    secret = call.world.keys.platform_secret
    body12 = numbers.scattered_body(secret, call.world.draw(tx, "care-sheet"))
    return Sheet(
        number=numbers.make(body12, today.year % 100),
        author=author.inpe,
        establishment=author.establishment.id,
        issued_at=call.now,
        date_of_care=body.date_of_care,
        valid_until=today + timedelta(days=fixtures.rule("sheet.validity", today).integer),
        revision=FIRST_REVISION,
        rotation=0,
        replaced_by=None,
        content=content,
        lines=tuple(prescribed.lines),
        past_validity=False,
    )


def _warnings(body: CareSheetRequest, rights: Rights, prescribed: Prescribed) -> list[tuple[str, str]]:
    found = [*rights.warnings, *prescribed.warnings]
    held = {condition.kind for condition in rights.conditions}
    if body.long_term_condition and body.long_term_condition not in held:
        found.append(
            (
                "long-term-condition-not-recognised",
                f"Aucune {body.long_term_condition} n'est reconnue à ce bénéficiaire à la date des soins.",
            )
        )
    return found


def _claim_own_acts(tx: Tx, call: Call, sheet: Sheet, prescribed: Prescribed) -> list[claiming.Recorded]:
    if not prescribed.charged:
        return []
    secret = call.world.keys.platform_secret
    execution = derived_id(secret, "exe", sheet.number, str(sheet.revision))
    executions.insert(
        tx,
        call.world.id,
        id=execution,
        number=sheet.number,
        revision=sheet.revision,
        section=OWN_SECTION,
        establishment=sheet.establishment,
        inpe=sheet.author,
        performed_at=call.now,
        recorded_at=call.now,
        lines=to_json(
            [
                {
                    "line": line.line,
                    "outcome": "executed",
                    "quantity": str(line.quantity),
                    "charged": f"{line.charged:.2f}",
                }
                for line in prescribed.charged
            ]
        ).decode(),
    )
    return [claiming.record(tx, call, sheet, OWN_SECTION, execution, prescribed.charged, sheet.date_of_care)]


def read(tx: Tx, call: Call) -> Answer:
    """A sheet, for its author (whole) or for the holder of a section (that section, audited).

    Raises Problem not-found for anybody else.
    """
    reader = directory(call.world).active(call.actor.inpe)
    sheet = find(tx, call)
    if sheet is None:
        raise unknown_sheet()
    place = reader.establishment.id
    held = leases.of_sheet(tx, call.world.id, sheet.number)
    if sheet.author == reader.inpe:
        return views.whole(call, sheet, held, claims.of_sheet(tx, call.world.id, sheet.number, place))
    lease = holding.live(held, reader.role, call.now)
    if lease is None or lease.establishment != place:
        raise unknown_sheet()
    audit.append(tx, call, "care-sheet-read", sheet.number, {"section": lease.section})
    return views.for_holder(sheet, lease, claims.of_sheet(tx, call.world.id, sheet.number, place))


def cancel(tx: Tx, call: Call, body: CancellationRequest) -> Answer:
    """The author cancels every line still open; what was executed stays, and so do its claims.

    Raises Problem, in this order: not-found, precondition-required, sheet-cancelled, sheet-replaced,
    sheet-expired, precondition-failed, cannot-cancel (a section is held, or nothing is open).
    """
    if_match = require_if_match(call.headers)
    sheet = _own(tx, call)
    sheet.require_live()
    sheet.require_revision(if_match)
    held = leases.of_sheet(tx, call.world.id, sheet.number)
    open_lines = [line for line in sheet.lines if line.active]
    if not open_lines:
        raise Problem("cannot-cancel", "Rien n'est plus ouvert sur cette feuille.", current_state=sheet.status)
    for kind in dict.fromkeys(line.section for line in open_lines):
        holding.decide(holding.live(held, kind, call.now), sheet.establishment, holding.Action.CANCEL, call.now)
    changed = [move(line, Transition.CANCEL, Role.AUTHOR, Ask()) for line in open_lines]
    store.save(tx, call.world.id, sheet, changed)
    audit.append(tx, call, "care-sheet-cancelled", sheet.number, {"reason": body.reason, "lines": len(changed)})
    after = find(tx, call)
    assert after is not None
    own = claims.of_sheet(tx, call.world.id, sheet.number, sheet.establishment)
    return views.whole(call, after, held, own)


def document(tx: Tx, call: Call) -> PrescriptionDocument:
    """The data of the prescription, for its author. Raises Problem not-found."""
    return printing.document(call.world, _own(tx, call), duplicate=_duplicate(call))


def payload(tx: Tx, call: Call) -> str:
    """The text of the QR, for its author. Raises Problem not-found."""
    return printing.scan_payload(call.world, _own(tx, call), duplicate=_duplicate(call))


def find(tx: Tx, call: Call) -> Sheet | None:
    """The sheet named in the path, as it stands now, whoever asks."""
    return store.find(tx, call.world.id, call.path["number"], call.now)


def _own(tx: Tx, call: Call) -> Sheet:
    author = directory(call.world).active(call.actor.inpe)
    sheet = find(tx, call)
    if sheet is None or sheet.author != author.inpe:
        raise unknown_sheet()
    return sheet


def _duplicate(call: Call) -> bool:
    asked = call.query.get("duplicate", "false")
    if asked not in ("true", "false"):
        raise Problem("invalid-payload", "« duplicate » vaut true ou false.")
    return bool(asked == "true")
