"""Units that are never divided: a pack is handed over whole, and so are a pair, a device; a session is done whole.

A medicine that is counted by `unit` may be halved (half a tablet). An act has no unit: nothing says that it is whole.
Source: wire types of this project's domain model; fidelity: hypothesis.
"""

from __future__ import annotations

from decimal import Decimal

_WHOLE = {
    "box": "les boîtes se comptent entières",
    "bottle": "les flacons se comptent entiers",
    "tube": "les tubes se comptent entiers",
    "pair": "les paires se comptent entières",
    "session": "les séances se comptent entières",
}


def divided(section: str, unit: str | None, quantity: Decimal) -> tuple[str, str] | None:
    """Code and French sentence against a quantity that its unit does not allow, or None. `section`: its type."""
    if unit is None or quantity % 1 == 0:
        return None
    whole = "les dispositifs se comptent entiers" if (section, unit) == ("devices", "unit") else _WHOLE.get(unit)
    return None if whole is None else ("whole-sessions" if unit == "session" else "whole-units", whole)
