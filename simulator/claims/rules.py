"""Builds the `RuleSet` of a tariff set from the dated rules and coded reasons of the fixtures."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache

import fixtures
from simulator.claims.terms import RuleSet


@lru_cache(maxsize=8)
def rule_set(tariff_set: str) -> RuleSet:
    """The rules of one tariff set, in their order of precedence; `KeyError` when unknown."""
    by_subject: dict[str, list[fixtures.Rule]] = {}
    for rule in fixtures.rules_of(tariff_set):
        by_subject.setdefault(rule.subject, []).append(rule)
    return RuleSet(
        tariff_set,
        {subject: tuple(found) for subject, found in by_subject.items()},
        {reason.code: reason.remedy_fr for reason in fixtures.reasons() if reason.family == "refusal"},
        _letters(by_subject, "ceiling."),
        _letters(by_subject, "age-limit."),
    )


def _letters(subjects: Iterable[str], family: str) -> frozenset[str]:
    return frozenset(subject.split(".")[1] for subject in subjects if subject.startswith(family))
