"""A patient's own sheet, whole or in a list. Plain JSON, in the shapes of `care_sheets.schemas` and `schemas`.

He sees every section and claim, and his QR; never a hold: its id is a key to the section, and who holds it is told
by the list of accesses.
"""

from __future__ import annotations

from collections import Counter

from simulator.care_sheets.model import Sheet
from simulator.kit import clock
from simulator.kit.answer import Json


def summary(sheet: Sheet) -> Json:
    """See `schemas.MyCareSheetAnswer`."""
    lines = Counter(line.section for line in sheet.lines)
    active = Counter(line.section for line in sheet.lines if line.active)
    answer = {
        "number": sheet.number,
        "status": sheet.status,
        "revision": sheet.revision,
        "cancellation_requested": sheet.closing,
        "replaces": sheet.replaces,
        "replaced_by": sheet.replaced_by,
        "issued_at": clock.to_text(sheet.issued_at),
        "date_of_care": sheet.date_of_care.isoformat(),
        "valid_until": sheet.valid_until.isoformat(),
        "prescriber": sheet.content["prescriber"],
        "beneficiary": sheet.content["beneficiary"],
        "sections": [
            {"type": item["type"], "lines": lines[item["type"]], "active": active[item["type"]]}
            for item in sheet.content["sections"]
        ],
    }
    return {name: value for name, value in answer.items() if value is not None}
