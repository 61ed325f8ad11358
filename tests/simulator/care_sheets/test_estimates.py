"""Estimates: the same judgement as an issuance, and nothing kept."""

from __future__ import annotations

from typing import Any

ANALYSES = {
    "type": "biology",
    "lines": [{"act_code": "B-NFS", "quantity": "1"}, {"act_code": "B-GLY", "quantity": "2"}],
}


def estimate(counter: Any, body: dict[str, Any], persona: str = "gp") -> Any:
    return counter.call(persona, "POST", "/v1/care-sheets/estimates", json=body)


def test_own_acts_at_their_charge_and_the_rest_at_reference_prices(counter: Any, make: Any) -> None:
    body = make.sheet()
    body["sections"].append(ANALYSES)
    answer = estimate(counter, body)
    assert answer.status_code == 200, answer.text
    told = answer.json()
    assert (told["date_of_care"], told["rights"]) == ("2026-11-23", {"open": True, "regime": "salaried"})
    shares = [
        (line["label"], line["charged"], line["base"], line["rate"], line["cnss_share"], line["patient_share"])
        for section in told["sections"]
        for line in section["lines"]
    ]
    assert shares == [
        # min(150, 80) × 0.70
        ("Consultation du médecin généraliste", "150.00", "80.00", "0.70", "56.00", "94.00"),
        # two boxes at 42.30 = 84.60 ; × 0.70 = 59.22
        (told["sections"][1]["lines"][0]["label"], "84.60", "84.60", "0.70", "59.22", "25.38"),
        # B 40 × 1.00 ; × 0.70 = 28
        ("Numération formule sanguine", "40.00", "40.00", "0.70", "28.00", "12.00"),
        # 2 × B 15 = 30 ; × 0.70 = 21
        ("Glycémie à jeun", "30.00", "30.00", "0.70", "21.00", "9.00"),
    ]
    # 56 + 59.22 + 28 + 21 ; 150 + 84.60 + 40 + 30
    assert (told["totals"]["cnss_share"], told["totals"]["charged"]) == ("164.22", "304.60")
    assert told["warnings"] == []


def test_an_estimate_is_what_the_issuance_then_says(counter: Any, make: Any) -> None:
    body = make.sheet()
    told = estimate(counter, body).json()
    claim = counter.try_issue(body).json()["claims"][0]
    own = told["sections"][0]["lines"][0]
    assert all(own[name] == claim["totals"][name] for name in claim["totals"])


def test_nothing_is_stored_and_no_number_is_drawn(counter: Any, make: Any) -> None:
    estimate(counter, make.sheet())
    path = f"/worlds/{counter.world['id']}/state"
    assert counter.platform.bench("GET", path).json()["care_sheets"] == []
    first = counter.issue()["number"]
    other = type(counter)(counter.platform)
    assert other.issue()["number"] == first, "the same seed, with and without an estimate before"


def test_what_has_no_reference_price_is_named_and_not_summed(counter: Any, make: Any) -> None:
    outside = {"outside_list": {"label": "Analyse rare", "reason": "Hors liste"}, "quantity": "1"}
    body = make.sheet(sections=[{"type": "biology", "lines": [outside, {"act_code": "B-NFS", "quantity": "1"}]}])
    told = estimate(counter, body).json()
    rare, known = told["sections"][0]["lines"]
    assert rare == {"line": 1, "label": "Analyse rare", "reason": "outside-list"}
    assert known["cnss_share"] == told["totals"]["cnss_share"] == "28.00"
    assert [item["code"] for item in told["warnings"]] == ["outside-list"]


def test_closed_rights_are_an_answer(counter: Any, make: Any) -> None:
    closed = next(b for b in counter.world["beneficiaries"] if b["persona"] == "rights-closed")
    who = {name: closed[name] for name in ("registration_number", "dependant_rank")}
    told = estimate(counter, make.sheet(beneficiary=who)).json()
    assert told["rights"]["open"] is False
    assert {line["reason"] for section in told["sections"] for line in section["lines"]} == {"rights-closed"}
    assert told["totals"]["cnss_share"] == "0.00"
    assert "rights-closed" in [item["code"] for item in told["warnings"]]


def test_an_estimate_is_refused_as_an_issuance_would_be(counter: Any, make: Any) -> None:
    wrong = make.sheet(sections=[{"type": "imaging", "lines": [{"act_code": "B-NFS", "quantity": "1"}]}])
    for body, expected in (
        (wrong, (422, "unknown-code")),
        (make.sheet(date_of_care="2026-11-24"), (422, "invalid-payload")),
        (make.sheet(beneficiary={"registration_number": "999999999"}), (404, "unknown-beneficiary")),
    ):
        refused = estimate(counter, body)
        assert (refused.status_code, refused.json()["code"]) == expected
    assert estimate(counter, make.sheet(), "pharmacy").status_code == 403


def test_a_general_practitioner_is_told_of_a_specialists_act(counter: Any, make: Any) -> None:
    body = make.sheet(
        sections=[{"type": "prescriber", "lines": [{"act_code": "CS", "quantity": "1", "charged": "300.00"}]}]
    )
    assert [item["code"] for item in estimate(counter, body).json()["warnings"]] == ["out-of-speciality"]
    assert estimate(counter, body, "specialist").json()["warnings"] == []


def test_own_acts_by_the_sector_of_the_author_and_the_rest_as_private_care(counter: Any, make: Any) -> None:
    tadamon = {"registration_number": "100000003", "dependant_rank": 0}
    told = estimate(counter, make.sheet(beneficiary=tadamon), "gp-public").json()
    (own,), (box,) = (section["lines"] for section in told["sections"])
    # 80 × 0.90 = 72 ; State 80 − 72 = 8 ; patient 150 − 80 = 70
    assert (own["cnss_share"], own["state_share"], own["patient_share"]) == ("72.00", "8.00", "70.00")
    # two boxes at the list's rate, nobody's State share
    assert (box["cnss_share"], box["state_share"]) == ("59.22", "0.00")
    analyses = estimate(counter, make.sheet(beneficiary=tadamon, sections=[ANALYSES]), "gp-public").json()
    # B 40 × 0.70 + B 30 × 0.70
    assert (analyses["totals"]["cnss_share"], analyses["totals"]["state_share"]) == ("49.00", "0.00")


def test_absurd_quantities_still_give_amounts_of_the_documented_shape(counter: Any, make: Any) -> None:
    device = {"act_code": "DM-AUDIO", "quantity": "999999", "unit": "unit"}
    told = estimate(counter, make.sheet(sections=[{"type": "devices", "lines": [device] * 40}])).json()
    # 4000 × 999999 × 40
    assert told["totals"]["charged"] == "159999840000.00"
