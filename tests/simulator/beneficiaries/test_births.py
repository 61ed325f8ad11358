"""A child without a number, of any mother: declared to the bench, covered with her, then for thirty days at most."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from tests.simulator.catalogue.scene import Scene, act, must
from tests.simulator.lifecycle.door import open_door


@pytest.fixture
def play() -> Iterator[Scene]:
    door = open_door()
    yield Scene(door)
    door.close()


def born(play: Scene, number: str, rank: int, day: str = "2026-11-22") -> dict[str, Any]:
    return play.bench("/births", {"registration_number": number, "dependant_rank": rank, "birth_date": day, "sex": "M"})


def rights(play: Scene, number: str, rank: int, day: str) -> dict[str, Any]:
    who = {"registration_number": number, "dependant_rank": rank}
    return must(play.call("gp", "POST", "/v1/rights-checks", {"beneficiary": who, "date_of_care": day}))


def test_of_an_insured_woman_and_of_a_spouse(play: Scene) -> None:
    assert born(play, "100000004", 0)["dependant_rank"] == 1
    child = born(play, "100000001", 1)
    assert (child["dependant_rank"], child["open"], child["regime"]) == (3, True, "salaried")
    assert born(play, "100000001", 1)["dependant_rank"] == 4, "a twin"
    told = [rights(play, "100000001", 3, day) for day in ("2026-11-21", "2026-11-22", "2026-12-22", "2026-12-23")]
    assert [one["open"] for one in told] == [False, True, True, False]
    assert [one["rule"] for one in told] == ["RGL-NAISSANCE", *["RGL-NOUVEAU-NE"] * 3]
    assert told[1]["beneficiary"]["family_name"] == "Alami"


def test_he_is_cared_for_and_his_father_sees_it(play: Scene) -> None:
    born(play, "100000001", 1)
    who = {"registration_number": "100000001", "dependant_rank": 3}
    sheet = play.issue({"type": "prescriber", "lines": [act("C", charged="80.00")]}, beneficiary=who)
    assert "provisional-registration" in {one["code"] for one in sheet["warnings"]}
    (line,) = sheet["claims"][0]["lines"]
    assert line["explanation"][0]["rule"] == "RGL-NOUVEAU-NE"
    mine = must(play.call("patient:salaried", "GET", "/v1/me/claims", query="dependant_rank=3"))
    assert [one["id"] for one in mine["items"]] == [sheet["claims"][0]["id"]]
    must(play.call("patient:salaried", "GET", "/v1/me/accesses", query="dependant_rank=3"))


def test_his_rights_are_his_mother_s(play: Scene) -> None:
    """The student's scheme ends with the law; a registered affiliation gives him a number."""
    born(play, "100000007", 0)
    assert rights(play, "100000007", 1, "2026-11-22")["regime"] == "student"
    more = {"registration_number": "100000007", "dependant_rank": 1, "regime": "salaried", "start": "2026-11-22"}
    play.bench("/affiliations", more)
    told = rights(play, "100000007", 1, "2040-01-01")
    assert (told["open"], told["rule"], told["warnings"]) == (True, "RGL-ENFANT-21", [])


@pytest.mark.parametrize(
    ("rank", "day"), [(0, "2026-11-22"), (2, "2026-11-22"), (1, "2026-11-24")], ids=["a man", "a child", "to come"]
)
def test_who_is_no_mother_and_a_day_to_come_are_refused(play: Scene, rank: int, day: str) -> None:
    with pytest.raises(AssertionError, match="invalid-payload"):
        born(play, "100000001", rank, day)
