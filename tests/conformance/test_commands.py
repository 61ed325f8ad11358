"""What a person meets at the command line when something is wrong: one clear message, the right code, no trace."""

from __future__ import annotations

import io
import os
import socket
import subprocess
import sys
from contextlib import redirect_stderr, redirect_stdout
from pathlib import Path

import pytest

import fse as command_line
from tests.conformance.runs import asks, issuance, row, stored_run
from tests.conformance.test_drivers import answering, says


def program(*words: str, cwd: Path) -> subprocess.CompletedProcess[str]:
    """`fse` as a person starts it."""
    environment = {key: value for key, value in os.environ.items() if not key.startswith("FSE_")}
    command = [sys.executable, "-P", "-m", "fse", *words]
    return subprocess.run(command, cwd=cwd, env=environment, capture_output=True, text=True, timeout=600)


def fse(*words: str, cwd: Path) -> subprocess.CompletedProcess[str]:
    """The same in this very process: what ends before anything was started needs no other."""
    out, err = io.StringIO(), io.StringIO()
    with (
        pytest.MonkeyPatch.context() as here,
        redirect_stdout(out),
        redirect_stderr(err),
        pytest.raises(SystemExit) as ended,
    ):
        for name in [name for name in os.environ if name.startswith("FSE_")]:
            here.delenv(name)
        here.chdir(cwd)
        here.setattr(sys, "argv", ["fse", *words])
        command_line.main()
    assert isinstance(ended.value.code, int)
    return subprocess.CompletedProcess(words, ended.value.code, out.getvalue(), err.getvalue())


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
    done = program("homologate", "--driver", f"http://127.0.0.1:{closed_port()}", cwd=tmp_path)
    refused(done, "injoignable", "Remède")
    assert done.stderr.count("injoignable") == 1
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
        ("driver = 3", "/driver"),
        ('[driver]\nendpoints = ["127.0.0.1:1"]', "http://hôte:port"),
        ('[driver]\nendpoints = ["http://127.0.0.1:1"]\ndeadline_s = "vite"', "secondes"),
    ],
)
def test_a_bad_profile(tmp_path: Path, content: str | None, said: str) -> None:
    path = tmp_path / "profil.toml"
    if content is not None:
        path.write_text(content, encoding="utf-8")
    refused(fse("homologate", "--profile", str(path), cwd=tmp_path), said)


WAIVER = (EXAMPLE := Path(__file__).parents[2] / "docs/guides/exemple/profil.toml").read_text(
    encoding="utf-8"
) + '\n[[waiver]]\ncause = "c"\nticket = "T-1"\nowner = "o"\n'


@pytest.mark.parametrize(
    ("lines", "said"),
    [
        ('check = "no-such-check"\nexpires = 2027-01-01', "no-such-check"),
        ('check = "token-reused"\nexpires = "hier"', "AAAA-MM-JJ"),
        ('check = "token-reused"', "expires"),
    ],
)
def test_a_waiver_that_cannot_apply(tmp_path: Path, lines: str, said: str) -> None:
    (tmp_path / "cle-publique.json").write_bytes((EXAMPLE.parent / "cle-publique.json").read_bytes())
    path = tmp_path / "profil.toml"
    path.write_text(WAIVER + lines, encoding="utf-8")
    refused(fse("doctor", "--profile", str(path), cwd=tmp_path), said)


def test_the_example_profile_is_the_reference_editors() -> None:
    from conformance.profile import load
    from conformance.reference_editor.development_key import CLIENT_ID, public_jwks

    assert load(EXAMPLE).client == {"client_id": CLIENT_ID, "name": CLIENT_ID, "jwks": public_jwks()}


def test_an_unknown_case_starts_nothing(tmp_path: Path) -> None:
    refused(fse("homologate", "--editor", "reference", "--only", "CAS-NOPE", cwd=tmp_path), "CAS-NOPE", "CAS-ISS")
    assert not (tmp_path / "runs").exists()


def test_the_doctor_says_what_is_wrong(tmp_path: Path) -> None:
    refused(fse("doctor", "--driver", "127.0.0.1:8801", cwd=tmp_path), "http://127.0.0.1:8801")


def test_an_unwritable_folder_for_the_runs(tmp_path: Path) -> None:
    (tmp_path / "runs").write_text("a file, not a folder", encoding="utf-8")
    refused(fse("homologate", "--editor", "reference", cwd=tmp_path), "--runs")


def test_an_unknown_editor(tmp_path: Path) -> None:
    for name in ("faulty:no-such", "no-rights-check"):
        refused(fse("homologate", "--editor", name, cwd=tmp_path), "Connus", "faulty:no-rights-check")
    refused(fse("editor", "serve", "zzz", cwd=tmp_path), "Connus")


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
