"""The state of a world as the platform holds it, for observations before and after."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from simulator.approvals import reading
from simulator.approvals import store as approvals
from simulator.care_sheets import store as sheets
from simulator.care_sheets.model import Section, Sheet
from simulator.claims import store as claims
from simulator.executions import store as executions
from simulator.kit import clock
from simulator.kit.money import quantity_text
from simulator.kit.storage import Tx
from simulator.worlds.model import World

SHOWN = ("act_code", "ean13", "label", "quantity", "substitution_allowed", "listed")


def dump(tx: Tx, world: World, number: str | None) -> dict[str, Any]:
    """``{"now", "care_sheets": […], "paper_claims": […]}``: one sheet (none when unknown), or all in the order of
    numbers, and every paper claim in the order of references.
    """
    now = world.now()
    wanted = sheets.numbers(tx, world.id) if number is None else [number.replace(" ", "")]
    found = [sheets.find(tx, world.id, item, now) for item in wanted]
    return {
        "now": clock.to_text(now),
        "care_sheets": [shown(tx, world.id, sheet, now) for sheet in found if sheet is not None],
        "paper_claims": [claims.parse(text) for text in claims.on_paper(tx, world.id)],
    }


def shown(tx: Tx, world: str, sheet: Sheet, now: datetime) -> dict[str, Any]:
    """One of `care_sheets`."""
    ids = [id for section in sheet.sections.values() for id in section.executions]
    done = sorted(executions.several(tx, world, ids), key=lambda one: (one.recorded_at, one.id))
    return {
        "number": sheet.number,
        "status": sheet.status.value,
        "revision": sheet.revision,
        "rotation": sheet.rotation,
        "cancellation_requested": sheet.closing,
        "replaced_by": sheet.replaced_by,
        "replaces": sheet.replaces,
        "author": sheet.author,
        "establishment": sheet.establishment,
        "issued_at": clock.to_text(sheet.issued_at),
        "date_of_care": sheet.date_of_care.isoformat(),
        "valid_until": sheet.valid_until.isoformat(),
        "beneficiary": dict(sheet.content["beneficiary"]),
        "sections": [_section(sheet, sheet.sections[item["type"]]) for item in sheet.content["sections"]],
        "executions": [_execution(one) for one in done],
        "prior_approvals": [reading.shown(one, now) for one in approvals.of_sheet(tx, world, sheet.number)],
        "claims": [claims.parse(text) for text in claims.of_sheet(tx, world, sheet.number)],
    }


def _section(sheet: Sheet, section: Section) -> dict[str, Any]:
    lease = section.lease
    return {
        "type": section.type,
        "revision": section.revision,
        "cancelling": sorted(n for n in section.cancelling if (line := section.line(n)) is not None and line.active),
        "lines": [
            {
                "line": item["line"],
                **{name: item[name] for name in SHOWN if name in item},
                "state": line.state.value,
                "remaining": quantity_text(line.remaining),
                "executed": quantity_text(line.executed),
                "owed_by": line.owed_by,
            }
            for item, line in zip(sheet.prescribed(section.type), section.lines, strict=True)
        ],
        "lease": None
        if lease is None
        else {
            "id": lease.id,
            "establishment": lease.establishment,
            "expires_at": clock.to_text(lease.expires_at),
        },
    }


def _execution(one: executions.Execution) -> dict[str, Any]:
    return {
        "id": one.id,
        "number": one.number,
        "section": one.section,
        "kind": one.kind,
        "target": one.target,
        "revision": one.revision,
        "establishment": one.establishment,
        "inpe": one.inpe,
        "performed_at": clock.to_text(one.performed_at),
        "recorded_at": clock.to_text(one.recorded_at),
        "lines": [{name: line[name] for name in line if name != "before"} for line in one.content["lines"]],
    }
