"""Recording a visit: whole, partial, refused; one winner; nothing half-written."""

from typing import Any

import pytest

from simulator.kit import signing


def code(answer: Any) -> tuple[int, str]:
    return answer.status_code, answer.json()["code"]


def test_a_whole_execution_closes_the_sheet_and_frees_the_section(counter: Any, make: Any) -> None:
    sheet = counter.issue()
    held = counter.hold(sheet)
    answer = counter.execute(held, make.delivered(lot="L-42"))
    body = answer.json()
    assert (answer.status_code, answer.headers["etag"]) == (201, '"2"')
    assert body["lines"] == [{"line": 1, "outcome": "executed", "quantity": "2", "state": "executed", "remaining": "0"}]
    assert (body["status"], body["revision"]) == ("executed", 2)
    assert body["claim"]["totals"]["cnss_share"] == "59.22"  # 84.60 at 70 %
    state = counter.state(sheet["number"])
    assert state["sections"][1]["lease"] is None
    assert [execution["id"] for execution in state["executions"]][1] == body["id"]


def test_null_is_a_member_left_out(counter: Any, make: Any) -> None:
    assert counter.execute(counter.hold(counter.issue()), make.delivered(owed=None)).status_code == 201


def test_the_receipt_is_signed_and_says_what_was_recorded(counter: Any, make: Any) -> None:
    body = counter.execute(counter.hold(counter.issue()), make.delivered()).json()
    (jwk,) = counter.platform("GET", f"{counter.world['issuer']}/jwks.json").json()["keys"]
    opened = signing.open_jws(body["receipt"])
    claims = opened.verified(signing.load_public_jwk(jwk))
    assert opened.header["kid"] == jwk["kid"]
    assert (claims["jti"], claims["number"], claims["claim"]) == (body["id"], body["number"], body["claim"]["id"])
    assert (claims["establishment"], claims["revision"]) == ("PHA-KEN-01", 2)
    assert (claims["cnss_share"], claims["patient_share"]) == ("59.22", "25.38")
    assert "Idrissi" not in str(claims)


def test_a_partial_execution_then_the_rest(counter: Any, make: Any) -> None:
    sheet = counter.issue()
    held = counter.hold(sheet)
    first = counter.execute(held, make.delivered(quantity="1", charged="42.30")).json()
    assert (first["status"], first["lines"][0]["state"], first["lines"][0]["remaining"]) == (
        "in_progress",
        "partial",
        "1",
    )
    assert counter.state(sheet["number"])["sections"][1]["lease"]["id"] == held["lease"]["id"]
    held["revision"] = first["revision"]
    second = counter.execute(held, make.delivered(quantity="1", charged="42.30")).json()
    assert (second["status"], second["lines"][0]["state"]) == ("executed", "executed")
    assert second["claim"]["id"] == first["claim"]["id"]
    assert [line["execution"] for line in second["claim"]["lines"]] == [first["id"], second["id"]]
    assert second["claim"]["totals"]["charged"] == "84.60"


def test_another_pharmacy_may_deliver_the_rest(counter: Any, make: Any) -> None:
    sheet = counter.issue()
    first = counter.execute(counter.hold(sheet), make.delivered(quantity="1", charged="42.30")).json()
    path = f"/v1/care-sheets/{sheet['number']}/sections/pharmacy/lease"
    assert counter.call("pharmacy", "DELETE", path).status_code == 204
    held = counter.hold(sheet, "pharmacy-b")
    assert held["revision"] == first["revision"]
    second = counter.execute(held, make.delivered(quantity="1", charged="42.30"), persona="pharmacy-b").json()
    assert second["status"] == "executed"
    assert second["claim"]["establishment"] == "PHA-KEN-02"
    assert second["claim"]["id"] != first["claim"]["id"]


def test_a_refusal_to_deliver_closes_the_line_and_claims_nothing(counter: Any) -> None:
    sheet = counter.issue()
    line = {"line": 1, "outcome": "not_executed", "reason": "out-of-stock"}
    body = counter.execute(counter.hold(sheet), line).json()
    assert (body["status"], body["lines"][0]["state"]) == ("partly_executed", "not_executed")
    assert "claim" not in body


def test_one_bad_line_records_nothing(counter: Any, make: Any) -> None:
    sheet = counter.issue(make.medicine(), make.medicine())
    held = counter.hold(sheet)
    before = counter.state(sheet["number"])
    answer = counter.execute(held, make.delivered(1), make.delivered(2, "3"))
    assert code(answer) == (409, "over-remainder")
    problem = answer.json()
    assert (problem["errors"][0]["pointer"], problem["current_state"]) == ("/lines/1/quantity", "open")
    assert problem["allowed_transitions"] == ["execute", "owe", "decline", "move_to_paper"]
    assert counter.state(sheet["number"]) == before
    assert counter.execute(held, make.delivered(1), make.delivered(2, "2")).status_code == 201


@pytest.mark.parametrize(
    ("line", "status", "slug", "pointer"),
    [
        ({"line": 7}, 422, "line-unknown", "/lines/0/line"),
        ({"quantity": "2.5"}, 409, "over-remainder", "/lines/0/quantity"),
        ({"ean13": "6118999000025"}, 409, "substitution-not-allowed", "/lines/0/ean13"),
        ({"ean13": None}, 422, "invalid-payload", "/lines/0/ean13"),
        ({"quantity": "0"}, 422, "invalid-payload", "/lines/0/quantity"),
        ({"outcome": "perhaps"}, 422, "invalid-payload", "/lines/0"),
    ],
)
def test_lines_that_are_refused(
    counter: Any, make: Any, line: dict[str, Any], status: int, slug: str, pointer: str
) -> None:
    sheet = counter.issue()
    answer = counter.execute(counter.hold(sheet), make.delivered(**line))
    assert code(answer) == (status, slug)
    assert answer.json()["errors"][0]["pointer"] == pointer
    assert counter.state(sheet["number"])["revision"] == 1


def test_a_closed_line_stays_closed(counter: Any, make: Any) -> None:
    sheet = counter.issue(make.medicine(), make.medicine())
    held = counter.hold(sheet)
    counter.execute(held, make.delivered(1))
    held["revision"] = 2
    assert code(counter.execute(held, make.delivered(1, "1"))) == (409, "line-terminal")
    assert counter.execute(held, make.delivered(2)).status_code == 201


def test_a_line_given_twice(counter: Any, make: Any) -> None:
    held = counter.hold(counter.issue())
    answer = counter.execute(held, make.delivered(1, "1"), make.delivered(1, "1"))
    assert code(answer) == (422, "invalid-payload")
    assert answer.json()["errors"][0]["pointer"] == "/lines/1/line"


def test_substitution_with_the_prescriber_s_agreement(counter: Any, make: Any) -> None:
    held = counter.hold(counter.issue())
    line = make.delivered(ean13="6118999000025", substitution={"reason": "prescriber-agreed"})
    body = counter.execute(held, line).json()
    assert body["claim"]["lines"][0]["label"].startswith("AMOXIRAM 1 G")


def test_substitution_that_the_sheet_allows(counter: Any, make: Any) -> None:
    held = counter.hold(counter.issue(make.medicine(substitution_allowed=True)))
    assert counter.execute(held, make.delivered(ean13="6118999000025")).status_code == 201


def test_a_product_outside_the_list_is_delivered_and_not_reimbursed(counter: Any, make: Any) -> None:
    outside = make.medicine(None, outside_list={"label": "Pommade", "reason": "Préparation"})
    body = counter.execute(counter.hold(counter.issue(outside)), make.delivered(ean13=None)).json()
    (line,) = body["claim"]["lines"]
    assert (line["decision"], line["reason"], line["patient_share"]) == ("rejected", "outside-list", "84.60")
    assert [w["code"] for w in body["warnings"]] == ["outside-list"]


def test_a_charge_above_the_public_price_is_warned(counter: Any, make: Any) -> None:
    body = counter.execute(counter.hold(counter.issue()), make.delivered(charged="90.00", lot="L-42")).json()
    assert [w["code"] for w in body["warnings"]] == ["charged-above-public-price"]
    assert body["claim"]["totals"]["excess"] == "5.40"


def test_headers_are_demanded(counter: Any, make: Any) -> None:
    held = counter.hold(counter.issue())
    for header, slug in (
        ({"if-match": None}, "precondition-required"),
        ({"fse-lease": None}, "lease-required"),
    ):
        assert code(counter.execute(held, make.delivered(), headers=header)) == (428, slug)
    answer = counter.execute(held, make.delivered(), headers={"idempotency-key": None})
    assert code(answer) == (400, "missing-idempotency-key")
    assert counter.execute(held, make.delivered()).status_code == 201


def test_a_lease_that_ended_was_released_or_is_another_one(counter: Any, make: Any) -> None:
    sheet = counter.issue()
    held = counter.hold(sheet)
    assert code(counter.execute(held, make.delivered(), headers={"fse-lease": "lea-autre"})) == (
        409,
        "lease-lost",
    )
    counter.advance(hours=2)
    late = {"performed_at": "2026-11-23T11:00:00Z"}
    assert code(counter.execute(held, make.delivered(), **late)) == (409, "lease-lost")
    other = counter.hold(sheet, "pharmacy-b")
    assert code(counter.execute(held, make.delivered(), **late)) == (409, "lease-lost")
    assert counter.execute(other, make.delivered(), persona="pharmacy-b", **late).status_code == 201
    assert code(counter.execute({**held, "revision": 2}, make.delivered(), **late)) == (409, "nothing-open")


def test_without_having_held_it_the_sheet_does_not_exist(counter: Any, make: Any) -> None:
    held = counter.hold(counter.issue())
    answer = counter.execute(held, make.delivered(), persona="pharmacy-b")
    assert code(answer) == (404, "not-found")


def test_who_holds_it_no_more_is_not_told_what_others_did(counter: Any, make: Any) -> None:
    sheet = counter.issue()
    mine = counter.hold(sheet)
    counter.call("pharmacy", "DELETE", f"/v1/care-sheets/{sheet['number']}/sections/pharmacy/lease")
    other = counter.hold(sheet, "pharmacy-b")
    done = counter.execute(other, make.delivered(quantity="1"), persona="pharmacy-b")
    assert done.status_code == 201
    told = set()
    for revision in range(1, 4):  # right or wrong, it tells him nothing
        answer = counter.execute({**mine, "revision": revision}, make.delivered())
        told.add((*code(answer), answer.headers.get("etag"), answer.json()["current_state"]))
    assert told == {(409, "lease-lost", None, "held")}
    stale = counter.execute({**other, "revision": 9}, make.delivered(quantity="1"), persona="pharmacy-b")
    assert (code(stale), stale.headers["etag"]) == ((412, "precondition-failed"), '"2"')


def test_who_executed_there_may_still_read_the_revision(counter: Any, make: Any) -> None:
    sheet = counter.issue()
    held = counter.hold(sheet)
    done = counter.execute(held, make.delivered(quantity="1")).json()
    counter.call("pharmacy", "DELETE", f"/v1/care-sheets/{sheet['number']}/sections/pharmacy/lease")
    stale = counter.execute(held, make.delivered(quantity="1"))
    assert (code(stale), stale.headers["etag"]) == ((412, "precondition-failed"), '"2"')
    assert counter.call("pharmacy", "GET", f"/v1/executions/{done['id']}").json()["current_revision"] == 2


def test_the_second_counter_of_the_pharmacy_sees_the_new_revision(counter: Any, make: Any) -> None:
    sheet = counter.issue()
    one, two = counter.hold(sheet), counter.hold(sheet)
    assert one["lease"] == two["lease"]
    assert counter.execute(one, make.delivered(quantity="1")).status_code == 201
    assert code(counter.execute(two, make.delivered(quantity="1"))) == (412, "precondition-failed")


def test_two_counters_at_once_one_winner(counter: Any, make: Any) -> None:
    sheet = counter.issue()
    held = counter.hold(sheet)
    answers = counter.together(*(counter.execution(held, make.delivered()) for _ in range(4)))
    assert sorted(answer.status_code for answer in answers) == [201, 412, 412, 412]
    state = counter.state(sheet["number"])
    assert len([e for e in state["executions"] if e["section"] == "pharmacy"]) == 1


def test_a_retry_with_the_same_key_records_once(counter: Any, make: Any) -> None:
    sheet = counter.issue()
    held = counter.hold(sheet)
    call = counter.execution(held, make.delivered())
    first, second = counter.together(call)[0], counter.together(call)[0]
    assert (first.status_code, second.status_code) == (201, 201)
    assert first.content == second.content
    assert len(counter.state(sheet["number"])["executions"]) == 2  # the consultation and the delivery


def test_an_expired_sheet_is_not_executed(counter: Any, make: Any) -> None:
    held = counter.hold(counter.issue())
    counter.advance(days=91)
    assert code(counter.execute(held, make.delivered())) == (409, "sheet-expired")


def test_a_cancelled_sheet_is_not_executed(counter: Any, make: Any) -> None:
    sheet = counter.issue()
    held = counter.hold(sheet)
    counter.call("pharmacy", "DELETE", f"/v1/care-sheets/{sheet['number']}/sections/pharmacy/lease")
    assert counter.cancel(sheet).status_code == 200
    assert code(counter.execute(held, make.delivered())) == (409, "sheet-cancelled")


@pytest.mark.parametrize("instant", ["2026-11-24T09:00:00Z", "2026-11-22T09:00:00Z"])
def test_an_execution_is_neither_future_nor_before_the_sheet(counter: Any, make: Any, instant: str) -> None:
    answer = counter.execute(counter.hold(counter.issue()), make.delivered(), performed_at=instant)
    assert code(answer) == (422, "invalid-payload")
    assert answer.json()["errors"][0]["pointer"] == "/performed_at"


def test_a_pack_is_delivered_whole(counter: Any, make: Any) -> None:
    sheet = counter.issue()
    held = counter.hold(sheet)
    refused = counter.execute(held, make.delivered(quantity="0.5"))
    assert (refused.status_code, refused.json()["code"]) == (422, "invalid-payload")
    (error,) = refused.json()["errors"]
    assert (error["pointer"], error["code"]) == ("/lines/0/quantity", "whole-units")
    body = {"scan": sheet["qr"]["payload"], "performed_at": "2026-11-23T09:00:00Z"}
    body["items"] = [{"ean13": make.delivered()["ean13"], "quantity": "1.5", "charged": "60.00"}]
    refused = counter.call("pharmacy", "POST", "/v1/late-executions", json=body, headers=counter.key())
    assert [(x["pointer"], x["code"]) for x in refused.json()["errors"]] == [("/items/0/quantity", "whole-units")]
    assert counter.execute(held, make.delivered(quantity="1.0")).json()["lines"][0]["remaining"] == "1"


def test_half_a_tablet_is_delivered(counter: Any, make: Any) -> None:
    outside = {"outside_list": {"label": "Préparation", "reason": "Locale"}}
    held = counter.hold(counter.issue(make.medicine(None, unit="unit", quantity="1.5", **outside)))
    done = counter.execute(held, make.delivered(ean13=None, quantity="0.5"))
    assert done.status_code == 201, done.text
    assert done.json()["lines"][0]["remaining"] == "1"
