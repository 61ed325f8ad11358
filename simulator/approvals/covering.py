"""What claims ask of the approvals of an act of a line: what they are worth, and to count an execution on them.

Reads one index entry and, for an act that needs no approval, nothing at all: ask `needed` first.
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from simulator.approvals import model, store
from simulator.approvals.model import Approval, Coverage, Subject
from simulator.kit.storage import Tx
from simulator.nomenclature.store import find_act


def needed(version: str, code: str | None) -> bool:
    """Whether an act is only paid with a prior approval, by its code in the list of acts."""
    act = find_act(version, code) if code else None
    return act is not None and act.prior_approval


def known(tx: Tx, world: str, subject: Subject) -> list[Approval]:
    """Those asked for that act of that line, the oldest first: what was asked for another act does not cover it."""
    found = store.of_line(tx, world, subject.number, subject.section, subject.line)
    return [one for one in found if one.code == subject.code]


def covering(tx: Tx, world: str, subject: Subject, day: date) -> Coverage:
    """What the approvals of that act are worth for care of that day; writes nothing."""
    return model.coverage(known(tx, world, subject), day)


def count(tx: Tx, world: str, subject: Subject, day: date, user: str, quantity: Decimal) -> Decimal:
    """Count what was executed on that day on the approvals in force then; how much of it they cover."""
    after, covered = model.counted(known(tx, world, subject), day, user, quantity)
    for one in after:
        store.save(tx, world, one)
    return covered


def give_back(tx: Tx, world: str, number: str, user: str) -> None:
    """A line was taken back, or is refused: whatever it was counted on may serve again."""
    for one in model.uncounted(store.of_sheet(tx, world, number), user):
        store.save(tx, world, one)
