"""What may be asked of the indicators: whole periods, whole regions, levels of one classification; nothing else."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from msgspec import Struct

import fixtures
from simulator.indicators import grid
from simulator.kit import pages

MOST = {"week": 106, "month": 60, "year": 10}
"""How many periods one answer holds."""
DEFAULT = {"week": 12, "month": 12, "year": 2}
_PERIOD = {"week": "20[0-9]{2}-W[0-5][0-9]", "month": "20[0-9]{2}-M[01][0-9]", "year": "20[0-9]{2}"}
_EXAMPLES = {"week": "2026-W47", "month": "2026-M11", "year": "2026"}


def regions() -> Sequence[str]:
    return (grid.COUNTRY, *fixtures.regions())


def described(*by: str, region: str = "all", **more: Any) -> Mapping[str, Any]:
    """The parameters of an operation, as the document says them."""
    pattern = "|".join(_PERIOD[one] for one in by)
    period = {"type": "string", "pattern": f"^({pattern})$", "examples": [_EXAMPLES[by[0]]]}
    places = {"type": "string", "enum": ["all", *regions()], "default": region}
    return {
        "from": period,
        "to": period,
        **({"by": {"type": "string", "enum": list(by), "default": by[0]}} if len(by) > 1 else {}),
        **({"region": places} if region else {}),
        **more,
        "format": {"type": "string", "enum": ["json", "csv"]},
    }


class Asked(Struct, frozen=True):
    """A question: the regions, the periods of one kind, in order."""

    by: str
    periods: Sequence[str]
    regions: Sequence[str]
    csv: bool


def asked(query: Mapping[str, str], headers: Mapping[str, str], today: date, *by: str, region: str = "all") -> Asked:
    """Read it; `by`: the kinds of period that the indicator has, its own first. Raises Problem invalid-payload."""
    chosen = pages.chosen(query, "by", *by)
    last = _period(query, "to", chosen) or grid.at(today, chosen)
    first = _period(query, "from", chosen) or _earlier(last, DEFAULT[chosen] - 1)
    if grid.first_day(first) > grid.first_day(last):
        raise pages.bad_parameter("from", "« from » ne vient pas après « to ».")
    if grid.first_day(first) < grid.first_day(_earlier(last, MOST[chosen] - 1)):
        raise pages.bad_parameter("from", f"De « from » à « to », il y a {MOST[chosen]} périodes au plus.")
    place = query.get("region", region)
    if place not in ("all", *regions()):
        raise pages.bad_parameter("region", "« region » est all, MA (le pays) ou le code HCP d'une région, 01 à 12.")
    told = regions() if place == "all" else (place,)
    return Asked(chosen, grid.between(first, last), told, _tabular(query, headers))


def group(query: Mapping[str, str], known: Sequence[str]) -> str:
    """The parameter `group`. Raises Problem invalid-payload."""
    found = query.get("group", grid.ANTIBIOTICS)
    if found not in known:
        raise pages.bad_parameter("group", "« group » est une classe ATC de la liste (niveau 1, 2 ou 3), ou all.")
    return found


def _period(query: Mapping[str, str], name: str, by: str) -> str | None:
    text = query.get(name)
    if text is None:
        return None
    try:
        if not re.fullmatch(_PERIOD[by], text, re.ASCII):
            raise ValueError
        grid.first_day(text), grid.last_day(text)
    except ValueError:
        expected = f"« {name} » est une période comme {_EXAMPLES[by]}."
        raise pages.bad_parameter(name, expected) from None
    return text


def _earlier(period: str, many: int) -> str:
    """The period that comes `many` periods before."""
    for _ in range(many):
        period = grid.at(date.fromordinal(grid.first_day(period).toordinal() - 1), grid.kind(period))
    return period


def _tabular(query: Mapping[str, str], headers: Mapping[str, str]) -> bool:
    """Whether CSV is wanted: by `format`, else by an Accept that prefers it."""
    if "format" in query:
        return pages.chosen(query, "format", "json", "csv") == "csv"
    wanted = {name: _weight(rest) for name, rest in _media(headers.get("accept", ""))}
    return wanted.get("text/csv", 0.0) > max(wanted.get("application/json", 0.0), 0.0)


def _media(accept: str) -> list[tuple[str, str]]:
    found = (part.partition(";") for part in accept.split(","))
    return [(name.strip().lower(), rest) for name, _, rest in found]


def _weight(parameters: str) -> float:
    found = re.search(r"\bq\s*=\s*(0(?:\.[0-9]{0,3})?|1(?:\.0{0,3})?)\s*(?:;|$)", parameters)
    return float(found[1]) if found else 1.0
