"""Pages of a list: `cursor`, where the page before ended, and `limit`, 100 rows at most; bad query parameters."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeVar

from simulator.kit.answer import Json
from simulator.kit.problems import Problem, invalid

T = TypeVar("T")
MOST = 100
LONGEST_CURSOR = 40
QUERY: Mapping[str, Any] = {
    "cursor": {"type": "string", "maxLength": LONGEST_CURSOR},
    "limit": {"type": "integer", "minimum": 1, "maximum": MOST, "default": MOST},
}
"""The parameters of a page, as the document describes them."""


def asked(query: Mapping[str, str]) -> tuple[str, int]:
    """(cursor, limit) of a request; the first page begins after "". Raises Problem invalid-payload."""
    cursor = query.get("cursor", "")
    if len(cursor) > LONGEST_CURSOR:
        raise bad_cursor()
    return cursor, limit(query.get("limit"))


def cut(found: Sequence[T], limit: int, name: Callable[[T], str]) -> tuple[Sequence[T], str | None]:
    """The page, and the cursor of the next one: the name of its last row, None when nothing follows.

    `found` begins after the cursor; one row more than `limit` is enough to know.
    """
    page = found[:limit]
    return page, name(page[-1]) if len(found) > limit else None


def body(items: Sequence[Any], following: str | None) -> Json:
    """The page as it is answered."""
    return {"items": items} if following is None else {"items": items, "next_cursor": following}


def limit(text: str | None) -> int:
    """How many rows are asked for. Raises Problem invalid-payload."""
    if text is None:
        return MOST
    if not (text.isascii() and text.isdigit() and len(text) < 4 and 1 <= int(text) <= MOST):
        raise bad_parameter("limit", f"« limit » est un nombre de 1 à {MOST}.")
    return int(text)


def bad_cursor() -> Problem:
    """The cursor is not one that a page gave."""
    return bad_parameter("cursor", "« cursor » est celui que la page précédente a donné.")


def bad_parameter(name: str, detail: str) -> Problem:
    """A query parameter that cannot be; `detail` says what is expected."""
    return invalid(f"?{name}", "invalid-parameter", detail)


def chosen(query: Mapping[str, str], name: str, *words: str) -> str:
    """A query parameter that is one of these words, the first by default. Raises Problem invalid-payload."""
    asked = query.get(name, words[0])
    if asked not in words:
        raise bad_parameter(name, f"« {name} » vaut {' ou '.join(words)}.")
    return asked
