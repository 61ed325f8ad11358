"""`fse world` and `fse clock`, against a server that runs."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
import typer
from typer.testing import CliRunner

from client.bench import BenchClient
from client.launch import Running, simulator
from simulator.worlds import cli as rooms
from workbench import cli

APP = typer.Typer()
rooms.register(APP)
cli.register(APP)
COMMANDS = (
    *(("world", name) for name in ("create", "list", "show", "clone", "snapshot", "snapshots")),
    *(("world", name) for name in ("forget", "restore", "reset", "delete")),
    *(("clock", name) for name in ("show", "set", "advance", "step", "agenda")),
)


class Line:
    """The command line, and the server that it speaks to."""

    def __init__(self, running: Running) -> None:
        self.environment = {"FSE_SIMULATOR": running.url, "FSE_BENCH_TOKEN": running.bench_token}
        self.client = BenchClient(running.url, running.bench_token)

    def __call__(self, *words: str, code: int = 0) -> str:
        done = CliRunner().invoke(APP, list(words), env=self.environment)
        assert done.exit_code == code, done.output
        return done.output

    def json(self, *words: str) -> Any:
        return json.loads(self(*words, "--json"))


@pytest.fixture(scope="module")
def fse() -> Iterator[Line]:
    with simulator() as running:
        line = Line(running)
        yield line
        line.client.close()


@pytest.mark.parametrize("words", COMMANDS, ids=" ".join)
def test_every_command_shows_an_example_and_speaks_json(fse: Line, words: tuple[str, str]) -> None:
    told = fse(*words, "--help")
    assert f"Exemple : fse {' '.join(words)}" in told or f"fse {' '.join(words)}" in told.partition("Exemples :")[2]
    assert "--json" in told


def test_a_world_is_made_with_the_software_that_will_work_in_it(fse: Line) -> None:
    fse("world", "create", "--name", "le-mien", "--client", "mon-logiciel:secret", "--client", "autre:autre-secret")
    asked = {"grant_type": "urn:fse:params:oauth:grant-type:first-hour", "inpe": "200000012"}
    answer = httpx.post(
        f"{fse.environment['FSE_SIMULATOR']}/w/le-mien/oauth2/token", data=asked, auth=("mon-logiciel", "secret"),
        headers={"user-agent": "Essai/1.0 Editeur/mon-logiciel"}, trust_env=False,
    )  # fmt: skip
    assert answer.status_code == 200
    assert "comme demo:demo-secret" in fse("world", "create", "--client", "sans-secret", code=2)
    fse("world", "delete", "le-mien")


def test_a_world_is_made_kept_moved_and_brought_back(fse: Line) -> None:
    told = fse("world", "create", "--name", "essai-1", "--seed", "7", "--now", "2026-11-23T09:00:00Z")
    assert told.startswith("essai-1  2026-11-23T09:00:00Z (figée)") and "/w/essai-1" in told
    assert "essai-1" in fse("world", "list") and "default" in [one["id"] for one in fse.json("world", "list")["worlds"]]
    assert fse("world", "snapshot", "essai-1", "avant") == "Instantané « avant » de essai-1, au 2026-11-23T09:00:00Z.\n"
    assert fse("world", "snapshots", "essai-1") == "avant  2026-11-23T09:00:00Z\n"
    assert fse("clock", "advance", "1d12h", "--world", "essai-1") == "2026-11-24T21:00:00Z (figée)\n"
    assert fse.json("world", "clone", "essai-1", "essai-1-bis")["now"] == "2026-11-24T21:00:00Z"
    assert fse("world", "restore", "essai-1", "avant").startswith("essai-1  2026-11-23T09:00:00Z")
    assert fse("clock", "show", "--world", "essai-1-bis").startswith("2026-11-24T21:00:00Z")
    assert fse("world", "reset", "essai-1-bis").startswith("essai-1-bis  2026-11-23T09:00:00Z")
    shown = fse("world", "show", "essai-1")
    assert "gp 100000011  gp" in shown.replace("prescriber", "gp") and "avant" in shown
    fse("world", "forget", "essai-1", "avant")
    assert fse("world", "snapshots", "essai-1") == "Aucun instantané.\n"
    for name in ("essai-1", "essai-1-bis"):
        assert fse.json("world", "delete", name) == {"deleted": name}
    assert "« essai-1 » n'existe pas" in fse("world", "show", "essai-1", code=2)


def test_a_clock_is_set_and_stepped(fse: Line) -> None:
    world = ("--world", "horloge")
    fse.client.create_world(id="horloge", now="2026-11-23T09:00:00Z")
    assert fse("clock", "set", "2026-11-24T00:00:00Z", "--running", *world).endswith("(elle court)\n")
    assert fse("clock", "set", "--frozen", *world).endswith("(figée)\n")
    assert "recule" not in fse("clock", "agenda", *world)
    assert "Rien n'est attendu." in fse("clock", "agenda", *world)
    assert "Aucune échéance" in fse("clock", "step", *world, code=2)
    assert fse.json("clock", "agenda", *world)["failed"] == []
    assert "précède" in fse("clock", "set", "2020-01-01T00:00:00Z", *world, code=2)


@pytest.mark.parametrize("text", ["", "3", "h", "-2h", "2h ", "3jours", "1.5h", "2h-3d"])
def test_what_is_no_duration(fse: Line, text: str) -> None:
    assert "n'est pas une durée" in fse("clock", "advance", "--world", "default", "--", text, code=2)


def test_ten_years_in_one_word(fse: Line) -> None:
    fse.client.create_world(id="loin", now="2026-11-23T09:00:00Z")
    assert fse("clock", "advance", "10y", "--world", "loin").startswith("2036-11-20")


def test_the_tariff_set_is_chosen_and_said(fse: Line) -> None:
    assert "tarifs conventions-2020" in fse("world", "create", "--name", "tarifs", "--tariff-set", "conventions-2020")
    assert "tarifs conventions-2020" in fse("world", "show", "tarifs")


def test_a_database_is_listed_without_a_simulator(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'base.sqlite'}"
    made = CliRunner().invoke(APP, ["world", "create", "--persona-set", "default", "--database", url])
    assert made.exit_code == 0, made.output
    listed = CliRunner().invoke(APP, ["world", "list", "--database", url, "--json"])
    assert [one["id"] for one in json.loads(listed.output)["worlds"]] == ["default"]


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("world", "create", "--days", "3"), "--persona-set ou --database"),
        (("world", "create", "--persona-set", "kenitra", "--running"), "pas pour une base"),
        (("world", "create", "--tariff-set", "xx"), "connus : tnr-2006, conventions-2020"),
        (("clock", "set"), "donner un instant"),
        (("clock", "set", "--running", "--frozen"), "pas les deux"),
    ],
)
def test_what_does_not_go_together(fse: Line, words: tuple[str, ...], says: str) -> None:
    assert says in fse(*words, code=2)


def test_nothing_runs_there(tmp_path: Path) -> None:
    environment = {"FSE_SIMULATOR": "http://127.0.0.1:9", "FSE_BENCH_TOKEN": "x"}
    for words in (("world", "list"), ("world", "create"), ("clock", "step")):
        done = CliRunner().invoke(APP, list(words), env=environment)
        assert done.exit_code == 2 and "aucun simulateur ne répond à http://127.0.0.1:9" in done.output
