"""A late entry read again: what was said, what is left to a person, and what has corrected it since."""

from typing import Any

import pytest

from tests.simulator.executions.late import AT, STRANGER, correct, enter, item


def late(counter: Any, to_reconcile: str = "true") -> Any:
    return counter.call("pharmacy", "GET", f"/v1/late-executions?to_reconcile={to_reconcile}").json()["items"]


def test_what_is_to_reconcile_is_given_back_as_it_was_said(counter: Any, make: Any) -> None:
    other = {"label": "Sirop de la voisine", "quantity": "0.5", "charged": "12.00"}
    entered = enter(counter, counter.issue(), STRANGER, item(make, "1"), other).json()
    assert [x["outcome"] for x in entered["items"]] == ["to_reconcile", "matched", "to_reconcile"]
    for found, said in zip(entered["items"], (STRANGER, item(make, "1"), other), strict=True):
        assert {name: found[name] for name in said} == said
    (listed,) = late(counter)
    assert listed["items"] == entered["items"]


@pytest.mark.parametrize("matching", [False, True])
def test_a_withdrawn_late_entry_waits_for_nobody(counter: Any, make: Any, matching: bool) -> None:
    done = enter(counter, counter.issue(), STRANGER, *([item(make)] if matching else [])).json()
    assert "corrected_by" not in late(counter)[0]
    back = correct(counter, done, "withdrawal", {"reason": "Erreur de feuille"})
    assert late(counter) == []
    (listed,) = late(counter, "false")
    assert (listed["id"], listed["corrected_by"]) == (done["id"], {"id": back["id"], "kind": "withdrawal"})


def test_an_amended_late_entry_waits_for_nobody(counter: Any, make: Any) -> None:
    done = enter(counter, counter.issue(), STRANGER, item(make)).json()
    again = correct(counter, done, "amendment", {"performed_at": AT, "lines": [make.delivered(quantity="1")]})
    assert late(counter) == []
    assert late(counter, "false")[0]["corrected_by"] == {"id": again["id"], "kind": "amendment"}


def test_an_execution_names_what_corrected_it_and_the_revision_of_its_section(counter: Any, make: Any) -> None:
    done = counter.execute(counter.hold(counter.issue()), make.delivered()).json()
    path = f"/v1/executions/{done['id']}"
    kept = counter.call("pharmacy", "GET", path).json()
    assert (kept["revision"], kept["current_revision"], "corrected_by" in kept) == (2, 2, False)
    amended = correct(counter, done, "amendment", {"performed_at": AT, "lines": [make.delivered(quantity="1")]})
    withdrawn = correct(counter, amended, "withdrawal", {"reason": "Erreur"})
    kept = counter.call("pharmacy", "GET", path).json()
    assert (kept["revision"], kept["current_revision"]) == (2, withdrawn["revision"])
    assert kept["corrected_by"] == {"id": amended["id"], "kind": "amendment"}
    kept = counter.call("pharmacy", "GET", f"/v1/executions/{amended['id']}").json()
    assert kept["corrected_by"] == {"id": withdrawn["id"], "kind": "withdrawal"}


def test_the_fullest_line_is_named_when_none_can_take_an_item(counter: Any, make: Any) -> None:
    sheet = counter.issue(make.medicine(quantity="1"), make.medicine(quantity="2"))
    refused = enter(counter, sheet, item(make, "3")).json()
    assert (refused["code"], refused["detail"]) == ("over-remainder", "Ligne 2 : quantité 3 demandée, il reste 2.")
    assert enter(counter, sheet, item(make, "2"), item(make, "1")).status_code == 201
    assert enter(counter, sheet, item(make, "1")).json()["detail"] == "Ligne 1 : quantité 1 demandée, déjà enregistrée."


@pytest.mark.parametrize(("at", "status"), [("09:05:00", 201), ("09:05:01", 422), ("08:55:00", 201), ("08:54:59", 422)])
def test_clocks_may_differ_by_five_minutes(counter: Any, make: Any, at: str, status: int) -> None:
    instant = f"2026-11-23T{at}Z"
    answers = [
        counter.execute(counter.hold(counter.issue()), make.delivered(quantity="1"), performed_at=instant),
        enter(counter, counter.issue(), item(make, "1"), at=instant),
    ]
    for answer in answers:
        assert answer.status_code == status, answer.text
        if status == 422:
            (error,) = answer.json()["errors"]
            assert (error["pointer"], error["code"]) == ("/performed_at", "impossible-date")
            assert "lu en UTC" in error["detail"] and "23/11/2026 à 09:00:00 UTC" in error["detail"]


def test_sessions_done_during_an_outage_are_counted_by_the_platform(counter: Any) -> None:
    body = {
        "date_of_care": "2026-11-23",
        "beneficiary": {"registration_number": "100000001"},
        "sections": [{"type": "physiotherapy", "lines": [{"act_code": "AMM-REEDUC", "quantity": "10"}]}],
    }
    sheet = counter.try_issue(body).json()
    seance = {"act_code": "AMM-REEDUC", "quantity": "1", "charged": "80.00"}
    done = enter(counter, sheet, seance, seance, persona="physiotherapy").json()
    assert done["warnings"] == []
    kept = counter.call("physiotherapy", "GET", f"/v1/executions/{done['id']}").json()
    assert [line["session"] for line in kept["lines"]] == [1, 2]
