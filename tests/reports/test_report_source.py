from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from reports.model import Run
from reports.source import RunUnreadable, read_run


def edit(path: Path, change: Any) -> None:
    value = json.loads(path.read_text(encoding="utf-8"))
    change(value)
    path.write_text(json.dumps(value), encoding="utf-8")


def test_every_planned_case_is_there_in_order(told: Run) -> None:
    assert [case.case for case in told.cases][:2] == ["CAS-ISS-001", "CAS-PRT-001"]
    verdicts = {case.case: case.verdict for case in told.cases}
    assert verdicts["CAS-ERG-001"] == "missing"
    assert verdicts["CAS-PHY-001"] == "not_applicable"
    assert told.product["name"] == "Officine Plus"
    assert told.simulator["rows"] == "120"


def test_a_waived_case_says_so_and_only_that_one(told: Run) -> None:
    assert [case.case for case in told.cases if case.waived] == ["CAS-CLM-002"]


def test_an_interrupted_run_is_incomplete_and_still_read(copy: Path) -> None:
    (copy / "verdict.json").unlink()
    run = read_run(copy)
    assert (run.verdict, run.exit_code) == ("incomplete", 4)
    assert len(run.cases) == 9 and run.defects
    assert run.totals.cases["passed"] == 2  # each case folder keeps its own verdict


def test_broken_evidence_is_a_defect_of_its_case(copy: Path) -> None:
    (copy / "cases" / "CAS-ISS-001" / "observations.json").write_text("{", encoding="utf-8")
    (copy / "cases" / "CAS-EXE-002" / "case.json").write_text("[" * 100_000, encoding="utf-8")
    cases = {case.case: case for case in read_run(copy).cases}
    assert "observations.json" in cases["CAS-ISS-001"].defects[0]
    assert "case.json" in cases["CAS-EXE-002"].defects[0]
    assert cases["CAS-PRT-001"].defects == ()


@pytest.mark.parametrize("name", ["../../../run.json", "/etc/hostname", "x\x00y", "absent.pdf", "lien.pdf"])
def test_no_file_outside_the_case_is_ever_attached(copy: Path, name: str) -> None:
    case = copy / "cases" / "CAS-PRT-001"
    (case / "files" / "lien.pdf").symlink_to(copy / "run.json")
    text = (case / "observations.json").read_text(encoding="utf-8")
    (case / "observations.json").write_text(text.replace('"ordonnance.pdf"', json.dumps(name)), encoding="utf-8")
    attached = next(c for c in read_run(copy).cases if c.case == "CAS-PRT-001").attachments
    assert [a.path for a in attached] == [None]


def test_the_true_document_is_attached(told: Run) -> None:
    attached = next(c for c in told.cases if c.case == "CAS-PRT-001").attachments
    assert [(a.name, a.path is not None) for a in attached] == [("ordonnance.pdf", True)]


def test_a_case_named_like_a_path_opens_no_folder(copy: Path) -> None:
    edit(copy / "run.json", lambda run: run["plan"][0].update(case="../../.."))
    case = read_run(copy).cases[0]
    assert case.case == "../../.." and case.steps == () and case.defects


@pytest.mark.parametrize("content", ["", "[]", '"run"', '{"a": ' + "[" * 90 + "]" * 90 + "}", "\xff"])
def test_an_unusable_run_is_one_french_line(tmp_path: Path, content: str) -> None:
    (tmp_path / "run.json").write_text(content, encoding="latin-1")
    with pytest.raises(RunUnreadable, match=r"run\.json") as refusal:
        read_run(tmp_path)
    assert "\n" not in str(refusal.value)


def test_foreign_types_never_trip_the_reader(copy: Path) -> None:
    def spoil(run: Any) -> None:
        run.update(product=3, simulator=[], waivers={"a": 1}, suite=None, capabilities="x")
        run["plan"][0].update(tags=7, requirements="EXG", twin=[1])

    edit(copy / "run.json", spoil)
    edit(copy / "verdict.json", lambda verdict: verdict.update(totals=[], requirements=5, run={"exit_code": "0"}))
    run = read_run(copy)
    assert run.exit_code == 4 and run.requirements == () and run.cases[0].twin == "[1]"
