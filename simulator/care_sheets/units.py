"""Units that are never divided: a pack is handed over whole, and so are a pair, a device; a session is done whole.

A medicine outside the list that is counted by `unit` may be halved (half a tablet). An act has no unit: nothing says
that it is whole. A listed medicine is counted by its pack, the one that has a base and a public price: no list says how
many tablets a pack holds but in free text, which is not money to be guessed.
Source: wire types of this project's domain model; fidelity: hypothesis (ADR 0033).
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


PACKS = ("box", "bottle", "tube")
"""What a listed medicine is counted in: whole packs."""
PACKED = "se compte par conditionnement : boîte, flacon ou tube (box, bottle, tube)"

_NAMED = {"BOITE": "box", "FLACON": "bottle", "TUBE": "tube"}

COUNTED = {"pharmacy": "box", "devices": "unit", "physiotherapy": "session"}
"""Section → what a listed item is counted in where no prescribed line says it: on a paper that names none."""


def divided(section: str, unit: str | None, quantity: Decimal) -> tuple[str, str] | None:
    """Code and French sentence against a quantity that its unit does not allow, or None. `section`: its type."""
    if unit is None or quantity % 1 == 0:
        return None
    whole = "les dispositifs se comptent entiers" if (section, unit) == ("devices", "unit") else _WHOLE.get(unit)
    return None if whole is None else ("whole-sessions" if unit == "session" else "whole-units", whole)


def pack(presentation: str) -> str:
    """What a product is counted in, from the presentation of a list (``1 FLACON 60 ML``): the first pack it names."""
    return next((_NAMED[word] for word in presentation.upper().split() if word in _NAMED), "box")
