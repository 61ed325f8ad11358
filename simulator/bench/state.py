"""The state of a world as the platform holds it, for observations before and after."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from simulator.care_sheets import store as sheets
from simulator.care_sheets.model import Sheet
from simulator.claims import store as claims
from simulator.executions import store as executions
from simulator.kit import clock
from simulator.kit.money import quantity_text
from simulator.kit.storage import Row, Tx
from simulator.resolutions import store as leases
from simulator.resolutions.model import Lease
from simulator.worlds.model import World

SHOWN = ("act_code", "ean13", "label", "quantity", "substitution_allowed", "listed")


def dump(tx: Tx, world: World, number: str | None) -> dict[str, Any]:
    """``{"now", "care_sheets": […]}``: one sheet (none when unknown), or all in the order of numbers."""
    now = world.now()
    wanted = sheets.numbers(tx, world.id) if number is None else [number.replace(" ", "")]
    found = [sheets.find(tx, world.id, item, now) for item in wanted]
    return {
        "now": clock.to_text(now),
        "care_sheets": [_sheet(tx, world.id, sheet, now) for sheet in found if sheet is not None],
    }


def _sheet(tx: Tx, world: str, sheet: Sheet, now: datetime) -> dict[str, Any]:
    live = [lease for lease in leases.of_sheet(tx, world, sheet.number) if lease.live(now)]
    return {
        "number": sheet.number,
        "status": sheet.status.value,
        "revision": sheet.revision,
        "author": sheet.author,
        "establishment": sheet.establishment,
        "issued_at": clock.to_text(sheet.issued_at),
        "date_of_care": sheet.date_of_care.isoformat(),
        "valid_until": sheet.valid_until.isoformat(),
        "beneficiary": dict(sheet.content["beneficiary"]),
        "sections": [_section(sheet, section, live) for section in sheet.content["sections"]],
        "executions": [_execution(row) for row in executions.of_sheet(tx, world, sheet.number)],
        "claims": [claims.parse(text) for text in claims.of_sheet(tx, world, sheet.number)],
    }


def _section(sheet: Sheet, section: Mapping[str, Any], live: list[Lease]) -> dict[str, Any]:
    standing = {line.number: line for line in sheet.section(section["type"])}
    lease = next((lease for lease in live if lease.section == section["type"]), None)
    return {
        "type": section["type"],
        "lines": [
            {
                "line": item["line"],
                **{name: item[name] for name in SHOWN if name in item},
                "state": standing[item["line"]].state.value,
                "remaining": quantity_text(standing[item["line"]].remaining),
            }
            for item in section["lines"]
        ],
        "lease": None
        if lease is None
        else {
            "id": lease.id,
            "establishment": lease.establishment,
            "expires_at": clock.to_text(lease.expires_at),
        },
    }


def _execution(row: Row) -> dict[str, Any]:
    kept = ("id", "number", "section", "revision", "establishment", "inpe", "performed_at", "recorded_at")
    return {**{name: row[name] for name in kept}, "lines": json.loads(row["content"])}
