"""The suite catches its faulty editors, each by exactly its pinned checks, and lets the reference editor pass.

A sample of one fault a room, over real HTTP, so that the suite stays quick; `fse trial` plays them all.
"""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from conformance.checks.catalogue import register
from conformance.faulty_editors.registry import all_faults
from conformance.trial import scores, try_all
from tests.conformance.test_commands import program

SAMPLE = (
    "forgets-lease",
    "ignores-signature",
    "no-rights-check",
    "prints-qr-too-small",
    "recomputes-estimate",
    "resolves-twice",
    "secret-in-url",
    "shows-codes",
)


def test_every_faulty_editor_is_pinned_to_known_checks() -> None:
    faults = all_faults()
    assert len(faults) >= 8
    assert all(fault.pinned and fault.breaks <= set(register()) for fault in faults.values())


def test_every_check_has_a_faulty_editor_that_turns_it_red() -> None:
    assert set(register()) == {check for fault in all_faults().values() for check in fault.breaks}


@pytest.mark.long
@pytest.mark.skipif("FSE_TRIAL_PASSED" in os.environ, reason="`fse trial` has just caught them all, these among them")
def test_a_sample_is_caught_by_exactly_its_pinned_checks() -> None:
    tried = list(try_all(SAMPLE))
    assert {row.fault.name: row.red for row in tried} == {row.fault.name: row.fault.breaks for row in tried}
    assert all(row.caught for row in tried)
    score = {row.requirement: row for row in scores(tried)}
    assert score["EXG-ISS-002"].caught == 1


@pytest.fixture(scope="module")
def reference_run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = tmp_path_factory.mktemp("reference")
    done = program("homologate", "--editor", "reference", cwd=place)
    assert done.returncode == 0, done.stdout + done.stderr
    return place


@pytest.mark.long
def test_the_reference_editor_is_conformant_and_its_run_verifies(reference_run: Path) -> None:
    done = program("verify", "dernier", cwd=reference_run)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "tout concorde" in done.stdout


@pytest.mark.long
def test_no_credential_reaches_the_evidence(reference_run: Path) -> None:
    texts = [path.read_text(encoding="utf-8") for path in reference_run.rglob("*.json")]
    texts += [path.read_text(encoding="utf-8") for path in reference_run.rglob("*.har")]
    assert len(texts) > 100
    for text in texts:
        assert "Bearer eyJ" not in text
        assert '"d": "psn:' in text or '"d":' not in text
        assert "client_assertion=eyJ" not in text
