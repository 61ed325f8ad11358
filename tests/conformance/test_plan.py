"""The plan and the requirement set hold together: nothing dangling, nothing untestable in silence."""

from __future__ import annotations

from pathlib import Path

import pytest

from conformance.checks.catalogue import register
from conformance.plan import BadFeature, plan, scenarios
from conformance.requirements.catalogue import requirement_of, requirements
from conformance.steps.then import ABOUT, PHRASES

ACTIONS = ["issue", "print", "scan", "execute", "consult-claim"]
ALL = {"professions": ["prescriber", "pharmacy"], "actions": ACTIONS, "print": True, "clock": True}


def test_every_requirement_names_known_checks_and_every_check_serves_one() -> None:
    named = {check for requirement in requirements().values() for check in requirement.checks}
    assert named <= set(register())
    assert set(register()) <= named


def test_every_tested_requirement_has_a_scenario() -> None:
    tagged = {id for case in scenarios() for id in case.requirements}
    assert {r.id for r in requirements().values() if not r.not_tested} == tagged


def test_every_phrase_asks_for_a_known_check() -> None:
    asked = {check for check, _ in PHRASES.values()} | set(ABOUT.values())
    assert asked <= set(register())


def test_half_of_the_scenarios_are_adverse_each_with_a_nominal_twin() -> None:
    cases = {case.case: case for case in scenarios()}
    adverse = [case for case in cases.values() if case.nature == "adverse"]
    assert len(cases) >= 20
    assert len(adverse) * 2 >= len(cases)
    assert all(cases[case.twin or ""].nature == "nominal" for case in adverse)


def test_a_partial_plan_takes_the_twins_along() -> None:
    chosen = {case.case for case in plan(ALL, ("CAS-RES-05",)) if case.selected}
    assert chosen == {"CAS-RES-05", "CAS-RES-03"}


def test_what_is_not_declared_is_not_applicable_and_says_why() -> None:
    rows = plan({"professions": ["pharmacy"], "actions": ["scan"], "print": False, "clock": False})
    why = {row.case: row.why_not for row in rows if not row.applicable}
    assert why["CAS-ISS-01"] == "profession non déclarée : prescriber"
    assert why["CAS-RES-08"] == "capacité non déclarée : clock"
    assert why["CAS-CLM-03"] == "capacité non déclarée : consult-claim"
    assert "CAS-RES-01" not in why


def test_a_check_outside_the_requirements_of_its_scenario_is_refused() -> None:
    assert requirement_of("sheet-issued", ("EXG-ISS-001",)) == "EXG-ISS-001"
    with pytest.raises(LookupError):
        requirement_of("sheet-issued", ("EXG-RES-001",))


HEAD = "# language: fr\nFonctionnalité: F\n"
NOMINAL = "  @CAS-A @nominal @pharmacy @EXG-RES-001\n  Scénario: A\n    Quand a\n"


@pytest.mark.parametrize(
    "text",
    [
        "  @CAS-A @nominal @pharmacy @EXG-NOT-001\n  Scénario: A\n    Quand a\n",
        "  @CAS-A @pharmacy @EXG-RES-001\n  Scénario: A\n    Quand a\n",
        "  @nominal @pharmacy @EXG-RES-001\n  Scénario: A\n    Quand a\n",
        "  @CAS-B @adverse @pharmacy @EXG-RES-001 @twin:CAS-A\n  Scénario: B\n    Quand a\n",
        NOMINAL,
    ],
    ids=["unknown requirement", "no nature", "no case", "adverse without difference", "declared twice"],
)
def test_bad_tags_are_refused(tmp_path: Path, text: str) -> None:
    (tmp_path / "good.feature").write_text(HEAD + NOMINAL, encoding="utf-8")
    assert [case.case for case in scenarios(tmp_path)] == ["CAS-A"]
    (tmp_path / "zbad.feature").write_text(HEAD + text, encoding="utf-8")
    with pytest.raises(BadFeature):
        scenarios(tmp_path)
