from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from simulator.journal import reading
from tests.simulator.conftest import Counter
from tests.simulator.journal.script import exchanges, played


@pytest.fixture(scope="module")
def lived(shared: Any) -> Counter:
    counter = played(shared)
    counter.advance(hours=1)
    counter.issue()
    return counter


def _status(low: int, high: int) -> Callable[[Any], bool]:
    return lambda one: low <= one["response"]["status"] < high


CASES: list[tuple[dict[str, str], Callable[[Any], bool]]] = [
    ({"operation": "request-token"}, lambda one: one["operation"] == "request-token"),
    ({"client": "essai"}, lambda one: one["client_id"] == "essai"),
    ({"status": "404"}, _status(404, 405)),
    ({"status": "4xx"}, _status(400, 500)),
    ({"status": "2XX"}, _status(200, 300)),
    ({"problem": "any"}, lambda one: one["problem"] is not None),
    ({"problem": "not-found"}, lambda one: one["problem"] == "not-found"),
    ({"method": "post"}, lambda one: one["request"]["method"] == "POST"),
    ({"path": "/v1/care"}, lambda one: one["request"]["path"].startswith("/v1/care")),
    ({"since": "2026-11-23T09:30:00Z"}, lambda one: one["world_time"] >= "2026-11-23T09:30"),
    ({"since": "2026-11-23T11:00:00+01:00"}, lambda one: one["world_time"] >= "2026-11-23T10"),
    ({"until": "2026-11-23T09:00:00Z"}, lambda one: one["world_time"] == "2026-11-23T09:00:00Z"),
    ({"method": "GET", "status": "2xx"}, lambda one: one["request"]["method"] == "GET" and _status(200, 300)(one)),
]


@pytest.mark.parametrize(("params", "wanted"), CASES, ids=lambda value: str(value) if isinstance(value, dict) else "")
def test_a_filter_keeps_what_it_says_and_only_that(
    lived: Counter, params: dict[str, str], wanted: Callable[[Any], bool]
) -> None:
    every = exchanges(lived)
    kept = [one["seq"] for one in every if wanted(one)]
    assert 0 < len(kept) < len(every)
    assert [one["seq"] for one in exchanges(lived, **params)] == kept


def test_by_sheet_and_by_trace(lived: Counter) -> None:
    every = exchanges(lived)
    issued = [one for one in every if one["operation"] == "issue-care-sheet"]
    number = issued[0]["state_change"][0]["subject"]
    operations = [one["operation"] for one in exchanges(lived, number=f"{number[:4]} {number[4:]}")]
    assert operations[:4] == ["issue-care-sheet", "resolve-care-sheet", "execute-section", "read-receipt"]
    assert "cancel-care-sheet" in operations and operations.count("issue-care-sheet") == 1
    assert exchanges(lived, trace_id=issued[1]["trace_id"].upper()) == [issued[1]]


def test_pages_of_a_filter_follow_each_other(lived: Counter, monkeypatch: pytest.MonkeyPatch) -> None:
    """Also when a page ends because it has looked at enough: it may be empty, and `next` still goes on."""
    gets = [one["seq"] for one in exchanges(lived) if one["request"]["method"] == "GET"]
    monkeypatch.setattr(reading, "CHUNK", 4)
    monkeypatch.setattr(reading, "SCANNED", 4)
    found: list[int] = []
    after, pages = 0, 0
    while True:
        answer = lived.platform.bench(
            "GET",
            f"/worlds/{lived.world['id']}/journal",
            params={"method": "GET", "after": after, "limit": 2},
        ).json()
        found += [one["seq"] for one in answer["exchanges"]]
        pages += 1
        if answer["next"] == after:
            break
        after = answer["next"]
    assert found == gets and pages > 4


def test_a_page_is_bounded_in_bytes_too(lived: Counter, monkeypatch: pytest.MonkeyPatch) -> None:
    every = exchanges(lived)
    monkeypatch.setattr(reading, "BYTES", 10)
    assert exchanges(lived) == every[:1] and exchanges(lived, after=1) == every[1:2]


@pytest.mark.parametrize(
    "params",
    [
        {"status": "600"},
        {"status": "4"},
        {"since": "hier"},
        {"until": "2026-11-23"},
        {"since": "9999-12-31T23:59:59-23:00"},
    ],
)
def test_a_filter_that_says_nothing_is_refused(lived: Counter, params: dict[str, str]) -> None:
    answer = lived.platform.bench("GET", f"/worlds/{lived.world['id']}/journal", params=params)
    assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (422, f"?{next(iter(params))}")
