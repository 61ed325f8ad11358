"""What a person meets at the command line when something is wrong: one clear message, the right code, no trace."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conformance.runs import asks, issuance, row, stored_run
from tests.conformance.test_drivers import answering, says


def fse(*words: str, cwd: Path) -> subprocess.CompletedProcess[str]:
    environment = {key: value for key, value in os.environ.items() if not key.startswith("FSE_")}
    command = [sys.executable, "-P", "-m", "fse", *words]
    return subprocess.run(command, cwd=cwd, env=environment, capture_output=True, text=True, timeout=60)


def refused(done: subprocess.CompletedProcess[str], *said: str) -> None:
    assert done.returncode == 2, done.stdout + done.stderr
    assert "Traceback" not in done.stdout + done.stderr
    for words in said:
        assert words in done.stderr


def closed_port() -> int:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return int(taken.getsockname()[1])


def test_an_unreachable_editor(tmp_path: Path) -> None:
    done = fse("homologate", "--driver", f"http://127.0.0.1:{closed_port()}", cwd=tmp_path)
    refused(done, "injoignable", "Remède")
    assert not (tmp_path / "runs").exists()


def test_an_editor_that_answers_nonsense(tmp_path: Path) -> None:
    with answering(says(200, b"<html>")) as endpoint:
        refused(fse("homologate", "--driver", endpoint, cwd=tmp_path), "501")


def test_no_software_named(tmp_path: Path) -> None:
    refused(fse("homologate", cwd=tmp_path), "--profile")


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (None, "n'existe pas"),
        ("driver = ", "TOML"),
        ("[driver]\nendpoints = []", "endpoints"),
        ('[driver]\nendpoints = ["http://127.0.0.1:1"]\n[client]\nclient_id = "x"\njwks = "no.json"', "jwks"),
        (
            '[driver]\nendpoints = ["http://127.0.0.1:1"]\n[client]\nclient_id = "x"\n'
            'jwks = {keys = [{kid = "k", d = "secret"}]}',
            "clé privée",
        ),
    ],
)
def test_a_bad_profile(tmp_path: Path, content: str | None, said: str) -> None:
    path = tmp_path / "profil.toml"
    if content is not None:
        path.write_text(content, encoding="utf-8")
    refused(fse("homologate", "--profile", str(path), cwd=tmp_path), said)


def test_an_unwritable_folder_for_the_runs(tmp_path: Path) -> None:
    (tmp_path / "runs").write_text("a file, not a folder", encoding="utf-8")
    refused(fse("homologate", "--editor", "reference", cwd=tmp_path), "--runs")


def test_an_unknown_editor(tmp_path: Path) -> None:
    refused(fse("homologate", "--editor", "faulty:no-such", cwd=tmp_path), "no-such")


def test_verify_says_what_is_not_a_run(tmp_path: Path) -> None:
    refused(fse("verify", "dernier", cwd=tmp_path), "aucune exécution")


def test_verify_by_the_command_line_agrees_then_does_not(tmp_path: Path) -> None:
    cases = {"CAS-1": (issuance(), asks("number-shown-is-the-platforms"))}
    run = stored_run(tmp_path / "runs" / "one", cases, [row("CAS-1")])
    assert fse("verify", "dernier", cwd=tmp_path).returncode == 0
    path = run.case("CAS-1").folder / "observations.json"
    path.write_text(path.read_text(encoding="utf-8").replace("completed", "complete!"), encoding="utf-8")
    done = fse("verify", "dernier", cwd=tmp_path)
    assert done.returncode == 1
    assert "observations.json" in done.stdout
