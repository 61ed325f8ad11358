"""`fse world`: what is refused is one French line and writes nothing; what is interrupted leaves no world."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest
import typer
from typer.testing import CliRunner

from simulator.place import hold, opened
from simulator.populations import filling
from simulator.populations.creating import make, summaries
from simulator.populations.filling import Told
from simulator.populations.stage import Interrupted
from simulator.worlds import cli
from tests.simulator.populations.conftest import silent, wanted

_APP = typer.Typer()
cli.register(_APP)


@_APP.callback()
def _group() -> None:
    """The commands keep their group."""


def run(*words: str) -> Any:
    return CliRunner().invoke(_APP, ["world", *words])


@pytest.fixture
def url(tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path / 'essai.sqlite'}"


def test_a_world_is_made_then_listed(url: str) -> None:
    made = run("create", "--name", "essai", "--seed", "7", "--days", "2", "--per-day", "8", "--database", url, "--json")
    assert made.exit_code == 0, made.output
    said = json.loads(made.stdout)
    assert (said["id"], said["seed"], said["days"], said["now"]) == ("essai", "7", 2, "2026-11-23T07:00:00Z")
    assert "jour 2/2" in made.stderr and said["claims"] >= 0
    listed = json.loads(run("list", "--database", url, "--json").stdout)["worlds"]
    assert [(one["id"], one["audit_head"]) for one in listed] == [("essai", said["audit_head"])]
    text = run("list", "--database", url).stdout
    assert "essai : 2026-11-23T07:00:00Z (figée), peuplement kenitra" in text and said["audit_head"] in text


def test_a_world_of_personas_alone_is_made_too(url: str) -> None:
    made = run("create", "--persona-set", "default", "--database", url)
    assert made.exit_code == 0 and "Monde « default » créé" in made.stdout


def test_the_tariff_set_of_a_world_is_chosen_and_said(url: str) -> None:
    words = ("create", "--persona-set", "default", "--tariff-set", "conventions-2020", "--database", url)
    assert "Jeu de tarifs : conventions-2020" in run(*words).stdout
    (listed,) = json.loads(run("list", "--database", url, "--json").stdout)["worlds"]
    assert listed["tariff_set"] == "conventions-2020"


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("--persona-set", "ailleurs"), "le peuplement « ailleurs » n'existe pas ; connus : default, kenitra."),
        (("--tariff-set", "xx"), "le jeu de tarifs « xx » n'existe pas ; connus : tnr-2006, conventions-2020."),
        (("--name", "Mon monde"), "« Mon monde » n'est pas un nom de monde"),
        (("--until", "demain"), "--until attend un jour comme 2026-11-22, pas « demain »."),
        (("--until", "2024-01-05"), "les jours d'activité vont du 01/01/2024 au 31/12/2035."),
        (("--seed", "x" * 201), "une graine a 200 caractères au plus."),
    ],
)
def test_what_is_refused_is_one_line_and_writes_nothing(url: str, words: tuple[str, ...], says: str) -> None:
    refused = run("create", "--database", url, *words)
    assert refused.exit_code == 2 and refused.stdout == ""
    (line,) = refused.stderr.splitlines()
    assert says in line
    assert not Path(url.removeprefix("sqlite:///")).exists()


def test_a_name_that_is_taken_changes_nothing(url: str) -> None:
    words = ("create", "--days", "1", "--per-day", "4", "--database", url)
    assert run(*words).exit_code == 0
    before = run("list", "--database", url).stdout
    again = run(*words)
    assert again.exit_code == 2 and "le monde « kenitra » existe déjà dans cette base ; choisir --name." in again.stderr
    assert run("list", "--database", url).stdout == before


def test_a_database_that_a_server_holds_is_left_alone(url: str, tmp_path: Path) -> None:
    with hold(tmp_path / "essai.sqlite"):
        refused = run("create", "--database", url)
    assert refused.exit_code == 2 and "emploie déjà la base" in refused.stderr


def test_a_database_that_is_none_is_said(tmp_path: Path) -> None:
    assert "n'est pas une adresse de base" in run("create", "--database", "mysql://x").stderr
    assert "n'existe pas" in run("list", "--database", f"sqlite:///{tmp_path / 'rien.sqlite'}").stderr


def test_help_gives_an_example() -> None:
    assert "fse world create --persona-set kenitra --days 30" in run("create", "--help").stdout


def test_days_that_are_interrupted_leave_no_world(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """After a day was written: the next thing asked for gives up, and nothing of it is there."""
    played: list[int] = []

    def told(progress: Any, stopped: Any) -> Told:
        return Told(lambda done, of, sheets: played.append(sheets), lambda: bool(played))

    monkeypatch.setattr("simulator.populations.creating.Told", told)
    with pytest.raises(Interrupted):
        make(url, wanted(days=2, per_day=20), silent)
    assert played and played[0] > 0
    with opened(url) as db:
        assert summaries(db) == []


def test_days_that_fail_leave_no_world(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: Any) -> None:
        raise RuntimeError("panne")

    monkeypatch.setattr(filling.store, "set_clock", broken)
    with pytest.raises(RuntimeError):
        make(url, wanted(days=1, per_day=10), silent)
    with opened(url) as db:
        assert summaries(db) == []


@pytest.mark.skipif(sys.platform == "win32", reason="signals of POSIX")
@pytest.mark.parametrize("sign", [signal.SIGINT, signal.SIGKILL])
def test_a_command_that_is_stopped_leaves_no_world(url: str, sign: signal.Signals) -> None:
    words = ["world", "create", "--days", "60", "--per-day", "3000", "--database", url]
    command = [sys.executable, "-m", "fse", *words]
    with subprocess.Popen(command, stderr=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        file = Path(url.removeprefix("sqlite:///") + "-wal")
        hung = time.monotonic() + 120
        while not file.exists() or file.stat().st_size <= 4_000_000:
            assert time.monotonic() < hung, "it has written nothing that could be left behind"
            time.sleep(0.05)
        process.send_signal(sign)
        assert process.wait(120) == (130 if sign is signal.SIGINT else -sign)
    listed = run("list", "--database", url)
    assert listed.exit_code == 0 and listed.stdout.strip() == "Aucun monde dans cette base."
