"""Rules of a sheet and of its sections, without HTTP."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from msgspec.structs import replace

from simulator.care_sheets import standing
from simulator.care_sheets.model import Section, Sheet, derived_id, unexpired
from simulator.care_sheets.states import Line, LineState
from simulator.kit.problems import Problem
from simulator.resolutions.model import Lease

NOW = datetime(2026, 11, 23, 9, tzinfo=UTC)
LEASE = Lease("lea-1", "pharmacy", "PHA-KEN-01", "200000012", NOW + timedelta(hours=2))
LINES = (
    Line("pharmacy", 1, LineState.OPEN, Decimal(2)),
    Line("pharmacy", 2, LineState.PARTIAL, Decimal(3), Decimal(1), last="exe-1"),
)
SECTION = Section("pharmacy", 3, LINES)
SHEET = Sheet(
    number="2600000000000175",
    author="100000011",
    establishment="CAB-KEN-01",
    client="essai",
    beneficiary=("100000001", 0),
    issued_at=NOW,
    date_of_care=date(2026, 11, 23),
    valid_until=date(2027, 2, 21),
    revision=3,
    rotation=0,
    replaced_by=None,
    replaces=None,
    content={},
    sections={"pharmacy": SECTION},
)
CANCELLED = replace(SECTION, lines=(replace(LINES[0], state=LineState.CANCELLED),))


def test_a_live_sheet_passes() -> None:
    SHEET.require_live()


@pytest.mark.parametrize(
    ("change", "slug"),
    [
        ({"replaced_by": "2600000000000272"}, "sheet-replaced"),
        ({"past_validity": True}, "sheet-expired"),
        ({"sections": {"pharmacy": CANCELLED}}, "sheet-cancelled"),
    ],
)
def test_a_sheet_that_is_over_refuses(change: dict[str, object], slug: str) -> None:
    with pytest.raises(Problem) as refusal:
        replace(SHEET, **change).require_live()  # type: ignore[arg-type]
    assert refusal.value.slug == slug
    assert refusal.value.current_state


@pytest.mark.parametrize("tags", ['"3"', '"1", "3"'])
def test_a_current_revision_is_accepted(tags: str) -> None:
    SHEET.require_revision(tags)
    SECTION.require_revision(tags)


@pytest.mark.parametrize("tags", ['"2"', "3", 'W/"3"', '"33"'])
def test_another_revision_is_refused(tags: str) -> None:
    for subject in (SHEET, SECTION):
        with pytest.raises(Problem, match="precondition-failed"):
            subject.require_revision(tags)


@pytest.mark.parametrize(
    ("tags", "quotes"), [("3", True), ('W/"3"', True), ("*", True), ('"abc"', True), ('"2"', False)]
)
def test_a_revision_that_is_not_one_is_told_how_it_is_written(tags: str, quotes: bool) -> None:
    with pytest.raises(Problem) as refusal:
        SECTION.require_revision(tags)
    assert ("entre guillemets droits" in (refusal.value.detail or "")) is quotes
    assert refusal.value.headers == {"etag": '"3"'}


def test_the_lapse_of_a_lease_is_read_not_written() -> None:
    held = SECTION.held_by(LEASE)
    assert (held.lease, held.leases, held.visitors) == (LEASE, 1, ("PHA-KEN-01",))
    assert held.held_by(replace(LEASE, expires_at=NOW)).leases == 1
    assert held.as_of(NOW, past_validity=False) is held
    assert held.as_of(LEASE.expires_at, past_validity=False).lease is None


def test_a_requested_cancellation_takes_effect_when_the_lease_ends() -> None:
    held = replace(SECTION.held_by(LEASE), cancelling=frozenset({1}))
    assert held.closing
    assert held.as_of(NOW, past_validity=False) is held
    for after in (held.freed(), held.as_of(LEASE.expires_at, past_validity=False)):
        assert [line.state.value for line in after.lines] == ["cancelled", "partial"]
        assert after.lease is None and not after.cancelling


def test_expiry_is_read_not_written() -> None:
    seen = SECTION.as_of(NOW, past_validity=True)
    assert {line.state for line in seen.lines} == {LineState.EXPIRED}
    assert unexpired(seen, SECTION).lines == LINES


def test_a_standing_is_written_and_read_back() -> None:
    held = replace(SECTION.held_by(LEASE), cancelling=frozenset({2}), executions=("exe-1",), clients=("essai",))
    assert standing.parse(standing.text({"pharmacy": held})) == {"pharmacy": held}


def test_revisions_follow_from_what_changed() -> None:
    before = {"pharmacy": SECTION}
    same, touched = standing.revised(before, {"pharmacy": SECTION.held_by(LEASE)})
    assert (same["pharmacy"].revision, touched) == (3, False)
    moved, touched = standing.revised(before, {"pharmacy": CANCELLED})
    assert (moved["pharmacy"].revision, touched) == (4, True)
    asked, touched = standing.revised(before, {"pharmacy": replace(SECTION, cancelling=frozenset({1}))})
    assert (asked["pharmacy"].revision, touched) == (3, True)


def test_identifiers_depend_on_every_part() -> None:
    made = {
        derived_id(secret, prefix, *parts)
        for secret in (b"a", b"b")
        for prefix in ("exe", "clm")
        for parts in (("1", "23"), ("12", "3"), ("123",))
    }
    assert len(made) == 12
    assert all(len(one) == 20 for one in made)
