"""The table of holds is total, and decides by establishment and time."""

from datetime import UTC, datetime, timedelta

import pytest

from simulator.kit.problems import Problem
from simulator.resolutions.model import TABLE, Action, Effect, Lease, Standing, as_markdown, decide, live

NOW = datetime(2026, 11, 23, 9, tzinfo=UTC)
LEASE = Lease("lea-1", "2600000000000175", "pharmacy", "PHA-KEN-01", NOW + timedelta(hours=2))


def test_the_table_is_total() -> None:
    assert set(TABLE) == {(standing, action) for standing in Standing for action in Action}
    assert as_markdown().count("\n") == len(TABLE) + 2


def test_a_lease_lives_until_its_end_or_its_release() -> None:
    assert live([LEASE], "pharmacy", NOW) is LEASE
    assert live([LEASE], "biology", NOW) is None
    assert live([LEASE], "pharmacy", LEASE.expires_at) is None
    released = Lease(LEASE.id, LEASE.number, "pharmacy", LEASE.establishment, LEASE.expires_at, released=True)
    assert live([released, LEASE], "pharmacy", NOW) is LEASE


@pytest.mark.parametrize(
    ("current", "place", "action", "effect"),
    [
        (None, "PHA-KEN-01", Action.HOLD, Effect.GRANT),
        (LEASE, "PHA-KEN-01", Action.HOLD, Effect.RENEW),
        (LEASE, "PHA-KEN-01", Action.EXECUTE, Effect.PROCEED),
        (LEASE, "PHA-KEN-01", Action.RELEASE, Effect.FREE_IT),
        (LEASE, "PHA-KEN-02", Action.RELEASE, Effect.PROCEED),
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
        (LEASE, "CAB-KEN-01", Action.CANCEL, "cannot-cancel"),
    ],
)
def test_refusals(current: Lease | None, place: str, action: Action, slug: str) -> None:
    with pytest.raises(Problem) as refusal:
        decide(current, place, action, NOW)
    assert refusal.value.slug == slug
    assert "PHA-KEN" not in str(refusal.value.members) + str(refusal.value.detail)
