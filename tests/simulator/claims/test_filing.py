"""What is recorded long after it was done is filed late: 60 days after the act, or after the end of a treatment."""

from __future__ import annotations

from typing import Any

import pytest

from tests.simulator.claims.test_professions import done, execute, hold, issued
from tests.simulator.conftest import delivered, sheet_request


def decided(answer: Any) -> tuple[str, str | None, str]:
    """Decision, reason and CNSS share of the only line of the claim just recorded."""
    assert answer.status_code in (200, 201), answer.text
    (line,) = answer.json()["claim"]["lines"]
    return line["decision"], line.get("reason"), line["cnss_share"]


@pytest.mark.parametrize(
    ("day", "expected"),
    # 60 days before 23/11/2026: 23 in November, 31 in October, 6 in September → 24/09/2026
    [("2026-09-24", (None, "56.00")), ("2026-09-23", ("filed-late", "0.00"))],
)
def test_the_prescribers_own_acts_and_their_estimate(counter: Any, day: str, expected: tuple[str, str]) -> None:
    request = sheet_request(date_of_care=day)
    estimate = counter.call("gp", "POST", "/v1/care-sheets/estimates", json=request).json()
    own, others = (section["lines"][0] for section in estimate["sections"])
    (line,) = counter.try_issue(request).json()["claims"][0]["lines"]
    assert (own.get("reason"), own["cnss_share"]) == (line.get("reason"), line["cnss_share"]) == expected
    assert "reason" not in others, "what others will do is not filed yet"


@pytest.mark.parametrize(("days", "expected"), [(60, "granted"), (61, "rejected")])
def test_a_visit_recorded_sixty_days_later(counter: Any, days: int, expected: str) -> None:
    sheet = counter.issue()
    counter.advance(days=days)
    answer = counter.execute(counter.hold(sheet), delivered(), performed_at="2026-11-23T09:00:00Z")
    assert decided(answer)[0] == expected
    if expected == "rejected":
        (line,) = answer.json()["claim"]["lines"]
        assert line["reason"] == "filed-late" and "délai" in line["remedy"]
        assert line["explanation"][1]["inputs"] == {
            "filed": "2027-01-23",
            "since": "2026-11-23",
            "from_what": "act",
            "days": "60",
            "last_day": "2027-01-22",
        }


def test_an_amendment_keeps_the_day_of_the_visit_that_it_corrects(counter: Any) -> None:
    sheet = counter.issue()
    counter.advance(days=59)
    held = counter.hold(sheet)
    first = counter.execute(held, delivered(), performed_at="2026-11-23T09:00:00Z").json()
    counter.advance(days=4)
    body = {"performed_at": "2026-11-23T09:00:00Z", "lines": [delivered(quantity="1", charged="42.30")]}
    headers = {"if-match": f'"{first["revision"]}"', **counter.key()}
    path = f"/v1/executions/{first['id']}/amendment"
    amended = counter.call("pharmacy", "POST", path, json=body, headers=headers)
    assert decided(amended) == ("granted", None, "29.61")


def test_a_treatment_runs_until_its_last_session(counter: Any) -> None:
    """Ten sessions: the ninth may be recorded late, the treatment runs; the tenth ended it."""
    sheet = issued(counter, "physiotherapy")
    counter.approve(sheet, "physiotherapy", "10")
    counter.advance(days=61)
    nine = execute(counter, hold(counter, sheet, "physiotherapy"), "physiotherapy", done("9", "900.00", session=1))
    assert decided(nine)[:2] == ("granted", None)
    last = execute(counter, hold(counter, sheet, "physiotherapy"), "physiotherapy", done("1", "100.00", session=10))
    line = last.json()["claim"]["lines"][1]
    assert (line["decision"], line["reason"]) == ("rejected", "filed-late")
    assert line["explanation"][1]["inputs"]["from_what"] == "treatment"
