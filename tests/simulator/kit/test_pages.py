"""A query parameter refused is pointed at, and told what it may be."""

from __future__ import annotations

from typing import Any

import pytest

from simulator.kit import pages
from simulator.kit.problems import Problem


@pytest.mark.parametrize(
    ("query", "pointer"),
    [
        ({"limit": "0"}, "?limit"),
        ({"limit": "101"}, "?limit"),
        ({"limit": "²"}, "?limit"),
        ({"cursor": "x" * 41}, "?cursor"),
    ],
)
def test_a_page_that_cannot_be(query: dict[str, str], pointer: str) -> None:
    with pytest.raises(Problem) as caught:
        pages.asked(query)
    [error] = caught.value.errors
    assert (caught.value.slug, error["pointer"], error["detail"]) == ("invalid-payload", pointer, caught.value.detail)


def test_the_first_page_is_asked_for_with_nothing() -> None:
    assert pages.asked({}) == ("", pages.MOST)


@pytest.mark.parametrize(
    ("persona", "path", "pointer"),
    [
        ("pharmacy", "/v1/late-executions?to_reconcile=oui", "?to_reconcile"),
        ("gp", "/v1/claims?number=1", "?number"),
    ],
)
def test_each_parameter_is_pointed_at(counter: Any, persona: str, path: str, pointer: str) -> None:
    answer = counter.call(persona, "GET", path)
    assert answer.status_code == 422, answer.text
    assert [error["pointer"] for error in answer.json()["errors"]] == [pointer]


def test_a_page_names_its_last_row_when_something_follows() -> None:
    rows = ["a", "b", "c"]
    page, following = pages.cut(rows, 2, str.upper)
    assert pages.body(page, following) == {"items": ["a", "b"], "next_cursor": "B"}
    assert pages.body(*pages.cut(rows, 3, str.upper)) == {"items": rows}
    assert pages.cut([], 3, str) == ([], None)
