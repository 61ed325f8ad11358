"""Rules of a sheet that HTTP cannot reach yet."""

from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from simulator.care_sheets.model import Sheet, derived_id
from simulator.care_sheets.states import Line, LineState
from simulator.kit.problems import Problem

SHEET = Sheet(
    number="2600000000000175",
    author="100000011",
    establishment="CAB-KEN-01",
    issued_at=datetime(2026, 11, 23, 9, tzinfo=UTC),
    date_of_care=date(2026, 11, 23),
    valid_until=date(2027, 2, 21),
    revision=3,
    rotation=0,
    replaced_by=None,
    content={},
    lines=(Line("pharmacy", 1, LineState.OPEN, Decimal(2)),),
    past_validity=False,
)


def test_a_live_sheet_passes() -> None:
    SHEET.require_live()


@pytest.mark.parametrize(
    ("change", "slug"),
    [
        ({"replaced_by": "2600000000000272"}, "sheet-replaced"),
        ({"past_validity": True}, "sheet-expired"),
        ({"lines": (replace(SHEET.lines[0], state=LineState.CANCELLED),)}, "sheet-cancelled"),
    ],
)
def test_a_sheet_that_is_over_refuses(change: dict[str, object], slug: str) -> None:
    with pytest.raises(Problem) as refusal:
        replace(SHEET, **change).require_live()  # type: ignore[arg-type]
    assert refusal.value.slug == slug
    assert refusal.value.current_state


@pytest.mark.parametrize("tags", ['"3"', '"1", "3"', "*"])
def test_a_current_revision_is_accepted(tags: str) -> None:
    SHEET.require_revision(tags)


@pytest.mark.parametrize("tags", ['"2"', "3", 'W/"3"', '"33"'])
def test_another_revision_is_refused(tags: str) -> None:
    with pytest.raises(Problem, match="precondition-failed"):
        SHEET.require_revision(tags)


def test_identifiers_depend_on_every_part() -> None:
    made = {
        derived_id(secret, prefix, *parts)
        for secret in (b"a", b"b")
        for prefix in ("exe", "clm")
        for parts in (("1", "23"), ("12", "3"), ("123",))
    }
    assert len(made) == 12
    assert all(len(one) == 20 for one in made)
