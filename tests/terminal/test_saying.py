"""What all commands print: nothing of it commands the terminal, nothing of it breaks the output."""

from __future__ import annotations

import json

import pytest
import typer
from typer.testing import CliRunner

from client.bench import BenchClient
from client.http import Refused
from conformance.console import escape
from terminal.saying import print_json, refuse, say
from workbench import cli


def test_json_escapes_what_a_terminal_would_obey_and_what_it_cannot_write(capsys: pytest.CaptureFixture[str]) -> None:
    told = {"a\x1b[2J": "é\x9b31m\u202e", "b": "\ud800x"}
    print_json(told)
    said = capsys.readouterr().out
    assert json.loads(said) == told and "é" in said
    assert "\\ud800x" in said and not {"\x1b", "\x9b", "\u202e"} & set(said)


def test_who_reads_the_first_line_alone_is_not_written_to_any_more(monkeypatch: pytest.MonkeyPatch) -> None:
    """`| head -1` has gone after it: a second writing would end the command with code 1, now and then."""
    written: list[str] = []
    monkeypatch.setattr(typer, "echo", written.append)
    say({}, False, (f"ligne {number}" for number in (1, 2)))
    say({}, False, ())
    assert written == ["ligne 1\nligne 2"]


HOSTILE = "Non.\x1b[2J\r\nErreur : tout va bien\x9b31m\u202e"
SPELLED = "Non.\\x1b[2J\\x0d\\x0aErreur : tout va bien\\x9b31m\\u202e"


def test_a_refusal_is_one_line_whatever_it_repeats(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(typer.Exit):
        refuse(HOSTILE)
    assert capsys.readouterr().err == f"Erreur : {SPELLED}\n"
    with pytest.raises(typer.Exit):
        refuse("x" * 100_000)
    assert len(capsys.readouterr().err) < 3_000
    with pytest.raises(typer.Exit):
        refuse("« é »\u00a0: 10\u202f%, voir --simulator.")
    assert capsys.readouterr().err == "Erreur : « é »\u00a0: 10\u202f%, voir --simulator.\n"


def test_nor_does_a_simulator_command_the_terminal_by_its_problem(monkeypatch: pytest.MonkeyPatch) -> None:
    def worlds(_: BenchClient) -> None:
        raise Refused(422, {"detail": HOSTILE, "errors": [{"pointer": "/\x07a", "detail": "\x1b]0;x\x07"}]})

    monkeypatch.setattr(BenchClient, "worlds", worlds)
    app = typer.Typer()
    cli.register(app)
    around = {"FSE_SIMULATOR": "http://127.0.0.1:9", "FSE_BENCH_TOKEN": "jeton"}
    said = CliRunner().invoke(app, ["world", "list"], env=around)
    assert said.exit_code == 2 and said.output.count("\n") == 1
    assert said.output.startswith(f"Erreur : {SPELLED}") and not {"\x1b", "\r", "\x07", "\x9b"} & set(said.output)


def test_nor_does_a_software_under_test_by_what_a_campaign_says_of_it() -> None:
    assert escape("[red]ceci\x1b[2J\nsuite") == "\\[red]ceci\\x1b[2J\nsuite"
