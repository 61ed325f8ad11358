"""A visit entered twice is recorded once: the same late entry sent again, or one that had been done online."""

from typing import Any

import pytest

from tests.simulator.executions.late import AT, STRANGER, correct, enter, item

NEXT = "2026-11-23T09:00:01Z"


def executed(counter: Any, sheet: Any) -> list[str]:
    return [line["executed"] for line in counter.state(sheet["number"])["sections"][-1]["lines"]]


def refused(answer: Any, stands: Any) -> None:
    body = answer.json()
    assert (answer.status_code, body["code"], body.get("execution")) == (409, "already-recorded", stands["id"]), body


def test_the_same_late_entry_under_two_keys_is_recorded_once(counter: Any, make: Any) -> None:
    sheet = counter.issue(make.medicine(quantity="4"))
    done = enter(counter, sheet, item(make, "1"), STRANGER).json()
    refused(enter(counter, sheet, item(make, "1"), STRANGER), done)
    refused(enter(counter, sheet, STRANGER, item(make, "1", charged="40.00", lot="L2")), done)
    assert executed(counter, sheet) == ["1"]
    listed = counter.call("pharmacy", "GET", "/v1/late-executions").json()["items"]
    assert [x["id"] for x in listed] == [done["id"]]


def test_what_found_no_line_is_left_to_a_person_once(counter: Any) -> None:
    sheet = counter.issue()
    sirup = {"label": "Sirop de la voisine", "quantity": "0.5", "charged": "12.00"}
    done = enter(counter, sheet, STRANGER, sirup).json()
    refused(enter(counter, sheet, STRANGER, {**sirup, "label": " SIROP de la voisine "}), done)


@pytest.mark.parametrize("whole", [False, True])
def test_a_visit_done_online_is_not_entered_again(counter: Any, make: Any, whole: bool) -> None:
    sheet = counter.issue(make.medicine(quantity="2"), make.medicine(quantity="2"))
    quantity = "2" if whole else "1"
    done = counter.execute(counter.hold(sheet), make.delivered(quantity=quantity), performed_at=AT).json()
    refused(enter(counter, sheet, item(make, quantity), at="2026-11-23T09:00:00.4321Z"), done)
    if whole:
        refused(enter(counter, sheet, item(make, "1"), item(make, "1")), done)
    assert executed(counter, sheet) == [quantity, "0"]


def test_an_act_left_out_online_is_the_one_prescribed(counter: Any) -> None:
    order = {"type": "physiotherapy", "lines": [{"act_code": "AMM-REEDUC", "quantity": "6"}]}
    beneficiary = {"registration_number": "100000001"}
    sheet = counter.try_issue({"date_of_care": "2026-11-23", "beneficiary": beneficiary, "sections": [order]}).json()
    headers = {"if-match": '"1"', **counter.key()}
    proof = {"scan": sheet["qr"]["payload"], "hold": True}
    held = counter.call("physiotherapy", "POST", "/v1/resolutions", json=proof).json()
    path = f"/v1/care-sheets/{sheet['number']}/sections/physiotherapy/executions"
    line = {"line": 1, "outcome": "executed", "quantity": "1", "charged": "80.00", "session": 1}
    headers["fse-lease"] = held["lease"]["id"]
    visit = {"performed_at": AT, "lines": [line]}
    done = counter.call("physiotherapy", "POST", path, json=visit, headers=headers).json()
    session = {"act_code": "AMM-REEDUC", "quantity": "1", "charged": "80.00"}
    refused(enter(counter, sheet, session, persona="physiotherapy"), done)


def test_another_visit_is_another_instant_other_things_or_another_establishment(counter: Any, make: Any) -> None:
    sheet = counter.issue(make.medicine(quantity="9"))
    assert enter(counter, sheet, item(make, "1")).status_code == 201
    counter.advance(minutes=1)
    assert enter(counter, sheet, item(make, "1"), at=NEXT).status_code == 201
    assert enter(counter, sheet, item(make, "2")).status_code == 201
    assert enter(counter, sheet, item(make, "1"), STRANGER).status_code == 201
    assert enter(counter, sheet, item(make, "1"), persona="pharmacy-b").status_code == 201
    assert executed(counter, sheet) == ["6"]


def test_a_withdrawn_visit_may_be_entered_again(counter: Any, make: Any) -> None:
    sheet = counter.issue(make.medicine(quantity="4"))
    first = enter(counter, sheet, item(make, "1")).json()
    correct(counter, first, "withdrawal", {"reason": "Erreur de feuille"})
    again = enter(counter, sheet, item(make, "1"))
    assert again.status_code == 201, again.text
    refused(enter(counter, sheet, item(make, "1")), again.json())
    assert executed(counter, sheet) == ["1"]


def test_an_amended_visit_is_still_that_visit(counter: Any, make: Any) -> None:
    sheet = counter.issue(make.medicine(quantity="4"))
    first = enter(counter, sheet, item(make, "2")).json()
    better = correct(counter, first, "amendment", {"performed_at": NEXT, "lines": [make.delivered(quantity="1")]})
    counter.advance(minutes=1)
    refused(enter(counter, sheet, item(make, "2")), better)
    refused(enter(counter, sheet, item(make, "1"), at=NEXT), better)
    correct(counter, better, "withdrawal", {"reason": "Erreur de feuille"})
    assert enter(counter, sheet, item(make, "2")).status_code == 201


def test_what_is_recorded_is_said_before_any_delay(counter: Any, make: Any) -> None:
    """Neither the delay nor an expiry sends a visit that stands to paper: it would be paid twice."""
    sheet = counter.issue()
    done = enter(counter, sheet, item(make, "2")).json()
    counter.advance(days=120)
    refused(enter(counter, sheet, item(make, "2")), done)


def test_what_is_recorded_is_said_whoever_holds_the_section_now(counter: Any, make: Any) -> None:
    sheet = counter.issue()
    done = enter(counter, sheet, item(make, "1")).json()
    counter.hold(sheet, "pharmacy-b")
    refused(enter(counter, sheet, item(make, "1")), done)
