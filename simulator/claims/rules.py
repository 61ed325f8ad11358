"""Builds the `RuleSet` of a tariff set from the dated rules and coded reasons of the fixtures."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache

import fixtures
from simulator.claims.terms import RuleSet


@lru_cache(maxsize=8)
def rule_set(tariff_set: str) -> RuleSet:
    """The rules of one tariff set, in their order of precedence; `KeyError` when unknown."""
    dated = fixtures.dated_rules(tariff_set)
    return RuleSet(
        tariff_set,
        dated,
        {reason.code: reason.remedy_fr for reason in fixtures.reasons() if reason.family == "refusal"},
        _letters(dated.by_subject, "ceiling."),
        _letters(dated.by_subject, "age-limit."),
    )


def _letters(subjects: Iterable[str], family: str) -> frozenset[str]:
    return frozenset(subject.split(".")[1] for subject in subjects if subject.startswith(family))
