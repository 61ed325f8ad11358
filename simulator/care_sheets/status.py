"""Status of a whole sheet, always derived from its lines: total over every combination, never stored."""

from __future__ import annotations

from collections.abc import Iterable

from simulator.care_sheets.states import ACTIVE, Line, LineState
from simulator.kit.word import Word

OWN_SECTION = "prescriber"
"""The section of the prescriber's own acts, executed when the sheet is issued."""


class SheetStatus(Word):
    """Where a sheet stands."""

    ISSUED = "issued"
    IN_PROGRESS = "in_progress"
    EXECUTED = "executed"
    PARTLY_EXECUTED = "partly_executed"
    CANCELLED = "cancelled"
    EXPIRED = "expired"
    REPLACED = "replaced"


_UNTOUCHED = frozenset({LineState.OPEN, LineState.CANCELLED, LineState.EXPIRED})


def sheet_status(lines: Iterable[Line], *, replaced: bool = False) -> SheetStatus:
    """Status of a sheet from its lines; the first rule that holds decides.

    A line is touched once something of it was executed, declined, owed or moved to paper. The prescriber's own acts,
    done at issue, decide only when the sheet asks nothing of others.
    """
    if replaced:
        return SheetStatus.REPLACED
    every = list(lines)
    asked = [line for line in every if line.section != OWN_SECTION] or every
    states = {line.state for line in asked}
    untouched = states <= _UNTOUCHED and not any(line.executed for line in asked)
    if states & ACTIVE:
        return SheetStatus.ISSUED if untouched else SheetStatus.IN_PROGRESS
    if states == {LineState.EXECUTED}:
        return SheetStatus.EXECUTED
    if not untouched:
        return SheetStatus.PARTLY_EXECUTED
    return SheetStatus.CANCELLED if states == {LineState.CANCELLED} else SheetStatus.EXPIRED
