"""The fixed grid of the indicators: regions, periods, groups of medicines, and the tree along which rests go up. Pure.

Periods, as SDMX writes them: a week ``2026-W47`` (ISO 8601), a month ``2026-M11``, a year ``2026``. Months and years
are made of whole weeks: a week belongs to the month, and to the year, of its Thursday; so each period is made of
smaller ones, and no two of them overlap otherwise.

Groups: ``all``, then ``listed`` or ``outside`` (the list in force), then ``J``, ``J01``, ``J01C`` (ATC levels 1 to 3),
or ``unclassified`` for what the list says no ATC code of.
"""

from __future__ import annotations

import re
from datetime import date, timedelta
from functools import lru_cache
from typing import NamedTuple

COUNTRY = "MA"
ALL, LISTED, OUTSIDE, UNCLASSIFIED = "all", "listed", "outside", "unclassified"
ANTIBIOTICS = "J01"
BY = ("week", "month", "year")
_ATC = re.compile("[A-Z]([0-9]{2}[A-Z]?)?")
_WEEK, _MONTH = re.compile("([0-9]{4})-W([0-9]{2})"), re.compile("([0-9]{4})-M([0-9]{2})")
_YEAR = re.compile("[0-9]{4}")
_WHOLE = timedelta(days=6)


class Node(NamedTuple):
    """A cell of the grid. `region`: HCP code of two digits, or `COUNTRY`."""

    region: str
    period: str
    group: str


def week_of(day: date) -> str:
    year, week, _ = day.isocalendar()
    return f"{year}-W{week:02}"


@lru_cache(maxsize=4096)
def first_day(period: str) -> date:
    """Its first Monday. Raises ValueError for a text that is no period."""
    if found := _WEEK.fullmatch(period):
        return date.fromisocalendar(int(found[1]), int(found[2]), 1)
    if found := _MONTH.fullmatch(period):
        return _monday(date(int(found[1]), int(found[2]), 1))
    if _YEAR.fullmatch(period):
        return _monday(date(int(period), 1, 1))
    raise ValueError(f"no period: {period!r}")


@lru_cache(maxsize=4096)
def last_day(period: str) -> date:
    """Its last Sunday. Raises ValueError for a text that is no period."""
    if _WEEK.fullmatch(period):
        return first_day(period) + _WHOLE
    return first_day(_following(period)) - timedelta(days=1)


def kind(period: str) -> str:
    """One of `BY`."""
    return "week" if "W" in period else "month" if "M" in period else "year"


@lru_cache(maxsize=4096)
def wider(period: str) -> str | None:
    """The month of a week, the year of a month, None of a year."""
    if kind(period) == "week":
        thursday = first_day(period) + timedelta(days=3)
        return f"{thursday.year}-M{thursday.month:02}"
    return period[:4] if kind(period) == "month" else None


def around(period: str) -> list[str]:
    """The period and those that it is part of."""
    found: list[str] = []
    wide: str | None = period
    while wide is not None:
        found.append(wide)
        wide = wider(wide)
    return found


def at(day: date, by: str) -> str:
    """The period of that kind where a day lies."""
    return next(period for period in around(week_of(day)) if kind(period) == by)


def between(first: str, last: str) -> list[str]:
    """Periods of one kind, from `first` to `last`, both included."""
    found, stop = [first], first_day(last)
    while first_day(found[-1]) < stop:
        found.append(_following(found[-1]))
    return found


def leaf(atc: str | None, antibiotic: bool | None) -> str:
    """The finest group of a listed medicine; an antibiotic without a code is a `J01` all the same."""
    found = _ATC.match(atc or "")
    if found is not None:
        return found[0]
    return ANTIBIOTICS if antibiotic else UNCLASSIFIED


def above(group: str) -> str | None:
    """The group that a group is part of; None for `ALL`."""
    if group == ALL:
        return None
    if group in (LISTED, OUTSIDE):
        return ALL
    return {4: group[:3], 3: group[:1]}.get(len(group), LISTED)


def level(group: str) -> int:
    """ATC level of a code, 1 to 3; 0 for the other groups."""
    return {1: 1, 3: 2, 4: 3}[len(group)] if _ATC.fullmatch(group) and group != ALL else 0


@lru_cache(maxsize=65536)
def base(region: str, week: str, group: str) -> Node:
    """Where what was delivered enters: weeks for antibiotics, months for everything else."""
    period = week if group.startswith(ANTIBIOTICS) else wider(week)
    assert period is not None
    return Node(region, period, group)


@lru_cache(maxsize=65536)
def parent(node: Node) -> Node | None:
    """Where a rest too small for `node` goes: first groups, then the month, the country, the year; None at the end."""
    region, period, group = node
    if kind(period) == "week" and group == ANTIBIOTICS:
        return Node(region, str(wider(period)), group)
    if (wide := above(group)) is not None:
        return Node(region, period, wide)
    if region != COUNTRY:
        return Node(COUNTRY, period, group)
    return None if (later := wider(period)) is None else Node(region, later, group)


@lru_cache(maxsize=65536)
def depth(node: Node) -> int:
    """How many times a rest may still go up."""
    found = parent(node)
    return 0 if found is None else depth(found) + 1


def cells(node: Node) -> list[Node]:
    """Every cell of the grid that a node is part of, itself included."""
    regions = dict.fromkeys((node.region, COUNTRY))
    groups = [node.group]
    while (wide := above(groups[-1])) is not None:
        groups.append(wide)
    return [Node(region, period, group) for region in regions for period in around(node.period) for group in groups]


def _following(period: str) -> str:
    if _WEEK.fullmatch(period):
        return week_of(first_day(period) + timedelta(days=7))
    if found := _MONTH.fullmatch(period):
        year, month = divmod(int(found[1]) * 12 + int(found[2]), 12)
        return f"{year:04}-M{month + 1:02}"
    return f"{int(period) + 1:04}"


def _monday(first: date) -> date:
    """Of the first week whose Thursday is not before `first`."""
    return first - timedelta(days=first.weekday()) + timedelta(days=0 if first.weekday() <= 3 else 7)
