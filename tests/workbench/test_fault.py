"""`fse fault`, against a simulator that runs."""

from __future__ import annotations

import json
from typing import Any

import httpx
import pytest
import typer
from typer.testing import CliRunner

from client.launch import Running
from workbench import fault


@pytest.fixture
def run(running: Running, monkeypatch: pytest.MonkeyPatch) -> Any:
    """The output of `fse fault …`, and its exit code."""
    monkeypatch.setenv("FSE_BENCH_TOKEN", running.bench_token)
    monkeypatch.setenv("FSE_SIMULATOR", running.url)
    app = typer.Typer()
    fault.register(app)

    def fse(*words: str) -> tuple[str, int]:
        done = CliRunner().invoke(app, ["fault", *words])
        return done.output, done.exit_code

    yield fse
    fse("clear")


def test_a_fault_is_added_seen_and_removed(run: Any, running: Running) -> None:
    said, code = run("add", "server-errors", "--operation", "read-health", "--status", "503", "--nth", "2")
    assert code == 0 and "server-errors  read-health, nth 2, status 503  (arrivée 0 fois pour 0 appel(s))" in said
    agent = {"user-agent": "Essai/1.0 Editeur/demo"}
    url = f"{running.url}/w/default/v1/health"
    assert [httpx.get(url, headers=agent, trust_env=False).status_code for _ in range(3)] == [200, 503, 200]
    (found,) = json.loads(run("list", "--json")[0])
    assert (found["met"], found["times"]) == (3, 1)
    assert "arrivée 1 fois pour 3 appel(s)" in run("list")[0]
    assert run("remove", found["id"]) == (f"Panne {found['id']} retirée.\n", 0)
    assert run("list") == ("Aucune panne dans le monde default.\n", 0)


def test_every_option_of_a_kind_is_an_option_of_the_command(run: Any) -> None:
    kinds = json.loads(run("kinds", "--json")[0])
    help_text = run("add", "--help")[0]
    for option in {name for kind in kinds for name in kind["options"]}:
        assert f"--{option.removesuffix('_s').replace('_', '-')}" in help_text
    shown = run("kinds")[0]
    assert all(kind["kind"] in shown and kind["sense"] in shown for kind in kinds)


def test_all_are_removed_at_once(run: Any) -> None:
    made = json.loads(run("add", "mid-body", "--probability", "0.5", "--json")[0])
    assert made["probability"] == "0.50"
    run("add", "webhook-delay", "--event", "claim.paid", "--seconds", "60")
    assert run("clear") == ("2 panne(s) retirée(s).\n", 0)
    assert json.loads(run("clear", "--json")[0]) == {"removed": 0}


@pytest.mark.parametrize(
    ("words", "says"),
    [
        ("add earthquake", "kind : Attendu : une valeur parmi"),
        ("add html --member status", "member : « member » ne se dit pas"),
        (
            "add html --operation issue-sheet",
            "L'API n'a pas d'opération « issue-sheet » ; voulez-vous dire issue-care-sheet",
        ),
        ("add html --probability beaucoup", "probability : Attendu : un taux"),
        ("add clock-skew", "demande « seconds »"),
        ("remove flt-inconnue", "n'a pas de panne « flt-inconnue »"),
        ("list --world nulle-part", "n'existe pas"),
    ],
)
def test_what_is_refused_says_where_and_why_in_one_line(run: Any, words: str, says: str) -> None:
    said, code = run(*words.split())
    assert code == 2 and said.count(says) == 1 and len(said.splitlines()) == 1


@pytest.mark.parametrize("command", ["add", "list", "remove", "clear", "kinds"])
def test_each_help_has_an_example(run: Any, command: str) -> None:
    said, code = run(command, "--help")
    assert code == 0 and f"Exemple : fse fault {command}" in said and "--json" in said
