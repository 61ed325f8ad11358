"""The table of holds is total, and decides by establishment and time."""

from datetime import UTC, datetime, timedelta

import pytest

from simulator.kit.problems import Problem
from simulator.resolutions.model import TABLE, Action, Effect, Lease, Standing, decide

NOW = datetime(2026, 11, 23, 9, tzinfo=UTC)
LEASE = Lease("lea-1", "pharmacy", "PHA-KEN-01", "200000012", NOW + timedelta(hours=2))


def test_the_table_is_total() -> None:
    assert set(TABLE) == {(standing, action) for standing in Standing for action in Action}


def test_a_lease_lives_until_its_end() -> None:
    assert LEASE.live(NOW)
    assert not LEASE.live(LEASE.expires_at)


def test_a_section_to_be_cancelled_is_executed_but_not_extended() -> None:
    for action, effect in ((Action.EXECUTE, Effect.PROCEED), (Action.RELEASE, Effect.CLOSE_IT)):
        assert decide(LEASE, "PHA-KEN-01", action, NOW, closing=True) is effect
    with pytest.raises(Problem, match="cancellation-requested"):
        decide(LEASE, "PHA-KEN-01", Action.EXTEND, NOW, closing=True)


@pytest.mark.parametrize(
    ("current", "place", "action", "effect"),
    [
        (None, "PHA-KEN-01", Action.HOLD, Effect.GRANT),
        (LEASE, "PHA-KEN-01", Action.HOLD, Effect.RENEW),
        (LEASE, "PHA-KEN-01", Action.EXECUTE, Effect.PROCEED),
        (LEASE, "PHA-KEN-01", Action.RELEASE, Effect.FREE_IT),
        (LEASE, "PHA-KEN-02", Action.RELEASE, Effect.PROCEED),
        (LEASE, "CAB-KEN-01", Action.CANCEL, Effect.REQUEST),
        (None, "CAB-KEN-01", Action.CANCEL, Effect.PROCEED),
    ],
)
def test_effects(current: Lease | None, place: str, action: Action, effect: Effect) -> None:
    assert decide(current, place, action, NOW) is effect


@pytest.mark.parametrize(
    ("current", "place", "action", "slug"),
    [
        (LEASE, "PHA-KEN-02", Action.HOLD, "section-held"),
        (LEASE, "PHA-KEN-02", Action.READ, "section-held"),
        (LEASE, "PHA-KEN-02", Action.EXECUTE, "lease-lost"),
        (None, "PHA-KEN-01", Action.EXTEND, "lease-lost"),
        (LEASE, "CAB-KEN-01", Action.REPLACE, "cannot-replace"),
    ],
)
def test_refusals(current: Lease | None, place: str, action: Action, slug: str) -> None:
    with pytest.raises(Problem) as refusal:
        decide(current, place, action, NOW)
    assert refusal.value.slug == slug
    assert "PHA-KEN" not in str(refusal.value.members) + str(refusal.value.detail)
