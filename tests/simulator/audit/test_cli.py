"""`fse audit verify` and `fse audit show`, as people type them."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
import typer
from typer.testing import CliRunner

from simulator.app import create_app
from simulator.audit import cli
from simulator.audit import store as audit
from simulator.kit.call import Actor, Call
from simulator.kit.clock import parse
from simulator.kit.storage import Database, query
from simulator.settings import Settings
from tests.simulator.database import shared_url

NOW = parse("2026-11-23T09:00:00Z")


@pytest.fixture
def base(tmp_path: Path) -> str:
    """A database with three links in its default world."""
    url = shared_url(f"sqlite:///{tmp_path / 'essai.sqlite'}")
    simulator = create_app(Settings(database=url))
    call = Call(simulator.worlds._cache["default"], NOW, Actor("essai", "100000011"), "t", "tested")

    def unit(tx: Any) -> None:
        for subject in ("2604817390552494", "ben:100000001/0", "2604817390552494"):
            audit.append(tx, call, "tested", subject, {"b": 1})

    simulator.db.call(unit, "default")
    simulator.close()
    return url


@pytest.fixture
def touched(base: str) -> Iterator[str]:
    database = Database.open(base)
    database.call(lambda tx: tx.run(query(sa.update(audit.table).where(audit.table.c.seq == 2).values(actor="x/-"))))
    database.close()
    yield base


def fse(*words: str) -> Any:
    app = typer.Typer(pretty_exceptions_enable=False)
    cli.register(app)
    app.callback()(lambda: None)
    return CliRunner().invoke(app, ["audit", *words])


def test_a_sound_trail(base: str) -> None:
    said = fse("verify", "--database", base)
    assert said.exit_code == 0, said.output
    assert said.output.startswith("default : 3 maillons, chaîne intacte, tête 3:")
    head = said.output.partition("tête ")[2].split()[0]
    noted = fse("verify", "--database", base, "--world", "default", "--head", head)
    assert noted.exit_code == 0
    other = fse("verify", "--database", base, "--world", "default", "--head", f"3:{'a' * 64}")
    assert other.exit_code == 1
    assert "n'a pas l'empreinte notée ailleurs" in other.output


def test_a_touched_trail(touched: str) -> None:
    said = fse("verify", "--database", touched)
    assert said.exit_code == 1
    assert said.output.startswith("default : CHAÎNE ROMPUE : le maillon 2 a été modifié")
    machine = fse("verify", "--database", touched, "--json")
    assert machine.exit_code == 1
    answer = json.loads(machine.output)
    assert answer["sound"] is False
    assert answer["worlds"][0]["broken"] == {"kind": "altered", "seq": 2}
    assert answer["worlds"][0]["links"] == 1


def test_the_state_next_to_the_trail(base: str) -> None:
    said = fse("verify", "--database", base, "--state")
    assert said.exit_code == 0, said.output
    assert "état des feuilles : celui de la piste" in said.output
    database = Database.open(base)
    data = {"revision": 1, "changes": {}}
    actor = Actor("essai", "100000011")
    database.call(lambda tx: audit._write(tx, "default", NOW, actor, "care-sheet-issued", "2604", "t", data))
    database.close()
    assert fse("verify", "--database", base).exit_code == 0
    differs = fse("verify", "--database", base, "--state")
    assert differs.exit_code == 1
    assert "ÉTAT DIFFÉRENT DE LA PISTE" in differs.output
    machine = json.loads(fse("verify", "--database", base, "--state", "--json").output)
    assert machine["sound"] is False
    assert machine["worlds"][0]["sound"] is True
    assert machine["worlds"][0]["state_differs"] == ["2604"]


def test_for_a_program(base: str) -> None:
    answer = json.loads(fse("verify", "--database", base, "--json").output)
    assert answer["sound"] is True
    assert answer["worlds"][0]["world"] == "default"
    assert answer["worlds"][0]["head"]["seq"] == 3


def test_what_the_trail_holds(base: str) -> None:
    said = fse("show", "--database", base)
    assert said.exit_code == 0, said.output
    assert [line.split()[0] for line in said.output.splitlines()] == ["1", "2", "3"]
    assert '{"b":1}' in said.output
    of_one = fse("show", "--database", base, "--subject", "2604 8173 9055 2494", "--json")
    assert [entry["seq"] for entry in json.loads(of_one.output)["entries"]] == [1, 3]
    of_him = fse("show", "--database", base, "--subject", "ben:100000001/0", "--json")
    assert [entry["seq"] for entry in json.loads(of_him.output)["entries"]] == [2]
    assert "Rien" in fse("show", "--database", base, "--after", "3").output


@pytest.mark.parametrize("command", ["verify", "show"])
def test_what_is_typed_wrong(command: str, base: str, tmp_path: Path) -> None:
    for words in (
        ["--database", f"sqlite:///{tmp_path / 'absente.sqlite'}"],
        ["--database", "rien"],
        ["--database", base, "--world", "inconnu"],
    ):
        said = fse(command, *words)
        assert said.exit_code == 2, said.output
        assert said.output.startswith("Erreur : ")
    assert not (tmp_path / "absente.sqlite").exists()


@pytest.mark.parametrize("head", [["--world", "default", "--head", "3:abc"], ["--head", f"3:{'a' * 64}"]])
def test_a_head_that_is_none(head: list[str], base: str) -> None:
    assert fse("verify", "--database", base, *head).exit_code == 2


def test_the_help_has_examples() -> None:
    for command in ("verify", "show"):
        assert f"fse audit {command}" in fse(command, "--help").output
