"""What was saved of a sheet is there for whoever finds it, in the same transaction."""

from __future__ import annotations

from typing import Any

from simulator.care_sheets import store as sheets
from simulator.care_sheets.model import Sheet
from simulator.kit.call import Actor, Call
from simulator.kit.storage import Tx
from tests.simulator.conftest import Counter


def test_a_sheet_is_found_as_it_was_saved_in_the_same_unit(counter: Counter) -> None:
    number, other = counter.issue()["number"], counter.issue()["number"]
    world: Any = counter.platform.simulator.worlds._cache[counter.world["id"]]  # type: ignore[attr-defined]
    call = Call(world, world.now(), Actor("essai", "200000012"), "t", "resolve-care-sheet")

    def found(tx: Tx, number: str) -> Sheet:
        sheet = sheets.find(tx, world.id, number, world.now())
        assert sheet is not None
        return sheet

    def unit(tx: Tx) -> list[Any]:
        sheet = found(tx, number)
        visited = sheet.with_section(sheet.sections["pharmacy"].visited_by("PHA-KEN-01"))
        sheets.save(tx, call, sheet, visited, "care-sheet-resolved", {"section": "pharmacy", "hold": False})
        return [found(tx, one).sections["pharmacy"].visitors for one in (other, number)]

    assert counter.platform.simulator.db.call(unit, world.id) == [(), ("PHA-KEN-01",)]  # type: ignore[attr-defined]
