"""Third-party payment of a costly medicine: with the patient's own attestation, on its days, for its product."""

from __future__ import annotations

from typing import Any

import pytest

from tests.simulator.conftest import delivered, medicine, sheet_request

SOFOSBUMAR, IMATINOUR, AMOXIRAM = "6118999001022", "6118999001145", "6118999000018"
RACHID = {"registration_number": "100000002", "dependant_rank": 0}
VALID, PAST = "ATT-2026-000042", "ATT-2025-000017"
PRICES = {SOFOSBUMAR: "2980.00", IMATINOUR: "4150.00", AMOXIRAM: "42.30"}


def dispensed(counter: Any, ean13: str, attestation: str | None, **who: Any) -> Any:
    sheet = counter.issue(medicine(ean13, quantity="1"), beneficiary={**RACHID, **who})
    line = delivered(1, "1", ean13=ean13, charged=PRICES[ean13], third_party_attestation=attestation)
    return counter.execute(counter.hold(sheet), line)


def test_the_pharmacy_is_paid_and_the_patient_pays_his_share(counter: Any) -> None:
    answer = dispensed(counter, SOFOSBUMAR, VALID)
    assert answer.status_code == 201, answer.text
    (line,) = answer.json()["claim"]["lines"]
    # 2980.00 × 0.70 = 2086.00
    assert (line["cnss_share"], line["patient_share"], line["payee"]) == ("2086.00", "894.00", "provider")
    (step,) = (step for step in line["explanation"] if step["rule"] == "RGL-TIERS-PAYANT-MED")
    assert (step["result"], step["inputs"]) == ("provider", {"attestation": VALID, "code": SOFOSBUMAR})
    kept = counter.call("pharmacy", "GET", f"/v1/executions/{answer.json()['id']}").json()
    assert kept["lines"][0]["third_party_attestation"] == VALID
    plain = dispensed(counter, SOFOSBUMAR, None).json()["claim"]["lines"][0]
    assert plain["payee"] == "insured"
    assert "RGL-TIERS-PAYANT-MED" not in {step["rule"] for step in plain["explanation"]}


@pytest.mark.parametrize(
    ("ean13", "attestation", "who", "code"),
    [
        (SOFOSBUMAR, "ATT-2026-000099", {}, "attestation-unknown"),
        (SOFOSBUMAR, VALID, {"registration_number": "100000001"}, "attestation-unknown"),
        (IMATINOUR, VALID, {}, "attestation-other-product"),
        (IMATINOUR, PAST, {}, "attestation-not-valid"),
        (AMOXIRAM, VALID, {}, "third-party-not-listed"),
    ],
)
def test_an_attestation_that_does_not_hold_records_nothing(
    counter: Any, ean13: str, attestation: str, who: dict[str, Any], code: str
) -> None:
    answer = dispensed(counter, ean13, attestation, **who)
    assert answer.status_code == 422, answer.text
    problem = answer.json()
    assert [(one["pointer"], one["code"]) for one in problem["errors"]] == [("/lines/0/third_party_attestation", code)]
    assert "se fait rembourser" in problem["errors"][0]["detail"]
    claims = counter.call("pharmacy", "GET", "/v1/claims").json()["items"]
    assert claims == []


@pytest.mark.parametrize(("day", "status"), [("2027-03-31", 201), ("2027-04-01", 422)])
def test_an_attestation_holds_to_the_end_of_its_last_day(counter: Any, day: str, status: int) -> None:
    """From 23/11/2026: 128 days to 31/03/2027."""
    counter.advance(days=128 if status == 201 else 129)
    sheet = counter.issue(medicine(SOFOSBUMAR, quantity="1"), beneficiary=RACHID, date_of_care=day)
    line = delivered(1, "1", ean13=SOFOSBUMAR, charged="2980.00", third_party_attestation=VALID)
    answer = counter.execute(counter.hold(sheet), line, performed_at=f"{day}T09:00:00Z")
    assert answer.status_code == status, answer.text


def test_tadamon_in_public_care_is_paid_to_the_establishment(counter: Any) -> None:
    body = sheet_request(beneficiary={"registration_number": "100000003", "dependant_rank": 0})
    body["sections"][0]["lines"][0]["charged"] = "80.00"
    for persona, payee, patient in (("gp-public", "provider", "0.00"), ("gp", "insured", "24.00")):
        (line,) = counter.try_issue(body, persona).json()["claims"][0]["lines"]
        assert (line["payee"], line["patient_share"]) == (payee, patient)


def test_an_act_takes_no_attestation(counter: Any) -> None:
    from tests.simulator.claims.test_professions import done, execute, hold, issued

    held = hold(counter, issued(counter, "biology"), "biology")
    first = done("1", "40.00", third_party_attestation=VALID)
    answer = execute(counter, held, "biology", first, done("1", "20.00", 2))
    assert answer.json()["errors"][0]["code"] == "third-party-not-listed"
