"""What the factory prescribes of the list in force in a world: the built-in list's own product, else the first, in the
order of the codes, that will do for the state. No state depends on which list was imported.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import Decimal
from itertools import chain
from typing import Any

import fixtures
from simulator.care_sheets.units import pack
from simulator.factories.model import State, declined, prescribed, states
from simulator.factories.wanted import unreachable
from simulator.kit import clock
from simulator.kit.storage import Tx
from simulator.nomenclature import store
from simulator.nomenclature.model import Medicine
from simulator.worlds.model import World

_PAGE = 200
UNPRICED = Decimal(50)
"""What is charged for a box of which the list tells no price, MAD."""


def price(ppv: Decimal | None, base: Decimal | None) -> Decimal:
    """What the counter of the factory charges for one box, MAD."""
    return ppv or base or UNPRICED


def sections(tx: Tx, world: World, state: State) -> list[dict[str, Any]]:
    """What is prescribed when the request says nothing, with medicines of this world's list.

    Raises Problem state-unreachable when no product of the list will do.
    """
    found = prescribed(state)
    for section in found:
        section["lines"] = [_listed(tx, world, state, line) if "ean13" in line else line for line in section["lines"]]
    return found


def _listed(tx: Tx, world: World, state: State, line: Mapping[str, Any]) -> dict[str, Any]:
    """The line, of a product that will do: paid for, and not so dear that doctors look at it, where a claim is due."""
    quantity, version = Decimal(line["quantity"]), world.nomenclature
    most = fixtures.rule("review.above", clock.day(world.now()), world.tariff_set).decimal

    def serves(one: Medicine) -> bool:
        handed = one.ean13 not in declined()
        return handed and one.reimbursable and price(one.ppv, one.base) * quantity <= most

    own = store.find_medicine(tx, version, line["ean13"])
    known = () if own is None else (own,)
    chosen = next((one for one in chain(known, _all(tx, version, True)) if serves(one)), None)
    if chosen is None and state.claim is None:
        chosen = next(chain(known, _all(tx, version, None)), None)
    if chosen is None:
        others = ", ".join(name for name, one in states().items() if one.claim is None or one.asks != state.asks)
        raise unreachable(
            f"La liste « {version} » de ce monde n'a aucun médicament pour l'état « {state.name} » : il en faut un "
            f"avec un taux et une base de remboursement, et à {most} MAD au plus les {line['quantity']}. Importer une "
            "liste qui en a un (fse nomenclature import), ou dire quoi prescrire (« sections », --sections). Sinon, "
            f"restent possibles : {others}."
        )
    unit = line["unit"] if chosen is own else pack(chosen.presentation)
    return {**line, "ean13": chosen.ean13, "unit": unit}


def _all(tx: Tx, version: str, reimbursable: bool | None) -> Iterator[Medicine]:
    """In the order of their codes, a page at a time."""
    after = ""
    while page := store.page(tx, version, after=after, limit=_PAGE, reimbursable=reimbursable):
        yield from page
        after = page[-1].ean13
