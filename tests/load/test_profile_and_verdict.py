"""Profiles are data with their sources; the verdict compares and never guesses."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import typer
from typer.testing import CliRunner

from client.launch import is_loopback
from load.cli import register
from load.profile import CALLS_PER_FSE, ProfileError, available, load_profile
from load.verdict import objectives, result

OPERATIONS = ("token", "check-rights", "issue-care-sheet", "resolve", "execute", "read-claim")


def outcome(**changes: Any) -> dict[str, Any]:
    row = {"requests": 160, "failures": 0, "p50_ms": 5.0, "p95_ms": 20.0, "p99_ms": 30.0, "max_ms": 40.0}
    return {
        "elapsed_s": 60.0,
        "unserved": 0,
        "rivals_refused": 0,
        "operations": [{"operation": name, **row} for name in OPERATIONS],
        "errors": [],
        "ledger": {"sheets": ["1"], "executions": {"e": {}}, "in_doubt": {}},
        **changes,
    }


def missed(document: dict[str, Any]) -> set[str]:
    return {row["name"] for row in document["objectives"] if not row["held"]}


def test_every_shipped_profile_says_where_its_figures_come_from() -> None:
    assert available() == ["smoke", "kenitra", "region-04", "national", "national-2027"]
    for name in available():
        profile = load_profile(name)
        assert profile.id == name
        assert profile.basis
        assert {basis.origin for basis in profile.basis} <= {"sourced", "derived", "assumed"}
        assert all(basis.source for basis in profile.basis)
        pace = profile.sheets_per_second * (CALLS_PER_FSE + profile.contention + profile.replay)
        assert pace == pytest.approx(profile.requests_per_second)


@pytest.mark.parametrize(
    ("options", "word"),
    [
        ({"name": "lune"}, "inconnu"),
        ({"name": "smoke", "rate": 100000.0}, "débit"),
        ({"name": "smoke", "rate": 0.0}, "supérieur à 0 et d'au plus 500"),
        ({"name": "smoke", "duration_s": 90000}, "durée"),
        ({"name": "absent.toml"}, "inconnu"),
    ],
)
def test_a_wrong_request_is_refused_in_french(options: dict[str, Any], word: str) -> None:
    with pytest.raises(ProfileError, match=word):
        load_profile(**options)


def test_objectives_held_then_each_missed() -> None:
    profile = load_profile("smoke")
    assert missed(result(profile, outcome(), {})) == set()
    assert missed(result(profile, outcome(elapsed_s=90.0), {})) == {"Débit atteint"}
    assert missed(result(profile, outcome(unserved=3), {})) == {"Feuilles restées sans officine"}
    slow = outcome()
    slow["operations"][2]["p95_ms"] = 900.0
    assert missed(result(profile, slow, {})) == {"p95 issue-care-sheet"}
    wrong = outcome()
    wrong["operations"][4]["failures"] = 5
    assert missed(result(profile, wrong, {})) == {"Réponses inattendues"}
    nothing = outcome(operations=[])
    assert {row.held for row in objectives(profile, nothing)} == {True, False}
    assert result(profile, nothing, {})["exit_code"] == 1


def test_a_broken_invariant_alone_is_not_held() -> None:
    from load.invariants import Violation

    broken = {"Rien n'est exécuté deux fois": [Violation("executed-twice", "26", "deux fois")]}
    document = result(load_profile("smoke"), outcome(), broken)
    assert (document["verdict"], document["exit_code"]) == ("not_held", 1)
    assert result(load_profile("smoke"), outcome(), {"x": []})["exit_code"] == 0


def test_a_remote_simulator_needs_an_explicit_yes() -> None:
    assert is_loopback("http://127.0.0.1:8700") and is_loopback("http://[::1]:1") and is_loopback("http://localhost")
    assert not is_loopback("http://192.0.2.1:8700") and not is_loopback("http://exemple.ma")
    app = typer.Typer()
    register(app)
    answer = CliRunner().invoke(app, ["--simulator", "http://192.0.2.1:8700"])
    assert answer.exit_code == 2
    assert "--allow-remote" in answer.output


def test_results_that_cannot_be_kept_are_said_in_french(tmp_path: Path) -> None:
    (tmp_path / "occupé").write_text("", encoding="utf-8")
    app = typer.Typer()
    register(app)
    answer = CliRunner().invoke(app, ["--runs", str(tmp_path / "occupé" / "x")])
    assert answer.exit_code == 2
    assert "ne peut rien recevoir" in answer.output and "Errno" not in answer.output


def test_gevent_stays_out_of_the_command_line() -> None:
    code = "import load.cli, load.runner, load.plan, sys; sys.exit('gevent' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
