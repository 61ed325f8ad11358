"""When two claims look like the same care, by dated rules (``duplicate.…``). Fidelity: hypothesis.

Same beneficiary, whatever the establishment. A medicine: the same product, or one that was prescribed where another
was dispensed, or one of the same substances, strength and form; less than so many days apart, so that a renewal is
none. An act or a device: the same code, the same day. Two lines of one sheet never: each is paid for what it asked.
"""

from __future__ import annotations

from collections.abc import Iterable

from simulator.claims.rules import rule_set
from simulator.kit.call import WorldLike
from simulator.kit.storage import Tx
from simulator.nomenclature.model import fold
from simulator.nomenclature.store import find_medicine
from simulator.paper.store import Care

MEDICINES = "pharmacy"
"""The section whose codes are products."""
Group = tuple[tuple[str, ...], str, str]
"""Substances, strength, form: what may be handed over one for the other."""


def reach(world: WorldLike, care: Care) -> int:
    """How many days before or after it another care may look like that one: the rule of its day says fewer than."""
    subject = "duplicate.medicine" if care.section == MEDICINES else "duplicate.act"
    return rule_set(world.tariff_set).on(care.day)[subject].integer - 1


def alike(tx: Tx, world: WorldLike, care: Care, other: Care) -> bool:
    """Whether `care`, the one that is judged, looks like `other`, of the same beneficiary."""
    if care.section != other.section or (care.number and care.number == other.number):
        return False
    if abs((care.day - other.day).days) > reach(world, care):
        return False
    if care.section != MEDICINES:
        return care.code == other.code
    return one_for_the_other(tx, world.nomenclature, (care.code, care.prescribed), (other.code, other.prescribed))


def one_for_the_other(tx: Tx, version: str, some: Iterable[str], others: Iterable[str]) -> bool:
    """Whether a product of `some` is, or may stand for, one of `others`; empty codes are none."""
    mine, theirs = ({code for code in codes if code} for codes in (some, others))
    return not mine.isdisjoint(theirs) or not _groups(tx, version, mine).isdisjoint(_groups(tx, version, theirs))


def _groups(tx: Tx, version: str, codes: Iterable[str]) -> set[Group]:
    """The groups of the products that the list knows; a label, or a product outside the list, has none."""
    found = (find_medicine(tx, version, code) for code in codes)
    return {
        (tuple(sorted(fold(name) for name in one.dci)), fold(one.dosage), fold(one.form))
        for one in found
        if one is not None and one.dci
    }
