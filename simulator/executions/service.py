"""Use case: record what was done at a visit, all lines in one atomic call."""

from __future__ import annotations

from pydantic_core import to_json

from simulator.audit import store as audit
from simulator.care_sheets import store as sheets
from simulator.care_sheets.model import Sheet, derived_id, require_if_match
from simulator.care_sheets.states import Line, sheet_status
from simulator.claims import service as claiming
from simulator.executions import model, receipt, store
from simulator.executions.content import charged_lines
from simulator.executions.schemas import ExecutedLine, ExecutionRequest, NotExecutedLine
from simulator.kit import clock
from simulator.kit.answer import Answer, Json
from simulator.kit.call import Call
from simulator.kit.money import quantity_text
from simulator.kit.problems import Problem
from simulator.kit.storage import Tx
from simulator.professionals.service import directory
from simulator.resolutions import model as holding
from simulator.resolutions import store as leases
from simulator.resolutions.service import require_visited


def execute(tx: Tx, call: Call, body: ExecutionRequest) -> Answer:
    """Record a visit. Nothing is written unless every line is accepted.

    Raises Problem, in this order: precondition-required, lease-required, role-not-allowed, not-found,
    sheet-cancelled, sheet-replaced, sheet-expired, precondition-failed, nothing-open, lease-lost,
    invalid-payload (performed_at, a line twice, no product named), line-unknown, line-terminal,
    over-remainder, substitution-not-allowed.
    """
    if_match = require_if_match(call.headers)
    presented = call.headers.get("fse-lease", "").strip()
    if not presented:
        raise Problem("lease-required", "L'en-tête FSE-Lease doit porter la réservation de la section.")
    executor = directory(call.world).active(call.actor.inpe)
    place = executor.establishment.id
    sheet, past = require_visited(tx, call, executor.role, place)
    sheet.require_live()
    sheet.require_revision(if_match)
    lease = _require_lease(call, sheet, past, presented, place)
    prescribed = _prescribed(sheet, lease.section)
    _require_possible(call, sheet, body, prescribed)
    moved = model.apply(sheet.section(lease.section), prescribed, _deeds(body))
    return _record(tx, call, sheet, lease, body, moved)


def _require_lease(call: Call, sheet: Sheet, past: list[holding.Lease], presented: str, place: str) -> holding.Lease:
    kind = call.path["type"]
    if not any(line.active for line in sheet.section(kind)):
        raise Problem("nothing-open", "Toutes les lignes de la section sont closes.", current_state=sheet.status)
    current = holding.live(past, kind, call.now)
    holding.decide(current, place, holding.Action.EXECUTE, call.now)
    if current is None or current.id != presented:
        raise holding.refusal("lease-lost", current, call.now)
    return current


def _require_possible(
    call: Call, sheet: Sheet, body: ExecutionRequest, prescribed: dict[int, model.Prescribed]
) -> None:
    errors: list[dict[str, str]] = []

    def wrong(pointer: str, code: str, detail: str) -> None:
        errors.append({"pointer": pointer, "code": code, "detail": detail})

    performed = clock.day(body.performed_at)
    if not clock.day(sheet.issued_at) <= performed <= clock.day(call.now):
        wrong("/performed_at", "impossible-date", "L'exécution ne peut être ni future ni avant l'émission.")
    seen: set[int] = set()
    for place, line in enumerate(body.lines):
        if line.line in seen:
            wrong(f"/lines/{place}/line", "duplicate-line", f"La ligne {line.line} est donnée deux fois.")
        seen.add(line.line)
        asked = prescribed.get(line.line)
        if isinstance(line, ExecutedLine) and asked and asked.ean13 and line.ean13 is None:
            wrong(f"/lines/{place}/ean13", "missing", "Le produit délivré doit être nommé par son code.")
    if errors:
        raise Problem("invalid-payload", errors[0]["detail"], errors=errors)


def _prescribed(sheet: Sheet, kind: str) -> dict[int, model.Prescribed]:
    return {
        line["line"]: model.Prescribed(line.get("ean13"), line.get("substitution_allowed", False))
        for section in sheet.content["sections"]
        if section["type"] == kind
        for line in section["lines"]
    }


def _deeds(body: ExecutionRequest) -> list[model.Deed]:
    return [
        model.Deed(line.line, line.quantity, line.ean13, line.substitution is not None)
        if isinstance(line, ExecutedLine)
        else model.Deed(line.line, None)
        for line in body.lines
    ]


def _record(
    tx: Tx,
    call: Call,
    sheet: Sheet,
    lease: holding.Lease,
    body: ExecutionRequest,
    moved: tuple[Line, ...],
) -> Answer:
    world, kind = call.world.id, lease.section
    revision = sheet.revision + 1
    identifier = derived_id(call.world.keys.platform_secret, "exe", sheet.number, str(revision))
    content = next(section for section in sheet.content["sections"] if section["type"] == kind)
    charged, warnings = charged_lines(tx, call.world.nomenclature, content, body.lines, clock.day(call.now))
    recorded: claiming.Recorded | None = None
    if charged:
        recorded = claiming.record(tx, call, sheet, kind, identifier, charged, clock.day(body.performed_at))
    after = sheets.save(tx, world, sheet, moved)
    if not any(line.active for line in after if line.section == kind):
        leases.release(tx, world, lease, call.now)
    answer: Json = {
        "id": identifier,
        "number": sheet.number,
        "section": kind,
        "performed_at": clock.to_text(body.performed_at),
        "recorded_at": clock.to_text(call.now),
        "revision": revision,
        "lines": [_executed(asked, line) for asked, line in zip(body.lines, moved, strict=True)],
        "status": sheet_status(after).value,
    }
    answer["receipt"] = receipt.signed(call, answer, recorded)
    answer["warnings"] = warnings
    _store(tx, call, answer, lease, body)
    return Answer(answer, revision=revision, parts={"claim": recorded.text} if recorded else {})


def _executed(asked: ExecutedLine | NotExecutedLine, line: Line) -> Json:
    """A line after the visit."""
    answer: Json = {"line": asked.line, "outcome": asked.outcome}
    if isinstance(asked, ExecutedLine):
        answer["quantity"] = quantity_text(asked.quantity)
    else:
        answer["reason"] = asked.reason
    return {**answer, "state": line.state.value, "remaining": quantity_text(line.remaining)}


def _store(tx: Tx, call: Call, answer: Json, lease: holding.Lease, body: ExecutionRequest) -> None:
    store.insert(
        tx,
        call.world.id,
        id=answer["id"],
        number=answer["number"],
        revision=answer["revision"],
        section=answer["section"],
        establishment=lease.establishment,
        inpe=call.actor.inpe or "",
        performed_at=body.performed_at,
        recorded_at=call.now,
        lines=to_json(body.lines, exclude_none=True).decode(),
        receipt=answer["receipt"],
    )
    audit.append(
        tx,
        call,
        "section-executed",
        answer["number"],
        {
            "execution": answer["id"],
            "section": answer["section"],
            "lines": {str(line["line"]): line["state"] for line in answer["lines"]},
        },
    )
