"""Rights on a date of care, pure and through HTTP."""

from datetime import date
from typing import Any

import pytest

import fixtures
from simulator.beneficiaries.service import rights_on

DAY = date(2026, 11, 23)


@pytest.mark.parametrize(
    ("persona", "day", "open_", "regime"),
    [
        ("salaried", DAY, True, "salaried"),
        ("tadamon", DAY, True, "tadamon"),
        ("rights-closed", date(2026, 6, 30), True, "salaried"),
        ("rights-closed", date(2026, 7, 1), False, "salaried"),
        ("student", date(2027, 2, 28), True, "student"),
        ("student", date(2027, 3, 1), False, "student"),
        ("child-29", DAY, False, "salaried"),
        ("child-29", date(2027, 3, 1), True, "salaried"),
        ("child-29", date(2027, 5, 10), False, "salaried"),
    ],
)
def test_rights_depend_on_the_date_of_care(persona: str, day: date, open_: bool, regime: str) -> None:
    rights = rights_on(fixtures.beneficiary(persona), day)
    assert (rights.open, rights.regime) == (open_, regime)
    assert (rights.reason is None) == open_
    assert open_ != any(code == "rights-closed" for code, _ in rights.warnings)


def test_the_dead_are_told_apart() -> None:
    person = fixtures.beneficiary("deceased")
    assert rights_on(person, date(2026, 10, 2)).open
    assert rights_on(person, date(2026, 10, 3)).reason == "deceased"


def check(counter: Any, number: str, rank: int = 0, day: str = "2026-11-23", persona: str = "gp") -> Any:
    body = {"beneficiary": {"registration_number": number, "dependant_rank": rank}, "date_of_care": day}
    return counter.call(persona, "POST", "/v1/rights-checks", json=body)


def test_open_rights_with_a_long_term_condition(counter: Any) -> None:
    answer = check(counter, "100000009", persona="pharmacy").json()
    assert (answer["open"], answer["open_from"]) == (True, "1998-02-01")
    assert [(c["kind"], c["rate"]) for c in answer["long_term_conditions"]] == [("ALD", "0.97")]


def test_closed_rights_are_an_answer_not_an_error(counter: Any) -> None:
    answer = check(counter, "100000008")
    assert answer.status_code == 200
    body = answer.json()
    assert (body["open"], body["reason"], body["open_until"]) == (False, "rights-closed", "2026-06-30")


def test_the_newborn_is_found_under_the_mother(counter: Any) -> None:
    answer = check(counter, "100000014", 4).json()
    assert answer["open"]
    assert [w["code"] for w in answer["warnings"]] == ["provisional-registration"]


def test_unknown_beneficiary(counter: Any) -> None:
    assert check(counter, "100000001", 0).status_code == 200
    answer = check(counter, "100000001", 9)
    assert (answer.status_code, answer.json()["code"]) == (404, "unknown-beneficiary")
    assert answer.json()["errors"][0]["pointer"] == "/beneficiary"


def test_a_number_that_is_not_a_string_is_refused(counter: Any) -> None:
    body = {"beneficiary": {"registration_number": 100000001}, "date_of_care": "2026-11-23"}
    answer = counter.call("gp", "POST", "/v1/rights-checks", json=body)
    assert (answer.status_code, answer.json()["code"]) == (422, "invalid-payload")
    assert answer.json()["errors"][0]["pointer"] == "/beneficiary/registration_number"
