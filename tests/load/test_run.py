"""A whole, very short load run against a real simulator: result on disk, exit code, everything held."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest


@pytest.mark.long
def test_five_seconds_of_load(tmp_path: Path) -> None:
    (tmp_path / "court.toml").write_text(
        """
        id = "court"
        title = "Cinq secondes"
        requests_per_second = 8.0
        duration_s = 5
        contention = 0.5
        replay = 0.5
        [objectives]
        achieved_rate_min = 0.1
        [objectives.p95_ms]
        issue-care-sheet = 20000
        read-care-sheet = 20000
        resolve = 20000
        execute = 20000
        read-claim = 20000
        list-medicines = 20000
        check-rights = 20000
        token = 20000
        """
    )
    command = [sys.executable, "-P", "-m", "fse", "load", "--profile", "court.toml", "--runs", "runs"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=600, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "tient la charge" in done.stdout
    [kept] = (tmp_path / "runs").glob("load-*/result.json")
    document = json.loads(kept.read_text(encoding="utf-8"))
    assert document["verdict"] == "held"
    assert document["volume"]["executions"] >= 2
    assert all(rule["held"] for rule in document["invariants"])
    assert {op["operation"] for op in document["operations"]} >= {
        "issue-care-sheet",
        "resolve",
        "execute",
        "read-claim",
    }
