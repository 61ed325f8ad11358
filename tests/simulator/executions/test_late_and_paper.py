"""What was done during an outage, entered afterwards; and what goes on on paper."""

from typing import Any

import pytest

from tests.simulator.executions.late import AT, enter, item


def code(answer: Any) -> tuple[int, str]:
    return answer.status_code, answer.json()["code"]


def states(counter: Any, sheet: Any) -> list[tuple[str, str]]:
    lines = counter.state(sheet["number"])["sections"][1]["lines"]
    return [(line["state"], line["executed"]) for line in lines]


def test_a_late_entry_finds_its_line(counter: Any, make: Any) -> None:
    sheet = counter.issue()
    counter.advance(days=2)
    answer = enter(counter, sheet, item(make))
    assert answer.status_code == 201, answer.text
    body = answer.json()
    assert body["items"] == [
        {"item": 1, "outcome": "matched", **item(make), "line": 1, "state": "executed", "remaining": "0"}
    ]
    assert (body["status"], body["claim"]["lines"][0]["execution"]) == ("executed", body["id"])
    assert (body["performed_at"], body["recorded_at"]) == (AT, "2026-11-25T09:00:00Z")


def test_what_has_no_line_is_left_to_a_person(counter: Any, make: Any) -> None:
    sheet = counter.issue()
    stranger = item(make, ean13="6118999000186")
    body = enter(counter, sheet, item(make, "1"), stranger).json()
    assert [x["outcome"] for x in body["items"]] == ["matched", "to_reconcile"]
    assert body["items"][1]["reason"] == "no-such-line"
    assert states(counter, sheet) == [("partial", "1")]
    listed = counter.call("pharmacy", "GET", "/v1/late-executions?to_reconcile=true").json()["items"]
    assert [x["id"] for x in listed] == [body["id"]]
    assert counter.call("pharmacy-b", "GET", "/v1/late-executions").json() == {"items": []}


def test_two_items_feed_one_line_in_turn(counter: Any, make: Any) -> None:
    sheet = counter.issue()
    body = enter(counter, sheet, item(make, "1"), item(make, "1")).json()
    assert [x["remaining"] for x in body["items"]] == ["1", "0"]
    assert states(counter, sheet) == [("executed", "2")]


@pytest.mark.parametrize("before", [False, True])
def test_more_than_the_remainder_is_a_conflict(counter: Any, make: Any, before: bool) -> None:
    sheet = counter.issue()
    if before:
        assert counter.execute(counter.hold(sheet, "pharmacy-b"), make.delivered(1), persona="pharmacy-b").is_success
    seen = states(counter, sheet)
    assert code(enter(counter, sheet, item(make, "1" if before else "3"))) == (409, "over-remainder")
    assert states(counter, sheet) == seen


def test_a_line_cancelled_meanwhile_is_to_reconcile(counter: Any, make: Any) -> None:
    sheet = counter.issue()
    assert counter.cancel(sheet).status_code == 200
    body = enter(counter, sheet, item(make)).json()
    assert (body["items"][0]["reason"], body["status"], "claim" in body) == ("line-closed", "cancelled", False)


def test_a_sheet_that_has_expired_since_is_still_executed(counter: Any, make: Any) -> None:
    sheet = counter.issue()
    counter.advance(days=90)
    on_the_last_day = "2027-02-21T12:00:00Z"
    counter.advance(days=1)
    assert enter(counter, sheet, item(make), at=on_the_last_day).status_code == 201
    other = counter.issue(date_of_care="2027-02-22")
    counter.advance(days=93)
    assert code(enter(counter, other, item(make), at="2027-05-25T12:00:00Z")) == (409, "sheet-expired")


def test_an_expired_sheet_tells_an_executor_of_his_section_only(counter: Any, make: Any) -> None:
    body = make.sheet()
    body["sections"] = [*body["sections"][1:], {"type": "biology", "lines": [{"act_code": "B-NFS", "quantity": "1"}]}]
    sheet = counter.try_issue(body).json()
    blood = {"act_code": "B-NFS", "quantity": "1", "charged": "60.00"}
    assert enter(counter, sheet, blood, persona="biology").json()["status"] == "executed"
    counter.advance(days=93)
    refused = enter(counter, sheet, item(make), at="2027-02-23T09:00:00Z")
    assert (code(refused), refused.json()["current_state"]) == ((409, "sheet-expired"), "expired")
    for persona, told in (("pharmacy", "expired"), ("biology", "executed"), ("physiotherapy", "expired")):
        refused = counter.resolve({"scan": sheet["qr"]["payload"]}, persona=persona)
        assert (code(refused), refused.json()["current_state"]) == ((409, "sheet-expired"), told), persona


@pytest.mark.parametrize(("days", "status"), [(7, 201), (8, 409)])
def test_a_late_entry_has_its_delay(counter: Any, make: Any, days: int, status: int) -> None:
    sheet = counter.issue()
    counter.advance(days=days)
    answer = enter(counter, sheet, item(make))
    assert answer.status_code == status
    assert status == 201 or answer.json()["code"] == "late-entry-too-old"


def test_another_s_hold_comes_first(counter: Any, make: Any) -> None:
    sheet = counter.issue()
    counter.hold(sheet, "pharmacy-b")
    assert code(enter(counter, sheet, item(make))) == (423, "section-held")
    counter.hold(counter.issue())
    counter.advance(hours=2)
    assert enter(counter, sheet, item(make)).status_code == 201


def test_a_late_entry_can_be_withdrawn(counter: Any, make: Any) -> None:
    sheet = counter.issue()
    body = enter(counter, sheet, item(make, "1"), item(make, "1")).json()
    headers = {"if-match": f'"{body["revision"]}"', **counter.key()}
    path = f"/v1/executions/{body['id']}/withdrawal"
    assert counter.call("pharmacy", "POST", path, json={"reason": "x"}, headers=headers).status_code == 200
    assert states(counter, sheet) == [("open", "0")]


def move(counter: Any, held: Any, *lines: int, reference: str = "KEN-2026-0001") -> Any:
    headers = {"if-match": f'"{held["revision"]}"', "fse-lease": held["lease"]["id"], **counter.key()}
    path = f"/v1/care-sheets/{held['number']}/sections/pharmacy/paper-fallback"
    body = {"paper_reference": reference, "reason": "Panne", "lines": list(lines)}
    return counter.call("pharmacy", "POST", path, json=body, headers=headers)


def test_a_section_goes_on_on_paper(counter: Any, make: Any) -> None:
    sheet = counter.issue(make.medicine(), make.medicine())
    held = counter.hold(sheet)
    answer = move(counter, held, 2)
    assert answer.status_code == 201, answer.text
    assert answer.json()["lines"] == [{"line": 2, "state": "moved_to_paper", "remaining": "2"}]
    held = counter.hold(sheet)
    assert code(counter.execute(held, make.delivered(2))) == (409, "line-terminal")
    assert counter.execute(held, make.delivered(1)).json()["status"] == "partly_executed"
    headers = {"if-match": '"3"', **counter.key()}
    path = f"/v1/executions/{answer.json()['id']}/withdrawal"
    assert code(counter.call("pharmacy", "POST", path, json={"reason": "x"}, headers=headers)) == (409, "line-terminal")


def test_a_paper_reference_serves_once(counter: Any) -> None:
    first, second = (counter.hold(counter.issue()) for _ in range(2))
    assert move(counter, first, 1).status_code == 201
    assert code(move(counter, second, 1)) == (409, "paper-reference-used")
    assert move(counter, second, 1, reference="KEN-2026-0002").status_code == 201


def test_what_went_on_on_paper_is_not_entered_afterwards(counter: Any, make: Any) -> None:
    """Done during the outage or not: the paper may be paid, so nothing electronic follows."""
    sheet = counter.issue(make.medicine(), make.medicine("6118999000025"))
    assert move(counter, counter.hold(sheet), 1).status_code == 201
    counter.advance(hours=2)
    second = item(make, ean13="6118999000025")
    for persona in ("pharmacy", "pharmacy-b"):
        refused = enter(counter, sheet, second, item(make, "1"), persona=persona)
        assert code(refused) == (409, "line-terminal")
        assert refused.json()["current_state"] == "moved_to_paper"
        (error,) = refused.json()["errors"]
        assert (error["pointer"], error["code"]) == ("/items/1", "line-terminal")
    assert states(counter, sheet) == [("moved_to_paper", "0"), ("open", "0")]
    assert enter(counter, sheet, second).json()["items"][0]["outcome"] == "matched"


def test_what_was_entered_afterwards_does_not_go_on_on_paper(counter: Any, make: Any) -> None:
    sheet = counter.issue()
    held = counter.hold(sheet)
    revision = enter(counter, sheet, item(make, "1")).json()["revision"]
    moved = move(counter, {**held, "revision": revision}, 1).json()["lines"]
    assert moved == [{"line": 1, "state": "moved_to_paper", "remaining": "1"}]
    assert enter(counter, sheet, item(make, "1")).json()["code"] == "already-recorded"
    other = counter.issue()
    held = counter.hold(other)
    revision = enter(counter, other, item(make)).json()["revision"]
    assert code(move(counter, {**held, "revision": revision}, 1, reference="KEN-2026-0002")) == (409, "nothing-open")


def test_a_twin_of_a_line_moved_to_paper_is_still_open(counter: Any, make: Any) -> None:
    sheet = counter.issue(make.medicine(), make.medicine())
    assert move(counter, counter.hold(sheet), 1).status_code == 201
    assert enter(counter, sheet, item(make)).json()["items"][0]["line"] == 2
    assert code(enter(counter, sheet, item(make, "1"))) == (409, "over-remainder")
