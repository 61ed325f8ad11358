"""Issuing a sheet: what it gives, what it refuses, what it keeps."""

from decimal import Decimal
from typing import Any

import pytest

from simulator.codes import backup, number, payload


def refusal(answer: Any) -> tuple[int, str, list[str]]:
    body = answer.json()
    return answer.status_code, body["code"], [error["pointer"] for error in body.get("errors", [])]


def test_the_worked_case(counter: Any, make: Any) -> None:
    """Fee 150.00, tariff 80.00 at 70 %: 56.00 reimbursed, 94.00 for the patient, each step explained."""
    answer = counter.try_issue(make.sheet())
    assert answer.status_code == 201
    sheet = answer.json()
    assert answer.headers["etag"] == '"1"'
    assert answer.headers["location"].endswith(f"/v1/care-sheets/{sheet['number']}")
    (claim,) = sheet["claims"]
    assert (claim["status"], claim["decision"]) == ("adjudicated", "granted")
    assert claim["totals"] == {
        "charged": "150.00",
        "base": "80.00",
        "cnss_share": "56.00",
        "state_share": "0.00",
        "patient_share": "94.00",
        "excess": "70.00",
    }
    steps = claim["lines"][0]["explanation"]
    assert [step["result"] for step in steps] == ["80.00", "80.00", "0.70", "56.00", "94.00"]
    assert all(step["rule"].startswith("RGL-") and step["legal_reference"] for step in steps)


def test_the_sheet_carries_what_is_printed(counter: Any) -> None:
    sheet = counter.issue()
    assert (sheet["status"], sheet["valid_until"]) == ("issued", "2027-02-21")
    assert number.check(sheet["number"]) == sheet["number"]
    assert number.is_test(sheet["number"])
    scan = payload.decode(sheet["qr"]["payload"])
    assert (scan.number, scan.is_test, scan.valid_until.isoformat()) == (sheet["number"], True, "2027-02-21")
    assert backup.check(sheet["backup_code"]) == backup.normalise(sheet["backup_code"])
    own, asked = sheet["sections"]
    assert (own["lines"][0]["state"], own["lines"][0]["remaining"]) == ("executed", "0")
    assert (asked["lines"][0]["state"], asked["lines"][0]["remaining"]) == ("open", "2")


def test_a_sheet_may_ask_for_medicines_only(counter: Any, make: Any) -> None:
    body = make.sheet()
    sheet = counter.try_issue({**body, "sections": body["sections"][1:]}).json()
    assert (sheet["status"], sheet["claims"]) == ("issued", [])


def test_a_consultation_alone_is_an_executed_sheet(counter: Any, make: Any) -> None:
    body = make.sheet()
    sheet = counter.try_issue({**body, "sections": body["sections"][:1]}).json()
    assert sheet["status"] == "executed"


def test_a_product_outside_the_list_is_prescribed_with_a_warning(counter: Any, make: Any) -> None:
    line = make.medicine(None, outside_list={"label": "Pommade maison", "reason": "Préparation"})
    sheet = counter.issue(line)
    (shown,) = sheet["sections"][1]["lines"]
    assert (shown["listed"], shown["label"]) == (False, "Pommade maison")
    assert [w["code"] for w in sheet["warnings"]] == ["outside-list"]


def test_unknown_codes_are_all_pointed_at(counter: Any, make: Any) -> None:
    body = make.sheet(make.medicine(), make.medicine("6118000000008"))
    body["sections"][0]["lines"][0]["act_code"] = "ZZZ"
    assert refusal(counter.try_issue(body)) == (
        422,
        "unknown-code",
        ["/sections/0/lines/0/act_code", "/sections/1/lines/1/ean13"],
    )


def test_closed_rights_must_be_acknowledged(counter: Any, make: Any) -> None:
    body = make.sheet(beneficiary={"registration_number": "100000008", "dependant_rank": 0})
    refused = counter.try_issue(body)
    assert refusal(refused)[:2] == (409, "rights-closed")
    sheet = counter.try_issue({**body, "rights_acknowledged": True}).json()
    assert [w["code"] for w in sheet["warnings"]] == ["rights-closed"]
    (line,) = sheet["claims"][0]["lines"]
    assert (line["decision"], line["reason"], line["patient_share"]) == ("rejected", "rights-closed", "150.00")
    assert line["remedy"]


def test_unknown_beneficiary(counter: Any, make: Any) -> None:
    body = make.sheet(beneficiary={"registration_number": "999999999", "dependant_rank": 0})
    assert refusal(counter.try_issue(body)) == (404, "unknown-beneficiary", ["/beneficiary"])


@pytest.mark.parametrize(
    ("change", "pointer"),
    [
        (lambda b: b.update(date_of_care="2026-11-24"), "/date_of_care"),
        (lambda b: b.update(date_of_care="2001-01-01", rights_acknowledged=True), "/date_of_care"),
        (lambda b: b["sections"].append(b["sections"][1]) or b["sections"].pop(0), "/sections/1/type"),
        (lambda b: b["sections"][1]["lines"][0].update(quantity="0"), "/sections/1/lines/0/quantity"),
        (lambda b: b["sections"][1]["lines"][0].update(quantity=2), "/sections/1/lines/0/quantity"),
        (lambda b: b["sections"][1]["lines"][0].pop("ean13"), "/sections/1/lines/0/ean13"),
        (
            lambda b: b["sections"][1]["lines"][0].update(outside_list={"label": "x", "reason": "y"}),
            "/sections/1/lines/0/outside_list",
        ),
        (lambda b: b["sections"][0]["lines"][0].update(charged="150"), "/sections/0/lines/0/charged"),
        (lambda b: b["sections"][0].update(type="magic"), "/sections/0"),
        (lambda b: b.update(care_setting="home"), "/care_setting"),
        (lambda b: b.update(number="2604817390552494"), "/number"),
    ],
)
def test_payloads_outside_the_contract(counter: Any, make: Any, change: Any, pointer: str) -> None:
    body = make.sheet()
    change(body)
    assert refusal(counter.try_issue(body)) == (422, "invalid-payload", [pointer])


def test_only_prescribers_issue(counter: Any, make: Any) -> None:
    assert refusal(counter.try_issue(make.sheet(), "pharmacy"))[:2] == (403, "insufficient-scope")


def test_a_replay_gives_the_same_sheet_and_makes_no_other(counter: Any, make: Any) -> None:
    key = counter.key()
    first, second = (counter.call("gp", "POST", "/v1/care-sheets", json=make.sheet(), headers=key) for _ in range(2))
    assert first.content == second.content
    assert second.headers["idempotent-replayed"] == "true"
    told = [(row["event"], row["data"]) for row in counter.trail(first.json()["number"])]
    assert [event for event, _ in told] == ["care-sheet-issued", "answer-replayed"], "its secrets were given twice"
    assert told[1][1] == {"operation": "issue-care-sheet"}
    other = counter.try_issue(make.sheet()).json()
    assert other["number"] != first.json()["number"]


def test_same_seed_same_requests_same_codes(counter: Any, make: Any) -> None:
    first = [counter.issue() for _ in range(2)]
    twin = type(counter)(counter.platform)
    second = [twin.issue() for _ in range(2)]
    for name in ("number", "backup_code"):
        assert [sheet[name] for sheet in first] == [sheet[name] for sheet in second]
    assert [sheet["qr"]["payload"] for sheet in first] == [sheet["qr"]["payload"] for sheet in second]
    assert first[0]["number"] != first[1]["number"]


def test_a_declared_condition_that_nobody_recognised_is_warned(counter: Any, make: Any) -> None:
    ald = {"registration_number": "100000009", "dependant_rank": 0}
    sheet = counter.try_issue(make.sheet(beneficiary=ald, long_term_condition="ALD")).json()
    assert (sheet["warnings"], sheet["claims"][0]["lines"][0]["rate"]) == ([], "0.97")
    assert Decimal(sheet["claims"][0]["totals"]["cnss_share"]) == Decimal("77.60")
    sheet = counter.try_issue(make.sheet(long_term_condition="ALD")).json()
    assert [w["code"] for w in sheet["warnings"]] == ["long-term-condition-not-recognised"]
    assert sheet["claims"][0]["lines"][0]["rate"] == "0.70"
