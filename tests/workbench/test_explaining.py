"""`fse explain` on a simulator that runs: the same words as in its database, and what is refused."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import typer
from typer.testing import CliRunner

from client.bench import BenchClient
from client.launch import Running, simulator
from simulator.claims import cli as offline
from workbench import explaining

APP = typer.Typer()
offline.register(APP)
explaining.register(APP)
APP.callback()(lambda: None)


@pytest.fixture(scope="module")
def held(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SimpleNamespace]:
    """A program that serves a file, and a sheet executed in one of its worlds."""
    base = f"sqlite:///{tmp_path_factory.mktemp('base') / 'essai.sqlite'}"
    with simulator("--database", base) as running:
        bench = BenchClient(running.url, running.bench_token)
        bench.create_world(id="essai", seed="graine", now="2026-11-23T09:00:00Z")
        bench.create_world(id="vide", seed="rien", now="2026-11-23T09:00:00Z")
        sheet = bench.make_sheet("essai", state="executed")
        yield SimpleNamespace(running=running, base=base, sheet=sheet["care_sheet"], bench=bench)
        bench.close()


def fse(running: Running, *words: str, named: bool = True, code: int = 0) -> Any:
    around = {"FSE_BENCH_TOKEN": running.bench_token, **({"FSE_SIMULATOR": running.url} if named else {})}
    said = CliRunner().invoke(APP, ["explain", *words], env=around)
    assert said.exit_code == code, said.output
    return said.output


def test_the_same_words_as_in_its_database(held: SimpleNamespace) -> None:
    claim, spaced = held.sheet["claims"][0]["id"], " ".join(held.sheet["number"])
    for words in ([claim], [claim, "--json"], [spaced], [held.sheet["number"], "--world", "essai", "--json"]):
        read = fse(held.running, *words, "--database", held.base)
        assert fse(held.running, *words) == read
        assert fse(held.running, *words, "--simulator", held.running.url, named=False) == read
    assert read.count('"adds_up": true') == len(held.sheet["claims"]) > 1
    assert json.loads(read)["claims"][0]["world"] == "essai"


def test_where_no_base_is_here_the_simulator_that_runs_is_asked(
    held: SimpleNamespace, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("FSE_DATA", str(tmp_path))
    said = fse(held.running, "clm-aaaaaaaaaaaaaaaa", "--simulator", held.running.url, named=False, code=2)
    assert "aucune demande de remboursement pour « clm-aaaaaaaaaaaaaaaa » dans ce simulateur (3 mondes)" in said
    monkeypatch.setattr("workbench.running._HERE", held.running.url)
    assert "Monde             essai\n" in fse(held.running, held.sheet["claims"][0]["id"], named=False)
    (tmp_path / "fse.sqlite").touch()
    assert "dans cette base" in fse(held.running, "clm-aaaaaaaaaaaaaaaa", named=False, code=2)


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["bonjour"], "« bonjour » n'est ni une demande (clm-…), ni un numéro de FSE"),
        (["clm-aaaaaaaaaaaaaaaa", "--world", "essai"], "pour « clm-aaaaaaaaaaaaaaaa » dans le monde « essai »"),
        (["clm-aaaaaaaaaaaaaaaa", "--world", "inconnu"], "inconnu"),
        (["9999 9999 9999 9999"], "aucune demande de remboursement pour « 9999 9999 9999 9999 »"),
        (["clm-..x?y#z%2e", "--world", "essai"], "aucune demande"),
        ([], "donner une demande"),
    ],
)
def test_what_is_asked_wrong(held: SimpleNamespace, words: list[str], says: str) -> None:
    said = fse(held.running, *words, code=2)
    assert said.startswith("Erreur : ") and says in said and said.count("\n") == 1


def test_a_claim_that_two_worlds_have_is_asked_for_with_one(held: SimpleNamespace) -> None:
    held.bench.clone_world("essai", "jumeau")
    claim = held.sheet["claims"][0]["id"]
    try:
        assert "existe dans plusieurs mondes (essai, jumeau)" in fse(held.running, claim, code=2)
        assert "Monde             jumeau\n" in fse(held.running, claim, "--world", "jumeau")
    finally:
        held.bench.delete_world("jumeau")


def test_what_a_simulator_says_does_not_command_the_terminal(
    held: SimpleNamespace, monkeypatch: pytest.MonkeyPatch
) -> None:
    forged = [{"text": "a\x1b[2J\nb", "adds_up": False}]
    monkeypatch.setattr(BenchClient, "explained", lambda *_: forged)
    assert fse(held.running, "clm-a", "--world", "essai", code=1) == "a\\x1b[2J\nb\n"
