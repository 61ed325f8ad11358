"""What was recorded of an electronic claim line: the claim keeps its decision, the execution what was said."""

from __future__ import annotations

from datetime import datetime

from simulator.care_sheets import store as sheets
from simulator.care_sheets.model import Sheet
from simulator.claims.model import Claim, ClaimLine
from simulator.executions import store as executions
from simulator.kit.answer import Json
from simulator.kit.storage import Tx


def recorded(tx: Tx, world: str, claim: Claim, line: ClaimLine, at: datetime) -> tuple[Json, Json, Sheet]:
    """The executed line as the software said it, the line as it was prescribed, and the sheet. `at`: any instant."""
    done, sheet = executions.find(tx, world, line.execution), sheets.find(tx, world, claim.number, at)
    assert done is not None and sheet is not None
    said: Json = [one for one in done.content["lines"] if one["outcome"] == "executed"][line.place]
    prescribed = next(one for one in sheet.prescribed(claim.section) if one["line"] == line.line.line)
    return said, prescribed, sheet
