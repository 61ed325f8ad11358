"""Pages of a list: `cursor`, where the page before ended, and `limit`, 100 rows at most."""

from __future__ import annotations

from collections.abc import Mapping

from simulator.kit.problems import Problem

MOST = 100
LONGEST_CURSOR = 40


def asked(query: Mapping[str, str]) -> tuple[str, int]:
    """(cursor, limit) of a request; the first page begins after "". Raises Problem invalid-payload."""
    cursor, text = query.get("cursor", ""), query.get("limit", str(MOST))
    if len(cursor) > LONGEST_CURSOR:
        raise Problem("invalid-payload", "« cursor » est celui que la page précédente a donné.")
    if not (text.isascii() and text.isdigit() and len(text) < 4 and 1 <= int(text) <= MOST):
        raise Problem("invalid-payload", f"« limit » est un nombre de 1 à {MOST}.")
    return cursor, int(text)
