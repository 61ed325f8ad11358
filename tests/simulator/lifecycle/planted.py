"""Faults planted in the simulator, one at a time: each must make the machine and the simulator diverge."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from msgspec.structs import replace as changed

from simulator.care_sheets import model, standing, states
from simulator.care_sheets import store as sheets
from simulator.executions import same_visit, service
from simulator.kit import idempotency
from simulator.resolutions import model as holding
from simulator.resolutions import rotations

Plant = Callable[[pytest.MonkeyPatch], None]


def more_than_ordered(patch: pytest.MonkeyPatch) -> None:
    """A quantity over the remainder is a part of it."""
    _guard(patch, states.PART, lambda line, ask: ask.quantity > 0)


def section_taken_from_its_holder(patch: pytest.MonkeyPatch) -> None:
    """A section that another establishment holds can be taken."""
    patch.setitem(holding.TABLE, (holding.Standing.THEIRS, holding.Action.HOLD), holding.Effect.RENEW)


def any_lease_will_do(patch: pytest.MonkeyPatch) -> None:
    """The lease that is presented is not looked at."""
    patch.setattr(service, "require_lease", lambda *_: None)


def cancellation_wins(patch: pytest.MonkeyPatch) -> None:
    """The author cancels under the hands of the holder."""
    patch.setitem(holding.TABLE, (holding.Standing.THEIRS, holding.Action.CANCEL), holding.Effect.PROCEED)


def withdrawal_forgets_the_quantity(patch: pytest.MonkeyPatch) -> None:
    """What is taken back still counts as executed."""
    effect = states.Row.effect

    def forgetful(self: states.Row, line: states.Line, ask: states.Ask) -> states.Line:
        after = effect(self, line, ask)
        return changed(after, executed=line.executed) if self.transition is states.Transition.WITHDRAW else after

    patch.setattr(states.Row, "effect", forgetful)


def expiry_is_ignored(patch: pytest.MonkeyPatch) -> None:
    """A line outlives its sheet's last day."""
    as_of = model.Section.as_of
    patch.setattr(model.Section, "as_of", lambda self, now, past: as_of(self, now, False))


def revision_stands_still(patch: pytest.MonkeyPatch) -> None:
    """Lines change and the sheet keeps its revision."""
    revised = standing.revised
    patch.setattr(standing, "revised", lambda before, after: (revised(before, after)[0], False))


def keys_are_forgotten(patch: pytest.MonkeyPatch) -> None:
    """The same key twice is done twice."""
    patch.setattr(idempotency.Key, "stored", lambda *_: None)


def debts_are_nobody_s(patch: pytest.MonkeyPatch) -> None:
    """What an establishment owes may be delivered by any other."""
    patch.setattr(states.Line, "open_to", lambda self, _: self.active)
    _guard(patch, states.OWN, lambda line, ask: True)


def nothing_is_audited(patch: pytest.MonkeyPatch) -> None:
    """A sheet changes and the trail does not say so."""
    patch.setattr(sheets.audit, "append", lambda *_: None)


def requests_outlive_the_lease(patch: pytest.MonkeyPatch) -> None:
    """A holder lets go and what was to be cancelled stays open."""
    patch.setattr(model.Section, "freed", lambda self: changed(self, lease=None, cancelling=frozenset()))


def visits_are_entered_again(patch: pytest.MonkeyPatch) -> None:
    """The same visit under another key is done twice."""
    patch.setattr(same_visit, "standing", lambda *_: None)


def old_paper_is_always_good(patch: pytest.MonkeyPatch) -> None:
    """A late entry is proved by a paper that had been replaced before the visit."""
    patch.setattr(rotations, "was_good", lambda *_: True)


FAULTS: tuple[Plant, ...] = (
    more_than_ordered,
    section_taken_from_its_holder,
    any_lease_will_do,
    cancellation_wins,
    withdrawal_forgets_the_quantity,
    expiry_is_ignored,
    revision_stands_still,
    keys_are_forgotten,
    debts_are_nobody_s,
    nothing_is_audited,
    requests_outlive_the_lease,
    visits_are_entered_again,
    old_paper_is_always_good,
)


def _guard(patch: pytest.MonkeyPatch, guard: states.Guard, test: Callable[[Any, Any], bool]) -> None:
    """Replace the test of a guard wherever the table names it."""
    faulty = replace(guard, test=test)
    rows = {
        key: tuple(replace(row, guards=tuple(faulty if g is guard else g for g in row.guards)) for row in found)
        for key, found in states._ROWS.items()
    }
    patch.setattr(states, "_ROWS", rows)
