"""What comes after a visit: amend, withdraw; and what is owed."""

from typing import Any

import pytest


def code(answer: Any) -> tuple[int, str]:
    return answer.status_code, answer.json()["code"]


def correct(counter: Any, done: Any, what: str, body: Any, persona: str = "pharmacy", **headers: str) -> Any:
    path = f"/v1/executions/{done['id']}/{what}"
    given = {"if-match": f'"{done["revision"]}"', **counter.key(), **headers}
    return counter.call(persona, "POST", path, json=body, headers=given)


def withdraw(counter: Any, done: Any, persona: str = "pharmacy", **headers: str) -> Any:
    return correct(counter, done, "withdrawal", {"reason": "Erreur de saisie"}, persona, **headers)


def visit(*lines: Any) -> Any:
    return {"performed_at": "2026-11-23T09:00:00Z", "lines": list(lines)}


def line(counter: Any, number: str, rank: int = 0) -> tuple[str, str, str | None]:
    found = counter.state(number)["sections"][1]["lines"][rank]
    return found["state"], found["executed"], found["owed_by"]


def test_a_withdrawal_opens_the_line_and_empties_the_claim(counter: Any, make: Any) -> None:
    sheet = counter.issue()
    done = counter.execute(counter.hold(sheet), make.delivered(1)).json()
    assert (done["kind"], done["claim"]["status"]) == ("execution", "adjudicated")
    back = withdraw(counter, done)
    assert back.status_code == 200, back.text
    body = back.json()
    assert (body["kind"], body["target"], body["lines"][0]["outcome"]) == ("withdrawal", done["id"], "withdrawn")
    assert (body["claim"]["status"], body["claim"]["lines"]) == ("withdrawn", [])
    assert (line(counter, sheet["number"]), body["status"]) == (("open", "0", None), "issued")
    assert (
        counter.execute(counter.hold(sheet, "pharmacy-b"), make.delivered(1), persona="pharmacy-b").status_code == 201
    )


def test_an_execution_is_withdrawn_once(counter: Any, make: Any) -> None:
    done = counter.execute(counter.hold(counter.issue()), make.delivered(1)).json()
    back = withdraw(counter, done).json()
    again = withdraw(counter, {**done, "revision": back["revision"]})
    assert code(again) == (409, "execution-withdrawn")
    assert code(withdraw(counter, {**back, "revision": back["revision"]})) == (409, "execution-withdrawn")


def test_only_the_last_execution_of_a_line(counter: Any, make: Any) -> None:
    sheet = counter.issue()
    first = counter.execute(counter.hold(sheet), make.delivered(1, "1", charged="42.30")).json()
    second = counter.execute(counter.hold(sheet), make.delivered(1, "1", charged="42.30")).json()
    assert code(withdraw(counter, {**first, "revision": second["revision"]})) == (409, "execution-not-last")
    back = withdraw(counter, second).json()
    assert line(counter, sheet["number"]) == ("partial", "1", None)
    assert withdraw(counter, {**first, "revision": back["revision"]}).status_code == 200
    assert line(counter, sheet["number"]) == ("open", "0", None)


def test_an_amendment_takes_the_place_of_the_visit(counter: Any, make: Any) -> None:
    sheet = counter.issue(make.medicine(), make.medicine())
    done = counter.execute(counter.hold(sheet), make.delivered(1), make.delivered(2)).json()
    mended = correct(counter, done, "amendment", visit(make.delivered(1, "1", charged="42.30")))
    assert mended.status_code == 201, mended.text
    body = mended.json()
    assert (body["kind"], body["target"]) == ("amendment", done["id"])
    assert [x["execution"] for x in body["claim"]["lines"]] == [body["id"]]
    assert (line(counter, sheet["number"]), line(counter, sheet["number"], 1)) == (
        ("partial", "1", None),
        ("open", "0", None),
    )
    assert withdraw(counter, body).status_code == 200
    assert line(counter, sheet["number"]) == ("open", "0", None)


def test_an_amendment_adds_nothing_unless_the_section_is_held(counter: Any, make: Any) -> None:
    sheet = counter.issue(make.medicine(), make.medicine())
    done = counter.execute(counter.hold(sheet), make.delivered(1, "1", charged="42.30")).json()
    counter.call("pharmacy", "DELETE", f"/v1/care-sheets/{sheet['number']}/sections/pharmacy/lease")
    before = counter.state(sheet["number"])
    for more in (make.delivered(1, "2"), make.delivered(2, "1")):
        assert code(correct(counter, done, "amendment", visit(more))) == (428, "lease-required")
    assert counter.state(sheet["number"]) == before
    counter.hold(sheet)
    assert code(correct(counter, done, "amendment", visit(make.delivered(1, "3")))) == (409, "over-remainder")
    assert correct(counter, done, "amendment", visit(make.delivered(1, "2"))).status_code == 201


def test_amendments_do_not_put_the_settlement_off(counter: Any, make: Any) -> None:
    done = counter.execute(counter.hold(counter.issue()), make.delivered(1)).json()
    counter.advance(days=5)
    mended = correct(counter, done, "amendment", visit(make.delivered(1, "1", charged="42.30"))).json()
    counter.advance(days=1)
    assert code(correct(counter, mended, "amendment", visit(make.delivered(1, "1")))) == (409, "claim-settled")
    assert code(withdraw(counter, mended)) == (409, "claim-settled")


def test_past_validity_a_correction_only_takes_back(counter: Any, make: Any) -> None:
    sheet = counter.issue(make.medicine(), make.medicine())
    counter.advance(days=89)
    last_day = {"performed_at": "2027-02-20T09:00:00Z"}
    done = counter.execute(counter.hold(sheet), make.delivered(1), **last_day).json()
    counter.advance(days=3)
    more = {**last_day, "lines": [make.delivered(1), make.delivered(2)]}
    assert code(correct(counter, done, "amendment", more)) == (428, "lease-required")
    less = {**last_day, "lines": [make.delivered(1, "1", charged="42.30")]}
    assert correct(counter, done, "amendment", less).status_code == 201


@pytest.mark.parametrize("what", ["withdrawal", "amendment"])
def test_what_the_author_wanted_cancelled_is_when_it_is_taken_back(counter: Any, make: Any, what: str) -> None:
    sheet = counter.issue()
    held = counter.hold(sheet)
    asked = counter.cancel(sheet).json()
    assert asked["cancellation_requested"]
    done = counter.execute(held, make.delivered(1)).json()
    body = {"reason": "x"} if what == "withdrawal" else visit(make.delivered(1, "1", charged="42.30"))
    back = correct(counter, done, what, body).json()
    assert back["lines"][0]["state"] == "cancelled"
    assert line(counter, sheet["number"])[0] == "cancelled"
    if what == "withdrawal":
        scan = {"scan": sheet["qr"]["payload"], "hold": True}
        assert code(counter.resolve(scan, "pharmacy-b")) == (409, "sheet-cancelled")


@pytest.mark.parametrize("days", [5, 6])
def test_until_the_claim_is_settled(counter: Any, make: Any, days: int) -> None:
    done = counter.execute(counter.hold(counter.issue()), make.delivered(1)).json()
    counter.advance(days=days)
    answer = withdraw(counter, done)
    assert answer.status_code == (200 if days == 5 else 409)
    assert days == 5 or answer.json()["code"] == "claim-settled"


def test_another_establishment_neither_sees_nor_corrects(counter: Any, make: Any) -> None:
    sheet = counter.issue()
    done = counter.execute(counter.hold(sheet), make.delivered(1, "1", charged="42.30")).json()
    assert code(withdraw(counter, done, "pharmacy-b")) == (404, "not-found")
    assert code(counter.call("pharmacy-b", "GET", f"/v1/executions/{done['id']}")) == (404, "not-found")
    assert code(counter.call("pharmacy-b", "GET", f"/v1/executions/{done['id']}/receipt")) == (404, "not-found")
    counter.call("pharmacy", "DELETE", f"/v1/care-sheets/{sheet['number']}/sections/pharmacy/lease")
    counter.hold(sheet, "pharmacy-b")
    assert code(withdraw(counter, done)) == (423, "section-held")


def test_an_execution_is_read_again_with_its_receipt(counter: Any, make: Any) -> None:
    done = counter.execute(counter.hold(counter.issue()), make.delivered(1)).json()
    kept = counter.call("pharmacy", "GET", f"/v1/executions/{done['id']}").json()
    assert (kept["kind"], kept["lines"][0]["quantity"], kept["receipt"]) == ("execution", "2", done["receipt"])
    receipt = counter.call("pharmacy", "GET", f"/v1/executions/{done['id']}/receipt").json()
    assert receipt == {"id": done["id"], "receipt": done["receipt"]}


def test_what_is_owed_is_kept_for_the_establishment_that_owes(counter: Any, make: Any) -> None:
    sheet = counter.issue()
    owed = counter.execute(counter.hold(sheet), {**make.delivered(1, "1", charged="42.30"), "owed": True})
    assert owed.json()["lines"][0]["state"] == "owed", owed.text
    lease = f"/v1/care-sheets/{sheet['number']}/sections/pharmacy/lease"
    counter.call("pharmacy", "DELETE", lease)
    seen = counter.resolve({"scan": sheet["qr"]["payload"]}, "pharmacy-b").json()["section"]["lines"][0]
    assert (seen["state"], seen["owed_by_you"]) == ("owed", False)
    assert code(counter.resolve({"scan": sheet["qr"]["payload"], "hold": True}, "pharmacy-b")) == (409, "nothing-open")
    held = counter.hold(sheet)
    assert held["section"]["lines"][0]["owed_by_you"] is True
    rest = counter.execute(held, make.delivered(1, "1", charged="42.30")).json()
    assert (rest["lines"][0]["state"], rest["status"]) == ("executed", "executed")


def test_what_is_owed_can_be_given_back(counter: Any, make: Any) -> None:
    sheet = counter.issue(make.medicine(), make.medicine())
    held = counter.hold(sheet)
    owed = counter.execute(held, {"line": 1, "outcome": "owed"}).json()
    assert (owed["lines"][0]["state"], "claim" in owed) == ("owed", False)
    held = counter.hold(sheet)
    back = counter.execute(held, {"line": 1, "outcome": "given_back"}).json()
    assert back["lines"][0]["state"] == "open"
    held = counter.hold(sheet)
    assert code(counter.execute(held, {"line": 1, "outcome": "given_back"})) == (409, "line-not-owed")


def test_an_executor_is_told_where_his_own_section_stands(counter: Any, make: Any) -> None:
    """That another profession has begun, or is done, is between the patient, the author and whoever did it."""
    analysis = {"act_code": "B-NFS", "quantity": "1"}
    sections = [{"type": "pharmacy", "lines": [make.medicine()]}, {"type": "biology", "lines": [analysis]}]
    sheet = counter.issue(sections=sections)
    done = counter.execute(counter.hold(sheet), make.delivered(1)).json()
    assert done["status"] == "executed", "his own is; the sheet is not"
    assert counter.hold(sheet, "biology")["status"] == "issued", "nobody has begun his"
    assert counter.state(sheet["number"])["status"] == "in_progress"
