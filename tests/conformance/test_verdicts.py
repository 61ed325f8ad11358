"""The verdict of a run, from stored observations alone: each rule with the run that breaks it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from conformance.evidence.model import Appended
from tests.conformance.runs import asks, issuance, row, stored_run

NUMBER = "number-shown-is-the-platforms"
RIGHTS = Appended("rights-checked-before-issuance", "EXG-ISS-002", {}, ("o1", "o2", "o3"))


def verdict(tmp_path: Path, cases: Any, rows: Any, **more: Any) -> dict[str, Any]:
    return stored_run(tmp_path / "run", cases, rows, **more).verdict()


def test_a_good_case_is_conformant(tmp_path: Path) -> None:
    found = verdict(tmp_path, {"CAS-1": (issuance(), asks(NUMBER))}, [row("CAS-1")])
    assert found["run"] == {"verdict": "conformant", "exit_code": 0}
    assert found["totals"]["by_basis"]["declared"] == {"passed": 1}


def test_somebody_who_would_drive_the_bench_makes_a_good_run_incomplete(tmp_path: Path) -> None:
    last = {"at": "2026-11-22T10:00:00.000Z", "method": "PUT", "path": "/bench/v1/worlds/w/clock", "why": "?"}
    case, rows = {"CAS-1": (issuance(), asks(NUMBER))}, [row("CAS-1")]
    found = verdict(tmp_path, case, rows, intruders={"count": 2, "last": last})["run"]
    assert (found["verdict"], found["exit_code"]) == ("incomplete", 4)
    assert found["reason"].startswith("2 appels sans le jeton") and "PUT /bench/v1/worlds/w/clock" in found["reason"]
    bad = {"CAS-1": (issuance(shown="2600000000000175"), asks(NUMBER))}
    found = verdict(tmp_path / "bad", bad, rows, intruders={"count": 1, "last": last})["run"]
    assert found["exit_code"] == 1


def test_a_failed_must_is_non_conformant_and_does_not_hide_the_next(tmp_path: Path) -> None:
    seen = issuance(shown="2600000000000175")
    found = verdict(tmp_path, {"CAS-1": (seen, [*asks(NUMBER), RIGHTS])}, [row("CAS-1")])
    assert found["run"]["exit_code"] == 1
    assert [check["verdict"] for check in found["cases"][0]["checks"]] == ["failed", "passed"]


def test_a_missing_case_is_incomplete(tmp_path: Path) -> None:
    found = verdict(tmp_path, {"CAS-1": (issuance(), asks(NUMBER))}, [row("CAS-1"), row("CAS-2")])
    assert found["run"] == {"verdict": "incomplete", "exit_code": 4}
    assert found["cases"][1]["verdict"] == "missing"


def test_a_partial_campaign_is_never_conformant(tmp_path: Path) -> None:
    rows = [row("CAS-1"), row("CAS-2", selected=False)]
    assert verdict(tmp_path, {"CAS-1": (issuance(), asks(NUMBER))}, rows)["run"]["exit_code"] == 4


def test_a_case_without_checks_is_inconclusive(tmp_path: Path) -> None:
    found = verdict(tmp_path, {"CAS-1": (issuance(), [])}, [row("CAS-1")])
    assert found["cases"][0]["verdict"] == "inconclusive"
    assert found["run"]["exit_code"] == 4


@pytest.mark.parametrize(("outcome", "code"), [("crashed", 1), ("timed_out", 1), ("harness_fault", 3)])
def test_outcomes_of_the_software_and_of_the_harness(tmp_path: Path, outcome: str, code: int) -> None:
    cases = {"CAS-1": (issuance(), asks(NUMBER))}
    found = verdict(tmp_path, cases, [row("CAS-1")], outcomes={"CAS-1": outcome})
    assert (found["cases"][0]["verdict"], found["run"]["exit_code"]) == (outcome, code)


def test_not_applicable_alone_proves_nothing(tmp_path: Path) -> None:
    found = verdict(tmp_path, {}, [row("CAS-1", applicable=False, why_not="capacité non déclarée : print")])
    assert found["run"]["exit_code"] == 4


def test_an_unseen_prerequisite_is_inconclusive_never_passed(tmp_path: Path) -> None:
    found = verdict(
        tmp_path, {"CAS-1": (issuance()[:1], [Appended(NUMBER, "EXG-ISS-007", {}, ("o1",))])}, [row("CAS-1")]
    )
    assert found["cases"][0]["checks"][0]["verdict"] == "inconclusive"


def test_blocked_names_the_check_that_blocks(tmp_path: Path) -> None:
    action = issuance()[:1]
    appended = [Appended("sheet-issued", "EXG-ISS-001", {}, ("o1",)), Appended(NUMBER, "EXG-ISS-007", {}, ("o1",))]
    checks = verdict(tmp_path, {"CAS-1": (action, appended)}, [row("CAS-1")])["cases"][0]["checks"]
    assert [check["verdict"] for check in checks] == ["failed", "blocked"]
    assert "sheet-issued" in checks[1]["cause"]


def waiver(**changes: str) -> dict[str, str]:
    base = {"check": NUMBER, "cause": "affichage", "ticket": "T-1", "owner": "A. B.", "expires": "2026-12-31"}
    return {**base, **changes}


@pytest.mark.parametrize(
    ("changes", "code", "expected"),
    [
        ({}, 0, "conformant_with_reservations"),
        ({"expires": "2026-11-21"}, 1, "non_conformant"),
        ({"case": "CAS-9"}, 1, "non_conformant"),
        ({"check": "sheet-issued"}, 1, "non_conformant"),
    ],
)
def test_waivers(tmp_path: Path, changes: dict[str, str], code: int, expected: str) -> None:
    cases = {"CAS-1": (issuance(shown="2600000000000175"), asks(NUMBER))}
    found = verdict(tmp_path, cases, [row("CAS-1")], waivers=[waiver(**changes)])
    assert found["run"] == {"verdict": expected, "exit_code": code}


def adverse(**changes: Any) -> dict[str, Any]:
    return row("CAS-2", nature="adverse", twin="CAS-1", differs="/beneficiary", **changes)


@pytest.mark.parametrize(
    ("twin", "own", "expected"),
    [
        (issuance(), issuance(case="closed"), "passed"),
        (issuance(shown="2600000000000175"), issuance(case="closed"), "inconclusive"),  # the twin fails
        (issuance(), issuance(case="salaried"), "inconclusive"),  # nothing differs
    ],
)
def test_an_adverse_case_counts_only_beside_its_twin(tmp_path: Path, twin: Any, own: Any, expected: str) -> None:
    cases = {"CAS-1": (twin, asks(NUMBER)), "CAS-2": (own, asks(NUMBER))}
    assert verdict(tmp_path, cases, [row("CAS-1"), adverse()])["cases"][1]["verdict"] == expected


def test_a_second_difference_makes_an_adverse_case_inconclusive(tmp_path: Path) -> None:
    own = issuance(case="closed")
    own[-1] = type(own[-1])("o9", "stimulus", "symbolic", {"beneficiary": "closed", "acts": ["CS"]})
    cases = {"CAS-1": (issuance(), asks(NUMBER)), "CAS-2": (own, asks(NUMBER))}
    found = verdict(tmp_path, cases, [row("CAS-1"), adverse()])["cases"][1]
    assert found["verdict"] == "inconclusive"
    assert "/acts/0" in found["reason"]


def test_a_broken_should_is_a_reservation(tmp_path: Path) -> None:
    tokens = [
        type(o)(o.id, o.kind, o.label, {**o.data, "request": {**o.data["request"], "path": "/oauth2/token"}}, o.during)
        for o in issuance()
        if o.kind == "http"
    ]
    cases = {"CAS-1": ([issuance()[0], *tokens, issuance()[2]], [Appended("token-reused", "EXG-SEC-002", {}, ())])}
    cases["CAS-1"] = (
        [issuance()[0], tokens[0], tokens[1].__class__("o4", "http", "software", issuance()[2].data, "o1")],
        [Appended("token-reused", "EXG-SEC-002", {}, ("o1", "o2", "o4"))],
    )
    assert verdict(tmp_path, cases, [row("CAS-1")])["run"]["exit_code"] == 0
