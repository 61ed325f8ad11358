"""`fse verify` agrees with an untouched run, and with nothing else."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from conformance.evidence import manifest
from conformance.evidence.store import NotARun, RunStore
from conformance.evidence.verification import verify
from tests.conformance.runs import asks, issuance, row, stored_run

CASES = {"CAS-1": (issuance(), asks("number-shown-is-the-platforms"))}


@pytest.fixture
def run(tmp_path: Path) -> RunStore:
    return stored_run(tmp_path / "run", CASES, [row("CAS-1")])


def test_an_untouched_run_agrees(run: RunStore) -> None:
    outcome = verify(run.folder)
    assert outcome.agrees
    assert (outcome.cases, outcome.checks) == (1, 1)


@pytest.mark.parametrize("name", ["observations.json", "checks.json", "case.json", "verdict.json", "exchanges.har"])
def test_one_edited_byte_is_found(run: RunStore, name: str) -> None:
    path = run.case("CAS-1").folder / name
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 0x01
    path.write_bytes(bytes(content))
    assert not verify(run.folder).agrees


def test_an_edit_that_also_remakes_the_manifest_is_found_by_recomputing(run: RunStore) -> None:
    path = run.case("CAS-1").folder / "observations.json"
    path.write_text(path.read_text().replace("2604817390552494", "2600000000000175", 1))
    manifest.write(run.folder)
    outcome = verify(run.folder)
    assert not outcome.agrees
    assert any("number-shown-is-the-platforms" in line for line in outcome.differences)


def test_a_verdict_turned_by_hand_is_found_even_with_a_new_manifest(tmp_path: Path) -> None:
    bad = {"CAS-1": (issuance(shown="2600000000000175"), asks("number-shown-is-the-platforms"))}
    run = stored_run(tmp_path / "bad", bad, [row("CAS-1")])
    for path in (run.folder / "verdict.json", run.case("CAS-1").folder / "verdict.json"):
        path.write_text(path.read_text().replace('"failed"', '"passed"').replace("non_conformant", "conformant"))
    manifest.write(run.folder)
    assert not verify(run.folder).agrees


def test_a_removed_case_is_found(run: RunStore) -> None:
    for path in run.case("CAS-1").folder.iterdir():
        path.unlink()
    assert not verify(run.folder).agrees


def test_what_is_not_a_run_says_so(tmp_path: Path) -> None:
    with pytest.raises(NotARun, match=r"run\.json manque"):
        verify(tmp_path)
    (tmp_path / "run.json").write_text("[" * 100_000)
    with pytest.raises(NotARun, match=r"run\.json est illisible"):
        verify(tmp_path)


def test_another_version_of_the_suite_is_not_recomputable(run: RunStore) -> None:
    path = run.folder / "run.json"
    content = json.loads(path.read_text())
    content["suite"]["version"] = "0.0.1"
    path.write_text(json.dumps(content))
    with pytest.raises(NotARun, match="non recalculable"):
        verify(run.folder)
