"""A claim that comes on paper: the same arithmetic, later; who registers it, and who reads it."""

from __future__ import annotations

from typing import Any

import pytest

from tests.simulator.catalogue.scene import DAY_S, Scene, act, must
from tests.simulator.lifecycle.door import Door
from tests.simulator.paper.claims import BOXES, code, read, standing


def test_it_is_worth_what_it_would_be_electronically_and_checked_later(door: Door) -> None:
    play = Scene(door)
    made = must(play.claim_on_paper())
    assert (made["check_on"], made["warnings"]) == ("2026-11-26", [])
    claim = made["claim"]
    assert (claim["origin"], claim["reference"], claim["status"]) == ("paper", "FSP-0001", "received")
    assert "decision" not in claim and "number" not in claim
    other = Scene(door)
    done = must(other.execute(other.hold(other.issue())))
    assert claim["totals"] == done["claim"]["totals"]
    play.world.advance(3 * DAY_S - 9 * 3600 - 3601)
    assert standing(play, claim["id"]) == [("received", "pending")]
    play.world.advance(1)
    assert standing(play, claim["id"]) == [("adjudicated", "granted")]
    play.world.advance(9 * DAY_S)
    assert standing(play, claim["id"]) == [("paid", "granted")]


SESSIONS: dict[str, Any] = {"actor": "physiotherapy", "section": "physiotherapy"}


@pytest.mark.parametrize(("day", "reason"), [("2026-09-24", None), ("2026-09-23", "filed-late")])
def test_it_is_filed_in_its_delay(play: Scene, day: str, reason: str | None) -> None:
    (line,) = must(play.claim_on_paper(date_of_care=day))["claim"]["lines"]
    assert line.get("reason") == reason


@pytest.mark.parametrize(("ended", "reason"), [("2026-09-24", None), ("2026-09-23", "filed-late")])
def test_sessions_are_filed_in_the_delay_of_the_last_one(play: Scene, ended: str, reason: str | None) -> None:
    options = {**SESSIONS, "date_of_care": "2026-06-01", "treatment_ended_on": ended}
    made = must(play.claim_on_paper("PAP-1", act("AMM-REEDUC", charged="80.00"), **options))
    assert made["claim"]["lines"][0].get("reason") == reason


def test_a_paper_serves_once(play: Scene) -> None:
    must(play.claim_on_paper("PAP-1"))
    assert code(play.claim_on_paper("PAP-1", actor="pharmacy-b")) == (409, "paper-reference-used")
    assert code(play.transcribe("PAP-1")) == (409, "paper-reference-used")
    assert code(play.paper(play.hold(play.issue()), "PAP-1")) == (409, "paper-reference-used")


def test_the_software_that_registered_it_hears_of_it(door: Door) -> None:
    play = Scene(door)
    made = must(play.claim_on_paper())
    play.world.advance(30 * DAY_S)
    told = must(play.call("software", "GET", "/v1/events"))["items"]
    assert [(one["type"], one["data"]["claim"]) for one in told] == [
        ("claim.decided", made["id"]),
        ("claim.paid", made["id"]),
    ]
    state = door.bench("GET", f"/worlds/{play.world.id}/state")
    assert [one["id"] for one in state["paper_claims"]] == [made["id"]]


def test_a_month_of_care_on_one_paper(play: Scene) -> None:
    """Each day is decided as a visit of that day: rights, tariffs and ceilings are those of the day."""
    lines = [act("AMM-REEDUC", charged="80.00", date_of_care=f"2026-11-{day:02}") for day in (3, 10, 17)]
    made = must(play.claim_on_paper("PAP-1", *lines, actor="physiotherapy", section="physiotherapy",
                                    date_of_care="2026-11-03", treatment_ended_on="2026-11-17"))  # fmt: skip
    assert [line["date_of_care"] for line in made["claim"]["lines"]] == ["2026-11-03", "2026-11-10", "2026-11-17"]
    assert len({line["execution"] for line in made["claim"]["lines"]}) == 3


@pytest.mark.parametrize(
    ("changes", "pointer", "error"),
    [
        ({"date_of_care": "2026-11-24"}, "/date_of_care", "future-date"),
        ({"treatment_ended_on": "2026-11-23"}, "/treatment_ended_on", "not-a-treatment"),
        ({"actor": "biology", "section": "biology", "lines": [act("B-NFS", charged="80.00")],
          "date_of_care": "2026-01-05", "treatment_ended_on": "2026-11-20"}, "/treatment_ended_on", "not-a-treatment"),
        ({**SESSIONS, "lines": [act("AMM-REEDUC", charged="80.00")], "treatment_ended_on": "2026-11-22"},
         "/treatment_ended_on", "impossible-date"),
        ({**SESSIONS, "lines": [act("AMM-REEDUC", charged="80.00")], "treatment_ended_on": "2026-11-24"},
         "/treatment_ended_on", "impossible-date"),
        ({**SESSIONS, "lines": [act("AMM-REEDUC", charged="80.00", date_of_care="2026-11-23")],
          "date_of_care": "2026-11-20", "treatment_ended_on": "2026-11-22"},
         "/lines/0/date_of_care", "impossible-date"),
        ({"lines": [{**BOXES, "quantity": "0.5"}]}, "/lines/0/quantity", "whole-units"),
        ({**SESSIONS, "lines": [act("AMM-REEDUC", "1.5", charged="80.00")]}, "/lines/0/quantity", "whole-sessions"),
        ({"actor": "devices", "section": "devices", "lines": [act("DM-VERRE", "0.5", charged="80.00")]},
         "/lines/0/quantity", "whole-units"),
        ({"lines": [{**BOXES, "date_of_care": "2026-11-22"}]}, "/lines/0/date_of_care", "impossible-date"),
        ({"lines": [{**BOXES, "line": 1}]}, "/care_sheet", "missing"),
        ({"establishment": "PHA-KEN-02"}, "/establishment", "other-establishment"),
        ({"actor": "agent"}, "/establishment", "unknown-establishment"),
        ({"actor": "agent", "establishment": "LAB-KEN-01"}, "/section", "other-profession"),
        ({"actor": "biology", "section": "biology", "lines": [act("Z-RX1", charged="10.00")]},
         "/lines/0/act_code", "wrong-section"),
    ],
)  # fmt: skip
def test_what_cannot_be(play: Scene, changes: dict[str, Any], pointer: str, error: str) -> None:
    lines = changes.get("lines", [])
    others = {name: value for name, value in changes.items() if name != "lines"}
    refused = play.claim_on_paper("PAP-1", *lines, **others)
    assert refused.slug == "invalid-payload", refused.body.decode()
    assert [(one["pointer"], one["code"]) for one in refused.json()["errors"]] == [(pointer, error)]


def test_an_agent_keys_the_paper_of_a_prescriber_and_is_not_told_what_it_is_worth(play: Scene) -> None:
    made = must(play.claim_on_paper("PAP-1", act("C", charged="150.00"), actor="agent", establishment="CAB-KEN-01",
                                    section="prescriber"))  # fmt: skip
    assert "claim" not in made
    assert read(play, made["id"], "gp")["totals"]["cnss_share"] == "56.00"
    assert code(play.call("agent", "GET", f"/v1/claims/{made['id']}")) == (403, "insufficient-scope")


def test_its_patient_reads_it_and_who_registered_it(play: Scene) -> None:
    made = must(play.claim_on_paper())
    mine = must(play.call("patient:salaried", "GET", "/v1/me/claims"))["items"]
    assert [one["id"] for one in mine] == [made["id"]]
    assert must(play.call("patient:salaried", "GET", f"/v1/claims/{made['id']}"))["reference"] == "FSP-0001"
    assert code(play.call("patient:tns", "GET", f"/v1/claims/{made['id']}")) == (404, "not-found")
    told = [one["sentence"] for one in must(play.call("patient:salaried", "GET", "/v1/me/accesses"))["items"]]
    assert any("a enregistré une demande de remboursement sur papier en votre nom" in one for one in told)


def test_another_pharmacy_does_not_read_it(play: Scene) -> None:
    made = must(play.claim_on_paper())
    assert code(play.call("pharmacy-b", "GET", f"/v1/claims/{made['id']}")) == (404, "not-found")
    assert [one["id"] for one in must(play.call("pharmacy", "GET", "/v1/claims"))["items"]] == [made["id"]]
