"""Claims are seen by their own establishment only."""

from typing import Any


def code(answer: Any) -> tuple[int, str]:
    return answer.status_code, answer.json()["code"]


def test_each_establishment_reads_its_own_claim(counter: Any, make: Any) -> None:
    sheet = counter.issue()
    done = counter.execute(counter.hold(sheet), make.delivered()).json()
    own, theirs = sheet["claims"][0], done["claim"]
    assert counter.call("gp", "GET", f"/v1/claims/{own['id']}").json() == own
    assert counter.call("pharmacy", "GET", f"/v1/claims/{theirs['id']}").json() == theirs
    assert code(counter.call("gp", "GET", f"/v1/claims/{theirs['id']}")) == (404, "not-found")
    assert code(counter.call("pharmacy-b", "GET", f"/v1/claims/{theirs['id']}")) == (404, "not-found")
    assert code(counter.call("gp", "GET", "/v1/claims/clm-aaaaaaaaaaaaaaaa")) == (404, "not-found")


def test_the_claims_of_one_sheet(counter: Any, make: Any) -> None:
    sheet, _ = counter.issue(), counter.issue()
    counter.execute(counter.hold(sheet), make.delivered())
    found = counter.call("gp", "GET", f"/v1/claims?number={sheet['number']}").json()
    assert found == {"items": sheet["claims"]}
    assert counter.call("pharmacy-b", "GET", f"/v1/claims?number={sheet['number']}").json() == {"items": []}


def test_pages_follow_each_other(counter: Any) -> None:
    made = sorted(counter.issue()["claims"][0]["id"] for _ in range(3))
    first = counter.call("gp", "GET", "/v1/claims?limit=2").json()
    rest = counter.call("gp", "GET", f"/v1/claims?limit=2&cursor={first['next_cursor']}").json()
    assert [claim["id"] for claim in first["items"] + rest["items"]] == made
    assert "next_cursor" not in rest
    assert code(counter.call("gp", "GET", "/v1/claims?limit=1000")) == (422, "invalid-payload")


def test_rounding_is_per_line_and_totals_add_up(counter: Any, make: Any) -> None:
    sheet = counter.issue(make.medicine(quantity="1"), make.medicine(quantity="1"))
    lines = [make.delivered(n, "1", charged="42.25") for n in (1, 2)]
    claim = counter.execute(counter.hold(sheet), *lines).json()["claim"]
    assert [line["cnss_share"] for line in claim["lines"]] == ["29.58", "29.58"]  # 29.575 each
    assert (claim["totals"]["cnss_share"], claim["totals"]["patient_share"]) == ("59.16", "25.34")


def test_the_state_pays_the_rest_for_tadamon_in_public_care(counter: Any, make: Any) -> None:
    tadamon = {"registration_number": "100000003", "dependant_rank": 0}
    answer = counter.try_issue(make.sheet(beneficiary=tadamon), "gp-public").json()
    totals = answer["claims"][0]["totals"]
    assert (totals["cnss_share"], totals["state_share"], totals["patient_share"]) == ("72.00", "8.00", "70.00")
