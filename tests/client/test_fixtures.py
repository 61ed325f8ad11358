"""The fixtures for the tests of a software, used as its own `conftest.py` would."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
TESTS = """
import httpx

HEADERS = {"user-agent": "MonLogiciel/1.0 Editeur/mon-logiciel", "fse-version": "2026-01-01"}
seen = []


def test_a_sheet_is_there(fse_world, fse_sheet):
    sheet = fse_sheet("held")
    bearer = {"authorization": f"Bearer {sheet['tokens']['patient']}"}
    read = httpx.get(f"{fse_world.issuer}/v1/care-sheets/{sheet['number']}", headers={**HEADERS, **bearer})
    assert read.json()["number"] == sheet["number"]
    assert fse_world.advance(60) == "2026-11-23T09:01:00Z"
    seen.append((fse_world.id, sheet["number"]))


def test_the_next_test_has_a_world_of_its_own(fse_world, fse_sheet, fse_simulator):
    sheet = fse_sheet("held")
    assert sheet["now"] == "2026-11-23T09:00:00Z" and fse_world.id != seen[0][0]
    assert sheet["number"] == seen[0][1]
    assert [one["number"] for one in fse_simulator.state(fse_world.id)["care_sheets"]] == [sheet["number"]]
    expired = {"authorization": f"Bearer {fse_world.token('expired')}"}
    assert httpx.get(f"{fse_world.issuer}/v1/claims", headers={**HEADERS, **expired}).json()["code"] == "token-expired"
"""


def test_each_test_has_a_fresh_world_that_is_the_same_at_each_run(tmp_path: Path) -> None:
    (tmp_path / "conftest.py").write_text('pytest_plugins = ["client.fixtures"]\n', encoding="utf-8")
    (tmp_path / "test_mine.py").write_text(TESTS, encoding="utf-8")
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join([str(ROOT), os.environ.get("PYTHONPATH", "")])}
    command = [
        sys.executable,
        "-m",
        "pytest",
        "-q",
        "-p",
        "no:cacheprovider",
        "--rootdir",
        str(tmp_path),
        str(tmp_path),
    ]
    done = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0 and "2 passed" in done.stdout, done.stdout + done.stderr
