"""Orthodontics to age 16, for a patient of the fixtures: the newborn's mother is too old, her child is not."""

from __future__ import annotations

from typing import Any

import pytest

from tests.simulator.claims.test_professions import done, execute, hold


@pytest.mark.parametrize(
    ("rank", "expected"),
    # 90 × 17.50 = 1575.00 ; × 0.70 = 1102.50
    [(0, ("rejected", "over-age", "0.00")), (4, ("granted", None, "1102.50"))],
)
def test_orthodontics_and_its_estimate(counter: Any, rank: int, expected: tuple[str, str | None, str]) -> None:
    body = {
        "date_of_care": "2026-11-23",
        "beneficiary": {"registration_number": "100000014", "dependant_rank": rank},
        "sections": [{"type": "dental", "lines": [{"act_code": "ODF-SEM", "quantity": "1"}]}],
    }
    told = counter.call("gp", "POST", "/v1/care-sheets/estimates", json=body).json()
    (estimated,) = told["sections"][0]["lines"]
    sheet = counter.try_issue(body)
    assert sheet.status_code == 201, sheet.text
    assert "prior-approval-needed" in {one["code"] for one in sheet.json()["warnings"]}
    counter.approve(sheet.json(), "dental", "1")
    visit = execute(counter, hold(counter, sheet.json(), "dental"), "dental", done("1", "1575.00"))
    assert visit.status_code == 201, visit.text
    (line,) = visit.json()["claim"]["lines"]
    assert (line["decision"], line.get("reason"), line["cnss_share"]) == expected
    assert (estimated.get("reason"), estimated["cnss_share"]) == expected[1:]
