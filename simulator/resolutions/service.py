"""Use cases: resolve (and hold) a sheet; extend, read, release one's own lease."""

from __future__ import annotations

from datetime import timedelta

import fixtures
from simulator.audit import store as audit
from simulator.care_sheets import store as sheets
from simulator.care_sheets import views
from simulator.care_sheets.model import Sheet, derived_id, unknown_sheet
from simulator.kit import clock
from simulator.kit.answer import Answer, Json
from simulator.kit.call import Call
from simulator.kit.problems import Problem
from simulator.kit.storage import Tx
from simulator.professionals.service import directory
from simulator.resolutions import proofs, store
from simulator.resolutions.answers import ResolutionRequest, ScanResolution
from simulator.resolutions.model import Action, Effect, Lease, decide, live
from simulator.resolutions.schemas import shown


def resolve(tx: Tx, call: Call, body: ResolutionRequest) -> Answer | Problem:
    """From the paper to the executor's own section; `hold` takes the lease in the same exchange.

    Raises Problem, in this order: those of the proof (see `proofs`), sheet-cancelled, sheet-replaced,
    sheet-expired, no-section-for-role, section-held, nothing-open (only to hold).
    *Returns* the Problem wrong-backup-code: its count must be committed.
    """
    executor = directory(call.world).active(call.actor.inpe)
    proof = body.root
    try:
        if isinstance(proof, ScanResolution):
            proved = proofs.by_scan(tx, call, proof)
        else:
            proved = proofs.by_code(tx, call, proof)
    except proofs.WrongCode as wrong:
        return wrong.problem
    sheet, kind, place = proved.sheet, executor.role, executor.establishment.id
    sheet.require_live()
    if not sheet.section(kind):
        raise Problem("no-section-for-role", f"La feuille ne contient pas de section « {kind} ».")
    past = store.of_sheet(tx, call.world.id, sheet.number)
    current = live(past, kind, call.now)
    effect = decide(current, place, Action.HOLD if proof.hold else Action.READ, call.now)
    if proof.hold and not any(line.active for line in sheet.section(kind)):
        raise Problem("nothing-open", "Toutes les lignes de la section sont closes.", current_state=sheet.status)
    lease = _apply(tx, call, effect, current, sheet, kind, place, len(past))
    audit.append(tx, call, "care-sheet-resolved", sheet.number, {"section": kind, "hold": proof.hold})
    answer: Json = {
        "number": sheet.number,
        "status": sheet.status.value,
        "revision": sheet.revision,
        "issued_at": clock.to_text(sheet.issued_at),
        "valid_until": sheet.valid_until.isoformat(),
        "section": views.own_section(sheet, kind, lease),
        "prescriber": sheet.content["prescriber"],
        "beneficiary": sheet.content["beneficiary"],
    }
    if lease is not None:
        answer["lease"] = shown(lease)
    answer["reading"] = {"diagnostics": [{"code": d.code, "message": d.message} for d in proved.diagnostics]}
    answer["warnings"] = []
    return Answer(answer, revision=sheet.revision)


def _apply(
    tx: Tx, call: Call, effect: Effect, current: Lease | None, sheet: Sheet, kind: str, place: str, rank: int
) -> Lease | None:
    """Make the lease what the table says; the lease that holds the section afterwards."""
    world = call.world
    until = call.now + timedelta(seconds=fixtures.rule("section.lease", clock.day(call.now)).integer)
    if effect is Effect.GRANT:
        identifier = derived_id(world.keys.platform_secret, "lea", sheet.number, kind, str(rank))
        lease = Lease(identifier, sheet.number, kind, place, until)
        store.insert(tx, world.id, lease, call.actor.inpe or "", call.now)
        return lease
    if effect is Effect.RENEW and current is not None:
        store.renew(tx, world.id, current, until)
        return Lease(current.id, sheet.number, kind, place, until)
    if effect is Effect.FREE_IT and current is not None:
        store.release(tx, world.id, current, call.now)
        return None
    return current


def extend_lease(tx: Tx, call: Call) -> Answer:
    """The lease, renewed for its whole duration. Raises Problem not-found, sheet-…, lease-lost."""
    sheet, past, current, place = _own_section(tx, call)
    sheet.require_live()
    effect = decide(current, place, Action.EXTEND, call.now)
    kind = call.path["type"]
    lease = _apply(tx, call, effect, current, sheet, kind, place, len(past))
    assert lease is not None
    audit.append(tx, call, "lease-extended", sheet.number, {"section": kind, "lease": lease.id})
    return Answer(shown(lease))


def read_lease(tx: Tx, call: Call) -> Answer:
    """The establishment's own live lease. Raises Problem not-found, lease-lost when it has ended."""
    _, _, current, place = _own_section(tx, call)
    decide(current, place, Action.EXECUTE, call.now)
    assert current is not None
    return Answer(shown(current))


def release_lease(tx: Tx, call: Call) -> None:
    """Free the section; releasing a lease that has ended changes nothing. Raises Problem not-found."""
    sheet, past, current, place = _own_section(tx, call)
    effect = decide(current, place, Action.RELEASE, call.now)
    _apply(tx, call, effect, current, sheet, call.path["type"], place, len(past))
    if effect is Effect.FREE_IT:
        audit.append(tx, call, "lease-released", sheet.number, {"section": call.path["type"]})


def _own_section(tx: Tx, call: Call) -> tuple[Sheet, list[Lease], Lease | None, str]:
    executor = directory(call.world).active(call.actor.inpe)
    place = executor.establishment.id
    sheet, past = require_visited(tx, call, executor.role, place)
    return sheet, past, live(past, executor.role, call.now), place


def require_visited(tx: Tx, call: Call, role: str, establishment: str) -> tuple[Sheet, list[Lease]]:
    """The sheet of the path and its leases, when the establishment holds its section or has held it.

    Raises Problem role-not-allowed (another profession's section), not-found: for those who never
    brought the proof of the paper the sheet does not exist.
    """
    kind = call.path["type"]
    if kind != role:
        raise Problem("role-not-allowed", f"La section « {kind} » s'adresse à d'autres professionnels.")
    sheet = sheets.find(tx, call.world.id, call.path["number"], call.now)
    if sheet is not None:
        past = store.of_sheet(tx, call.world.id, sheet.number)
        if any(x.section == kind and x.establishment == establishment for x in past):
            return sheet, past
    raise unknown_sheet()
