"""Use cases: read again what one's own establishment recorded."""

from __future__ import annotations

from simulator.audit import store as audit
from simulator.care_sheets import store as sheets
from simulator.care_sheets.model import Section, Sheet
from simulator.executions import receipt as receipts
from simulator.executions import store
from simulator.executions.late import given_back
from simulator.kit import clock, pages
from simulator.kit.answer import Answer, Json, Later
from simulator.kit.call import Call
from simulator.kit.problems import Problem
from simulator.kit.storage import Tx
from simulator.professionals.service import directory

SAID = (
    "line",
    "outcome",
    "quantity",
    "ean13",
    "act_code",
    "charged",
    "lot",
    "third_party_attestation",
    "session",
    "reason",
)


def read(tx: Tx, call: Call) -> Answer:
    """An execution of the caller's establishment. Raises Problem not-found."""
    found = _own(tx, call)
    section = _sheet(tx, call, found).sections[found.section]
    audit.append(tx, call, "execution-read", found.number, {"execution": found.id})
    answer: Json = {
        "id": found.id,
        "number": found.number,
        "section": found.section,
        "kind": found.kind,
        **({"target": found.target} if found.target else {}),
        "performed_at": clock.to_text(found.performed_at),
        "recorded_at": clock.to_text(found.recorded_at),
        "revision": found.revision,
        "current_revision": section.revision,
        "lines": [{name: line[name] for name in SAID if name in line} for line in found.content["lines"]],
        "receipt": _receipt(call, found),
        **_corrected(tx, call, section, found),
    }
    return Answer(answer)


def receipt(tx: Tx, call: Call) -> Answer:
    """The receipt, for the establishment, or for the software that recorded it under its own name.

    Raises Problem not-found.
    """
    if call.actor.inpe is None:
        found = named(tx, call)
        if found is None or found.client != call.actor.client_id:
            raise _unknown()
    else:
        found = _own(tx, call)
    if found.receipt is None:
        raise _unknown()
    audit.append(tx, call, "receipt-read", found.number, {"execution": found.id})
    return Answer({"id": found.id, "receipt": _receipt(call, found)})


def late(tx: Tx, call: Call) -> Answer:
    """A page of the establishment's late executions: all, or (`to_reconcile=true`) those that a person must look at."""
    place = directory(call.world).active(call.actor.inpe).establishment.id
    wanted = pages.chosen(call.query, "to_reconcile", "false", "true")
    cursor, limit = pages.asked(call.query)
    rows = store.late(tx, call.world.id, place, cursor, limit + 1, to_reconcile=wanted == "true")
    page, following = pages.cut(rows, limit, lambda row: row.id)
    items = [_late(tx, call, row) for row in page]
    numbers = (item["number"] for item in items)
    audit.append_each(tx, call, "late-executions-listed", numbers, place, {"establishment": place})
    return Answer(pages.body(items, following))


def _receipt(call: Call, found: store.Execution) -> Later | None:
    unsigned = found.receipt
    return None if unsigned is None else receipts.told(call.world.keys, lambda: unsigned)


def _late(tx: Tx, call: Call, found: store.Execution) -> Json:
    sheet = _sheet(tx, call, found)
    return {
        "id": found.id,
        "number": found.number,
        "section": found.section,
        "performed_at": clock.to_text(found.performed_at),
        "recorded_at": clock.to_text(found.recorded_at),
        "revision": found.revision,
        "items": given_back(found.content),
        "status": sheet.sections[found.section].status,
        "receipt": _receipt(call, found),
        "warnings": [],
        **_corrected(tx, call, sheet.sections[found.section], found),
    }


def _sheet(tx: Tx, call: Call, found: store.Execution) -> Sheet:
    sheet = sheets.find(tx, call.world.id, found.number, call.now)
    assert sheet is not None
    return sheet


def _corrected(tx: Tx, call: Call, section: Section, found: store.Execution) -> Json:
    """`corrected_by`, when another execution has amended or withdrawn this one."""
    by = store.correction(tx, call.world.id, section.executions, found.id)
    return {} if by is None else {"corrected_by": {"id": by.id, "kind": by.kind}}


def named(tx: Tx, call: Call) -> store.Execution | None:
    """The execution of the path, whosever it is; a refusal that follows is about its sheet."""
    found = store.find(tx, call.world.id, call.path["id"])
    if found is not None:
        call.concerns(found.number)
    return found


def _own(tx: Tx, call: Call) -> store.Execution:
    place = directory(call.world).active(call.actor.inpe).establishment.id
    found = named(tx, call)
    if found is None or found.establishment != place or found.receipt is None:
        raise _unknown()
    return found


def _unknown() -> Problem:
    return Problem("not-found", "Aucune exécution de cet identifiant ne vous est accessible.")
