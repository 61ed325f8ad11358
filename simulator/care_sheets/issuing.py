"""What an issuance and a replacement share: number, sections, the prescriber's own acts claimed."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from msgspec.structs import replace as changed
from pydantic_core import to_jsonable_python

import fixtures
from simulator.care_sheets import store
from simulator.care_sheets.model import FIRST_REVISION, Section, Sheet, derived_id
from simulator.care_sheets.prescribing import Prescribed
from simulator.care_sheets.status import OWN_SECTION
from simulator.claims import service as claiming
from simulator.codes import number as numbers
from simulator.executions import store as executions
from simulator.kit import clock
from simulator.kit.call import Call
from simulator.kit.storage import Tx


def create(
    tx: Tx,
    call: Call,
    *,
    author: fixtures.Professional,
    beneficiary: tuple[str, int],
    date_of_care: date,
    prescribed: Prescribed,
    content: Mapping[str, Any],
    replaces: str | None = None,
    valid_until: date | None = None,
    event: store.Created = "care-sheet-issued",
) -> tuple[Sheet, list[claiming.Recorded]]:
    """A new sheet, written with its own acts executed; the sheet and the claim that these open.

    `valid_until`: that of a paper already going round; `event`: what the audit calls it.
    """
    today = clock.day(call.now)
    secret = call.world.keys.platform_secret
    body12 = numbers.scattered_body(secret, call.world.draw(tx, "care-sheet"))
    number = numbers.make(body12, today.year % 100)
    sections = {
        kind: Section(kind, FIRST_REVISION, tuple(line for line in prescribed.lines if line.section == kind))
        for kind in (section["type"] for section in prescribed.sections)
    }
    own = sections.get(OWN_SECTION)
    if own is not None:
        execution = derived_id(secret, "exe", number, OWN_SECTION, "0")
        lines = tuple(line.touched_by(execution) for line in own.lines)
        sections[OWN_SECTION] = changed(own, lines=lines, executions=(execution,))
    sheet = Sheet(
        number=number,
        author=author.inpe,
        establishment=author.establishment.id,
        client=call.actor.client_id,
        beneficiary=beneficiary,
        issued_at=call.now,
        date_of_care=date_of_care,
        valid_until=valid_until or today + timedelta(days=fixtures.rule("sheet.validity", today).integer),
        revision=FIRST_REVISION,
        rotation=0,
        replaced_by=None,
        replaces=replaces,
        content=content,
        sections=sections,
        stored=sections,
    )
    opened = _claim_own_acts(tx, call, sheet, prescribed)
    data: dict[str, Any] = {"claims": [claim.id for claim in opened]}
    if replaces:
        data["replaces"] = replaces
    store.insert(tx, call, sheet, data, event)
    return sheet, opened


def _claim_own_acts(tx: Tx, call: Call, sheet: Sheet, prescribed: Prescribed) -> list[claiming.Recorded]:
    own = sheet.sections.get(OWN_SECTION)
    if own is None or not prescribed.charged:
        return []
    (execution,) = own.executions
    executions.insert(tx, call.world.id, lambda: _own_visit(call, sheet, execution, prescribed))
    return [claiming.record(tx, call, sheet, OWN_SECTION, execution, prescribed.charged, sheet.date_of_care)]


def _own_visit(call: Call, sheet: Sheet, execution: str, prescribed: Prescribed) -> executions.Execution:
    lines = [
        {
            "line": line.line,
            "outcome": "executed",
            "quantity": str(line.quantity),
            "charged": f"{line.charged:.2f}",
            "before": ["open", None, None],
        }
        for line in prescribed.charged
    ]
    return executions.Execution(
        id=execution,
        number=sheet.number,
        revision=FIRST_REVISION,
        section=OWN_SECTION,
        establishment=sheet.establishment,
        inpe=sheet.author,
        client=sheet.client,
        kind="execution",
        performed_at=call.now,
        recorded_at=call.now,
        content={"lines": to_jsonable_python(lines)},
    )
