"""Dental prostheses under their ceiling: two sheets, two dentists' visits, one patient, corrections and the estimate.

A crown: 60 × 12.50 = 750.00 of base, × 0.70 = 525.00 of CNSS share; 3 000.00 leave five crowns and 375.00 of a sixth.
"""

from __future__ import annotations

import json
from base64 import urlsafe_b64decode
from typing import Any

from tests.simulator.claims.test_professions import done, execute, hold

HASSAN = {"registration_number": "100000001", "dependant_rank": 0}


def crowns(counter: Any, many: int = 20, **who: Any) -> dict[str, Any]:
    """The sheet that prescribes crowns, with their prior approval."""
    order = {"type": "dental", "lines": [{"act_code": "DP-COUR", "quantity": str(many), "tooth": "26"}]}
    body = {"date_of_care": "2026-11-23", "beneficiary": {**HASSAN, **who}, "sections": [order]}
    answer = counter.try_issue(body)
    assert answer.status_code == 201, answer.text
    counter.approve(answer.json(), "dental", str(many))
    return dict(answer.json())


def fitted(counter: Any, sheet: dict[str, Any], many: int) -> dict[str, Any]:
    """The answer to a visit that fits so many crowns, each at its tariff."""
    held = hold(counter, sheet, "dental")
    answer = execute(counter, held, "dental", done(str(many), f"{many * 750}.00"))
    assert answer.status_code == 201, answer.text
    return dict(answer.json())


def last(visit: dict[str, Any]) -> tuple[str, str]:
    line = visit["claim"]["lines"][-1]
    return line["decision"], line["cnss_share"]


def estimated(counter: Any, many: int) -> dict[str, Any]:
    order = {"type": "dental", "lines": [{"act_code": "DP-COUR", "quantity": str(many), "tooth": "26"}] * 2}
    body = {"date_of_care": "2026-11-23", "beneficiary": HASSAN, "sections": [order]}
    return dict(counter.call("gp", "POST", "/v1/care-sheets/estimates", json=body).json())


def test_a_ceiling_across_sheets(counter: Any) -> None:
    assert last(fitted(counter, crowns(counter), 4)) == ("granted", "2100.00")
    third = fitted(counter, crowns(counter), 2)
    assert last(third) == ("partial", "900.00")
    assert (third["claim"]["decision"], third["claim"]["totals"]["patient_share"]) == ("partial", "600.00")
    said = json.loads(urlsafe_b64decode(third["receipt"].split(".")[1] + "=="))
    assert (said["cnss_share"], said["patient_share"]) == ("900.00", "600.00")
    refused = fitted(counter, crowns(counter), 1)["claim"]["lines"][0]
    assert (refused["decision"], refused["reason"], refused["patient_share"]) == (
        "rejected",
        "ceiling-reached",
        "750.00",
    )
    assert refused["remedy"]
    assert last(fitted(counter, crowns(counter, dependant_rank=1), 5)) == ("granted", "2625.00"), "each his own"


def test_what_is_withdrawn_is_given_back(counter: Any) -> None:
    sheet = crowns(counter)
    first = fitted(counter, sheet, 4)
    headers = {"if-match": f'"{first["revision"]}"', **counter.key()}
    path = f"/v1/executions/{first['id']}/withdrawal"
    assert counter.call("dental", "POST", path, json={"reason": "Erreur"}, headers=headers).status_code == 200
    assert last(fitted(counter, crowns(counter), 5)) == ("granted", "2625.00")


def test_what_is_amended_counts_once(counter: Any) -> None:
    first = fitted(counter, crowns(counter), 4)
    headers = {"if-match": f'"{first["revision"]}"', **counter.key()}
    body = {"performed_at": "2026-11-23T09:00:00Z", "lines": [done("3", "2250.00")]}
    amended = counter.call("dental", "POST", f"/v1/executions/{first['id']}/amendment", json=body, headers=headers)
    assert last(amended.json()) == ("granted", "1575.00")
    # 3000.00 − 1575.00 = 1425.00
    assert last(fitted(counter, crowns(counter), 3)) == ("partial", "1425.00")


def test_care_that_arrives_late_finds_what_later_care_left(counter: Any) -> None:
    early = crowns(counter)
    counter.advance(days=30)
    later = hold(counter, crowns(counter), "dental")
    headers = {"if-match": f'"{later["revision"]}"', "fse-lease": later["lease"]["id"], **counter.key()}
    path = f"/v1/care-sheets/{later['number']}/sections/dental/executions"
    body = {"performed_at": "2026-12-23T09:00:00Z", "lines": [done("5", "3750.00")]}
    assert last(counter.call("dental", "POST", path, json=body, headers=headers).json()) == ("granted", "2625.00")
    line = fitted(counter, early, 1)["claim"]["lines"][0]
    assert (line["decision"], line["cnss_share"]) == ("partial", "375.00")


def test_two_visits_at_once_never_exceed_it(counter: Any) -> None:
    calls = []
    for sheet in (crowns(counter), crowns(counter)):
        held = hold(counter, sheet, "dental")
        headers = {"if-match": f'"{held["revision"]}"', "fse-lease": held["lease"]["id"], **counter.key()}
        body = {"performed_at": "2026-11-23T09:00:00Z", "lines": [done("4", "3000.00")]}
        path = f"/v1/care-sheets/{held['number']}/sections/dental/executions"
        calls.append(("dental", "POST", path, {"json": body, "headers": headers}))
    assert sorted(last(answer.json())[1] for answer in counter.together(*calls)) == ["2100.00", "900.00"]


def test_two_lines_of_one_visit_share_it(counter: Any) -> None:
    lines = [{"act_code": "DP-COUR", "quantity": "4", "tooth": tooth} for tooth in ("26", "27")]
    sheet = counter.try_issue(
        {"date_of_care": "2026-11-23", "beneficiary": HASSAN, "sections": [{"type": "dental", "lines": lines}]}
    ).json()
    visit = execute(counter, hold(counter, sheet, "dental"), "dental", done("4", "3000.00"), done("4", "3000.00", 2))
    assert [line["cnss_share"] for line in visit.json()["claim"]["lines"]] == ["2100.00", "900.00"]


def test_the_estimate_says_what_the_claim_will(counter: Any) -> None:
    fitted(counter, crowns(counter), 2)
    told = estimated(counter, 2)
    # 3000.00 − 1050.00 = 1950.00: two crowns at 1050.00, then 900.00 of the next two
    assert [line["cnss_share"] for line in told["sections"][0]["lines"]] == ["1050.00", "900.00"]
    assert estimated(counter, 2) == told, "nothing is counted by an estimate"
    assert last(fitted(counter, crowns(counter), 2)) == ("granted", "1050.00")
    assert last(fitted(counter, crowns(counter), 2)) == ("partial", "900.00")


def test_a_second_line_cut_by_its_approval_counts_for_what_is_left_of_it(counter: Any) -> None:
    """Two crowns, and one of two: 1050.00 + 525.00 counted; 3000.00 − 1575.00 = 1425.00 left of three crowns."""
    lines = [{"act_code": "DP-COUR", "quantity": "2", "tooth": tooth} for tooth in ("26", "27")]
    sheet = counter.try_issue(
        {"date_of_care": "2026-11-23", "beneficiary": HASSAN, "sections": [{"type": "dental", "lines": lines}]}
    ).json()
    counter.approve(sheet, "dental", "2")
    counter.approve(sheet, "dental", "1", 2)
    visit = execute(counter, hold(counter, sheet, "dental"), "dental", done("2", "1500.00"), done("2", "1500.00", 2))
    assert visit.status_code == 201, visit.text
    assert [line["cnss_share"] for line in visit.json()["claim"]["lines"]] == ["1050.00", "525.00"]
    assert last(fitted(counter, crowns(counter), 3)) == ("partial", "1425.00")
