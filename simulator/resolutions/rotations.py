"""Until when an old paper was the right one: a reissue is dated by its entry in the trail, and nowhere else.

Asked only for a late entry whose scan is no longer the current one: nothing more is kept with a sheet.
"""

from __future__ import annotations

from datetime import datetime

from pydantic_core import from_json

from simulator.audit import store as audit
from simulator.care_sheets.model import Sheet
from simulator.codes import backup
from simulator.kit import clock
from simulator.kit.call import Call
from simulator.kit.storage import Tx


def was_good(tx: Tx, call: Call, sheet: Sheet, secret: bytes, at: datetime) -> bool:
    """Whether the scan secret of an earlier rotation had not been replaced yet at `at` (to the second).

    A paper is worth nothing from the very second of the reissue that replaces it.
    """
    platform = call.world.keys.platform_secret
    earlier = range(sheet.rotation)
    rotation = next((n for n in earlier if backup.scan_secret(platform, sheet.number, n) == secret), None)
    if rotation is None:
        return False
    rows = audit.of_event(tx, call.world.id, sheet.number, "care-sheet-reissued")
    since = {from_json(row["data"])["rotation"]: clock.parse(row["at"]) for row in rows}
    replaced = since.get(rotation + 1)
    return replaced is not None and at.replace(microsecond=0) < replaced
