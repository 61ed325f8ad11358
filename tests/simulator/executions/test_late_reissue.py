"""A QR read in good faith before the reissue proves a late entry; read after it, it is worth nothing."""

from typing import Any

import pytest

from tests.simulator.executions.late import enter, item


def reissue(counter: Any, sheet: Any) -> Any:
    headers = {"if-match": f'"{sheet["revision"]}"', **counter.key()}
    path = f"/v1/care-sheets/{sheet['number']}/reissue"
    answer = counter.call("gp", "POST", path, json={"reason": "Ordonnance perdue"}, headers=headers)
    assert answer.status_code == 200, answer.text
    return answer.json()


def entered(counter: Any, make: Any, sheet: Any, at: str) -> str:
    """The code of the refusal, or `recorded`."""
    answer = enter(counter, sheet, item(make, "1"), at=f"2026-11-23T{at}Z")
    assert answer.status_code in (201, 410), answer.text
    return str(answer.json().get("code", "recorded"))


@pytest.mark.parametrize(
    ("at", "first", "second", "third"),
    [
        ("09:59:59", "recorded", "recorded", "recorded"),
        ("10:00:00", "scan-rotated", "recorded", "recorded"),
        ("10:59:59", "scan-rotated", "recorded", "recorded"),
        ("11:00:00", "scan-rotated", "scan-rotated", "recorded"),
        ("11:59:59.999", "scan-rotated", "scan-rotated", "recorded"),
    ],
)
def test_the_paper_is_judged_at_the_instant_of_the_visit(
    counter: Any, make: Any, at: str, first: str, second: str, third: str
) -> None:
    """Reissued at 10:00 and at 11:00, entered at 12:00: a QR is good until the one that replaces it."""
    for rank, expected in enumerate((first, second, third)):
        counter = type(counter)(counter.platform)
        papers = [counter.issue(make.medicine(quantity="9"))]
        for _ in range(2):
            counter.advance(hours=1)
            papers.append(reissue(counter, papers[-1]))
        counter.advance(hours=1)
        assert entered(counter, make, papers[rank], at) == expected


def test_old_paper_opens_nothing_else(counter: Any, make: Any) -> None:
    old = counter.issue()
    counter.advance(hours=1)
    new = reissue(counter, old)
    refused = counter.resolve({"scan": old["qr"]["payload"]})
    assert (refused.status_code, refused.json()["code"]) == (410, "scan-rotated")
    assert counter.resolve({"scan": new["qr"]["payload"]}).status_code == 200
    assert entered(counter, make, old, "09:30:00") == "recorded"
    assert counter.state(old["number"])["sections"][1]["lines"][0]["executed"] == "1"


def test_the_reissue_of_another_sheet_changes_nothing(counter: Any, make: Any) -> None:
    other, sheet = counter.issue(), counter.issue()
    reissue(counter, other)
    counter.advance(hours=1)
    reissue(counter, sheet)
    assert entered(counter, make, sheet, "09:30:00") == "recorded"
