"""Electronic care opens by phases: where and when it is not open, it is refused with the reason, and paper holds."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

import fixtures
from tests.simulator.catalogue.scene import DAY_S, PHARMACY, SHEETS, Scene, act, must, request
from tests.simulator.lifecycle.door import TOKEN, Door, Reply

BIOLOGY = {"type": "biology", "lines": [act("B-NFS")]}


def refused(reply: Reply) -> dict[str, Any]:
    assert (reply.status, reply.slug) == (409, "not-deployed-yet"), reply.body.decode()
    return dict(reply.json())


def test_a_world_is_in_homologation_unless_it_says_otherwise(play: Scene) -> None:
    for author in ("gp", "specialist"):
        assert play.try_issue(actor=author).status == 201
    said = must(play.call("anonymous", "GET", "/v1/deployment"))
    assert said["calendar"] == "homologation" and len(said["regions"]) == 12
    assert {one["phase"] for region in said["regions"] for one in region["open"]} == {"homologation"}


def test_the_pilot_is_kenitra_and_nowhere_else(door: Door) -> None:
    play = Scene(door, deployment="kenitra-pilot")
    sheet = play.issue()
    told = refused(play.try_issue(actor="specialist"))
    assert (told["province"], told["care_setting"]) == ("04.421", "ambulatory")
    assert "opens_on" not in told and "papier" in told["detail"] and "Rabat" in told["detail"]
    refused(play.call("specialist", "POST", f"{SHEETS}/estimates", request()))
    must(play.execute(play.hold(sheet)))


def test_by_stages_the_clock_opens_the_next_region(door: Door) -> None:
    play = Scene(door, deployment="staged")
    told = refused(play.try_issue(actor="specialist"))
    assert (told["phase"], told["opens_on"]) == ("region", "2027-03-01")
    assert "01/03/2027" in told["detail"]
    (here,) = [r for r in must(play.call("gp", "GET", "/v1/deployment"))["regions"] if r["region"] == "04"]
    assert [one["phase"] for one in here["open"]] == ["kenitra-pilot"]
    assert [one["phase"] for one in here["next"]] == ["region", "national", "hospital-pilot", "hospital"]
    play.world.advance(97 * DAY_S)  # the last day before
    refused(play.try_issue(actor="specialist", date_of_care="2027-02-28"))
    play.world.advance(DAY_S)
    must(play.try_issue(actor="specialist", date_of_care="2027-03-01"))


def test_hospital_care_waits_for_its_phase(door: Door) -> None:
    told = refused(Scene(door).try_issue(care_setting="hospital"))
    assert told["care_setting"] == "hospital" and "hospitaliers" in told["detail"] and "opens_on" not in told
    later = Scene(door, deployment="staged", now="2028-02-29T09:00:00Z")
    told = refused(later.try_issue(care_setting="hospital", date_of_care="2028-02-29"))
    assert (told["phase"], told["opens_on"]) == ("hospital-pilot", "2028-03-01")
    later.world.advance(DAY_S)
    sheet = later.issue(care_setting="hospital", date_of_care="2028-03-01")
    refused(later.try_issue(care_setting="hospital", date_of_care="2028-03-01", actor="specialist"))
    must(later.execute(later.hold(sheet), performed_at="2028-03-01T09:00:00Z"))


@pytest.fixture
def moved(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The second pharmacy is in Rabat for once: the fixtures have no executor outside Kénitra."""
    from dataclasses import replace

    from simulator.professionals import service

    people = dict(service._people())
    one = next(person for person in people.values() if person.persona == "pharmacy-b")
    people[one.inpe] = replace(one, establishment=replace(one.establishment, province="04.421"))
    monkeypatch.setattr(service, "_people", lambda: people)
    yield


def test_an_executor_out_of_the_pilot_reads_and_goes_on_by_paper(door: Door, moved: None) -> None:
    play = Scene(door, deployment="kenitra-pilot")
    sheet = play.issue(PHARMACY)
    must(play.resolve(sheet, "pharmacy-b"))
    refused(play.resolve(sheet, "pharmacy-b", hold=True))
    refused(play.late(sheet, actor="pharmacy-b"))
    open_everywhere = Scene(door)
    must(open_everywhere.resolve(open_everywhere.issue(), "pharmacy-b", hold=True))


def test_before_the_pilot_nothing_is_issued(door: Door) -> None:
    play = Scene(door, deployment="staged", now="2026-11-01T09:00:00Z")
    assert refused(play.try_issue(date_of_care="2026-11-01"))["opens_on"] == "2026-11-02"


def test_a_late_entry_is_judged_on_its_own_day(door: Door, moved: None) -> None:
    """Rabat opens on 1 March: a visit of the second before could only be on paper, whenever it is entered."""
    play = Scene(door, deployment="staged", now="2027-02-27T09:00:00Z")
    sheet = play.issue(PHARMACY, date_of_care="2027-02-27")
    play.world.advance(3 * DAY_S)
    told = refused(play.late(sheet, actor="pharmacy-b", performed_at="2027-02-28T23:59:59Z"))
    assert told["province"] == "04.421"
    must(play.late(sheet, actor="pharmacy-b", performed_at="2027-03-01T00:00:00Z"))


def test_a_world_names_a_calendar_that_exists(door: Door) -> None:
    made = Scene(door, deployment="national").world.made
    assert made["deployment"] == "national"
    reply = door("POST", "/bench/v1/worlds", headers={"authorization": f"Bearer {TOKEN}"},
                 body={"deployment": "demain"})  # fmt: skip
    assert reply.status == 422


def test_the_data_are_whole() -> None:
    assert list(fixtures.regions()) == [f"{code:02}" for code in range(1, 13)]
    for calendar in fixtures.calendars().values():
        assert [one.opens for one in calendar.openings] == sorted(one.opens for one in calendar.openings)
        for one in calendar.openings:
            assert one.place == "MA" or one.place[:2] in fixtures.regions()
            assert one.source and one.fidelity in ("official", "deduced", "hypothesis")
