from __future__ import annotations

from dataclasses import replace
from xml.etree import ElementTree as Xml

import pytest

from reports.junit import junit_xml
from reports.model import Run


def cases(run: Run) -> dict[str, Xml.Element]:
    root = Xml.fromstring(junit_xml(run))
    return {case.get("name", "").split(" ")[0]: case for case in root.iter("testcase")}


def test_one_suite_per_feature_and_every_planned_case(told: Run) -> None:
    root = Xml.fromstring(junit_xml(told))
    assert {suite.get("name") for suite in root} == {case.feature for case in told.cases}
    assert root.get("tests") == "9" == str(len(list(root.iter("testcase"))))
    assert (root.get("failures"), root.get("errors"), root.get("skipped")) == ("2", "2", "1")


def test_open_questions_are_errors_and_only_the_inapplicable_is_skipped(told: Run) -> None:
    found = cases(told)
    ends = {name: [child.tag for child in case] for name, case in found.items()}
    assert ends["CAS-RES-003"] == ["error"] and ends["CAS-ERG-001"] == ["error"]
    assert ends["CAS-EXE-009"] == ["failure"] and ends["CAS-RES-007"] == ["failure"]
    assert ends["CAS-PHY-001"] == ["skipped"] and ends["CAS-ISS-001"] == []
    assert ends["CAS-PRT-001"] == ["system-out"] and ends["CAS-CLM-002"] == ["system-out"]
    assert found["CAS-PHY-001"][0].get("message") == "profession non déclarée : physiotherapy"


def test_a_failure_says_all_a_developer_needs(told: Run) -> None:
    failure = cases(told)["CAS-RES-007"][0]
    assert "<script>" in (failure.get("message") or "")  # as text: the XML was parsed
    for word in ("Attendu : le logiciel refuse", "Cause probable :", "Commande suivante : fse", "OBLIGATOIRE"):
        assert word in (failure.text or "")


def test_a_waived_failure_is_green_and_names_its_ticket(told: Run) -> None:
    assert "Dérogation : OFF-1841" in (cases(told)["CAS-CLM-002"][0].text or "")


@pytest.mark.parametrize(("verdict", "code"), [("configuration_fault", 2), ("harness_fault", 3), ("incomplete", 4)])
def test_a_run_that_did_not_end_well_is_never_green(told: Run, verdict: str, code: int) -> None:
    root = Xml.fromstring(junit_xml(replace(told, cases=(), verdict=verdict, exit_code=code)))
    assert root.get("errors") == "1" and f"code {code}" in next(root.iter("error")).get("message", "")


def test_a_good_run_is_green(told: Run) -> None:
    good = tuple(case for case in told.cases if case.verdict == "passed")
    root = Xml.fromstring(junit_xml(replace(told, cases=good, verdict="conformant", exit_code=0)))
    assert (root.get("tests"), root.get("failures"), root.get("errors")) == ("2", "0", "0")
