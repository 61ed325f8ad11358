"""What is said of a case is French, and true of that case: no slug, no name of a fault, no header as it came."""

from __future__ import annotations

import re

import pytest

from coach.advice import Coach
from tests.coach.cases import CASES, cancel, issue
from tests.coach.told import numbered, refused, told

ENGLISH = re.compile(
    r"\b(?!client_id)[a-z]+(?:[-_][a-z]+)*[-_](?:missing|version|payload|code|failed|commit|reset|on)\b"
)


def detail(rule: str, *exchanges: dict[str, object]) -> str:
    coach = Coach("essai")
    coach.read(numbered(*exchanges))
    return next(advice.detail for advice in coach.all() if advice.rule.id == rule)


@pytest.mark.parametrize("rule", CASES)
def test_no_slug_is_told(rule: str) -> None:
    assert not ENGLISH.search(detail(rule, *CASES[rule][0]))


def test_a_missing_version_says_when_it_will_be_refused() -> None:
    warned = told(replied={"fse-warning": "missing-version; becomes-error-on=2027-07-01"})
    assert detail("version-not-sent", warned) == "FSE-Version manque ; l'appel sera refusé à partir du 01/07/2027."
    assert detail("version-not-sent", told(replied={"fse-warning": "x"})) == "FSE-Version manque."
    assert "FSE-Version" in detail("version-not-sent", told(**refused("missing-version", 400)))


def test_a_refused_revision_is_told_as_it_was() -> None:
    missing = [cancel(n, **refused("precondition-required", 428)) for n in (0, 1)]
    stale = [cancel(n, **refused("precondition-failed", 412)) for n in (0, 1)]
    assert "428 : If-Match manquait" in detail("revision-not-reread", *missing)
    assert "412 : la feuille avait changé" in detail("revision-not-reread", *stale)


def test_a_fault_of_the_bench_and_a_failed_webhook_are_told_in_words() -> None:
    cut = issue(fault={"id": "flt-1", "kind": "after-commit", "recorded": True})
    assert "panne après l'enregistrement" in detail("retry-with-new-key", cut, issue(4, "b"))
    coach = Coach("essai")
    attempts = [{"error": "timeout"}, {"error": "connection"}, {"status": 500}]
    coach.read([], [{"client_id": "essai", "subscription": "sub-1", "attempts": attempts}])
    assert "délai dépassé, connexion impossible, 500" in coach.all()[0].detail
