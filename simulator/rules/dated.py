"""What holds on a day, and what a rule becomes: pure, over the rules of `fixtures`."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

import fixtures
from fixtures import Rule


@dataclass(frozen=True, slots=True)
class History:
    """A rule among those of its subject: the ones before and after it in its own tariff set, oldest first.

    `elsewhere`: those of the other tariff sets, which hold instead of it, or give way to it.
    """

    rule: Rule
    before: tuple[Rule, ...]
    after: tuple[Rule, ...]
    elsewhere: tuple[Rule, ...]


def in_force(day: date, tariff_set: str, prefix: str = "") -> list[Rule]:
    """The rule of each subject on that day, the tariff set's own first; `KeyError` for an unknown set.

    `prefix` keeps the subjects that begin with it.
    """
    found = fixtures.dated_rules(tariff_set).on(day)
    return [rule for subject, rule in found.items() if subject.startswith(prefix)]


def history(id: str) -> History:
    """The history of the rule of that id; `KeyError` when there is none."""
    every = fixtures.rules()
    rule = next((one for one in every if one.id == id), None)
    if rule is None:
        raise KeyError(id)
    same = [one for one in every if one.subject == rule.subject and one.id != id]
    mine = _oldest_first(one for one in same if one.tariff_set == rule.tariff_set)
    return History(
        rule,
        tuple(one for one in mine if one.valid_from < rule.valid_from),
        tuple(one for one in mine if one.valid_from >= rule.valid_from),
        tuple(_oldest_first(one for one in same if one.tariff_set != rule.tariff_set)),
    )


def _oldest_first(rules: Iterable[Rule]) -> list[Rule]:
    return sorted(rules, key=lambda rule: rule.valid_from)
