"""The table of a request, day by day, and what its approvals are worth; pure."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from simulator.approvals import model
from simulator.approvals.model import Approval, ApprovalStatus, Decision, Role, Step
from simulator.kit import clock
from simulator.kit.problems import Problem

AT = clock.parse("2026-11-23T09:00:00Z")
TODAY = date(2026, 11, 23)
S = ApprovalStatus


def asked(**changes: Any) -> Approval:
    """A request for six sessions."""
    made = Approval(
        id="apr-1",
        number="2604817390552494",
        section="physiotherapy",
        line=1,
        code="AMM-REEDUC",
        label="Séance",
        quantity=Decimal(6),
        motive="Genou",
        asked_by={},
        establishment="KIN-KEN-01",
        client="essai",
        requested_at=AT,
        due_at=AT + timedelta(days=3),
    )
    return replace(made, **changes)


def granted(quantity: int = 6, until: date = TODAY, **changes: Any) -> Approval:
    return asked(status=S.GRANTED, granted=Decimal(quantity), valid_until=until, closed_at=AT, **changes)


def refused(**changes: Any) -> Approval:
    return asked(status=S.REFUSED, reason="not-justified", closed_at=AT, **changes)


def test_the_table() -> None:
    """Written out again: a row that is added, moved or lost is seen here."""
    assert {(row.status, row.step, row.role, row.becomes) for row in model.TABLE} == {
        ("requested", "grant", Role.CNSS, "granted"),
        ("requested", "refuse", Role.CNSS, "refused"),
        ("requested", "cancel", Role.ASKER, "cancelled"),
        ("granted", "expire", Role.CLOCK, "expired"),
    }


@pytest.mark.parametrize("status", list(S))
@pytest.mark.parametrize("step", list(Step))
def test_every_step_from_every_status(status: ApprovalStatus, step: Step) -> None:
    becomes = {(row.status, row.step): row.becomes for row in model.TABLE}.get((status, step))
    if becomes is not None:
        assert model.moved(asked(status=status), step) is becomes
        return
    with pytest.raises(Problem) as refusal:
        model.moved(asked(status=status), step)
    assert (refusal.value.slug, refusal.value.current_state) == ("approval-closed", status)


def test_granted_and_refused() -> None:
    yes = model.decided(asked(), model.granting(asked(), AT, 90), AT)
    assert (yes.status, yes.granted, yes.valid_until, yes.closed_at) == (S.GRANTED, 6, date(2027, 2, 21), AT)
    less = model.decided(asked(), model.granting(asked(), AT, 90, Decimal(2)), AT)
    assert (less.granted, less.left) == (2, 2)
    no = model.decided(asked(), Decision(reason="not-justified", explanation="Bilan absent"), AT)
    assert (no.status, no.reason, no.explanation, no.left) == (S.REFUSED, "not-justified", "Bilan absent", 0)
    for closed in (yes, no, model.cancelled(asked(), AT)):
        for act in (
            lambda one: model.decided(one, Decision(granted=Decimal(1)), AT),
            lambda one: model.cancelled(one, AT),
        ):
            with pytest.raises(Problem, match="approval-closed"):
                act(closed)


def test_the_last_day_is_included() -> None:
    one = granted(until=TODAY)
    assert one.on(TODAY) is S.GRANTED
    assert one.on(TODAY + timedelta(days=1)) is S.EXPIRED
    assert asked().on(TODAY + timedelta(days=999)) is S.REQUESTED


def test_valid_days_are_those_of_morocco() -> None:
    """Decided at 23:30 UTC on the 30th: the 1st in Casablanca, so the days are counted from there."""
    decision = model.granting(asked(), clock.parse("2026-11-30T23:30:00Z"), 1)
    assert decision.valid_until == date(2026, 12, 2)


@pytest.mark.parametrize(
    ("known", "quantity", "room"),
    [
        ((), 6, True),
        ((asked(),), 1, False),
        ((refused(),), 6, True),
        ((asked(status=S.CANCELLED),), 6, True),
        ((granted(6),), 1, False),
        ((granted(4),), 2, True),
        ((granted(4),), 3, False),
        ((granted(6, TODAY - timedelta(days=1)),), 6, True),
        ((granted(2), granted(3)), 1, True),
        ((granted(2), granted(3)), 2, False),
        ((granted(2), asked()), 1, False),
    ],
)
def test_room_for_another_request(known: tuple[Approval, ...], quantity: int, room: bool) -> None:
    if room:
        model.require_room(known, Decimal(quantity), Decimal(6), TODAY)
        return
    with pytest.raises(Problem) as refusal:
        model.require_room(known, Decimal(quantity), Decimal(6), TODAY)
    assert refusal.value.slug == "approval-live" and refusal.value.members["approval"] == "apr-1"


@pytest.mark.parametrize(
    ("known", "status", "left"),
    [
        ((), None, 0),
        ((asked(),), S.REQUESTED, 0),
        ((refused(),), S.REFUSED, 0),
        ((asked(status=S.CANCELLED),), None, 0),
        ((granted(6),), S.GRANTED, 6),
        ((granted(6, uses=(("exe-1", Decimal(2)),)),), S.GRANTED, 4),
        ((granted(6, uses=(("exe-1", Decimal(6)),)),), S.GRANTED, 0),
        ((granted(6, uses=(("exe-1", Decimal(6)),)), asked()), S.GRANTED, 0),
        ((granted(6, uses=(("exe-1", Decimal(5)),)), asked()), S.GRANTED, 1),
        ((granted(6, TODAY - timedelta(days=1)),), None, 0),
        ((granted(6, TODAY - timedelta(days=1)), asked()), S.REQUESTED, 0),
        ((refused(), granted(6)), S.GRANTED, 6),
        ((refused(), granted(6, TODAY - timedelta(days=1))), None, 0),
        ((granted(6, TODAY - timedelta(days=1)), refused()), S.REFUSED, 0),
        ((refused(), asked(status=S.CANCELLED)), S.REFUSED, 0),
        ((granted(2), granted(3)), S.GRANTED, 5),
    ],
)
def test_what_a_day_of_care_is_worth(known: tuple[Approval, ...], status: ApprovalStatus | None, left: int) -> None:
    found = model.coverage(known, TODAY)
    assert (found.status, found.left) == (status, left)
    assert found.waiting is any(one.status is S.REQUESTED for one in known)


def test_counted_the_oldest_first_and_taken_back() -> None:
    first, second = granted(2, id="apr-1"), granted(3, id="apr-2")
    after, covered = model.counted((first, second), TODAY, "exe-1", Decimal(4))
    assert covered == 4 and [one.left for one in after] == [0, 1]
    more, covered = model.counted(after, TODAY, "exe-2", Decimal(4))
    assert covered == 1 and [one.id for one in more] == ["apr-2"]
    assert model.uncounted([after[0], *more], "exe-2") == [after[1]]
    assert model.counted((first,), TODAY + timedelta(days=1), "exe-1", Decimal(1)) == ([], 0), "expired that day"


visits = st.lists(st.tuples(st.integers(1, 5), st.booleans()), max_size=12)


@given(grants=st.lists(st.integers(1, 6), min_size=1, max_size=4), visits=visits)
def test_never_more_than_granted_whatever_is_taken_back(grants: list[int], visits: list[tuple[int, bool]]) -> None:
    """Visits, of which some are taken back at once: the ledger says what is left, never below nothing."""
    known = {f"apr-{n}": granted(quantity, id=f"apr-{n}") for n, quantity in enumerate(grants)}
    covered_in_all = Decimal(0)
    for rank, (quantity, undone) in enumerate(visits):
        before = dict(known)
        after, covered = model.counted(list(known.values()), TODAY, f"exe-{rank}", Decimal(quantity))
        assert covered == min(Decimal(quantity), sum((one.left for one in before.values()), Decimal(0)))
        known |= {one.id: one for one in after}
        if undone:
            known |= {one.id: one for one in model.uncounted(known.values(), f"exe-{rank}")}
            assert known == before
        else:
            covered_in_all += covered
        assert all(one.left >= 0 for one in known.values())
    assert sum(grants) - sum(one.left for one in known.values()) == covered_in_all
