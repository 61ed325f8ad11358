"""Every command of `fse`: its help shows an example, what prints data prints it in JSON, the shell completes it."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from typing import Any

import pytest
from typer.main import get_command

import fse

NO_JSON = {
    "serve": "runs until it is stopped; --announce tells a program where",
    "homologate": "runs a campaign, which leaves report.json",
    "demo": "runs a campaign, which leaves report.json",
    "report": "writes report.json",
    "bundle": "writes an archive",
    "verify": "its exit code is its answer",
    "doctor": "its exit code is its answer",
    "trial": "runs campaigns, which leave their reports",
    "load": "writes its report in a folder",
    "docs build": "writes pages",
    "docs openapi": "writes JSON already",
    "editor list": "names to be given to --editor, one a line",
    "editor serve": "runs until it is stopped",
    "fuzz platform": "writes its report in a folder",
}
"""Commands without `--json`, and why."""


def walk(command: Any, path: tuple[str, ...] = ()) -> Iterator[tuple[str, Any]]:
    """(its words, the command), for each command that is not a group."""
    if not hasattr(command, "commands"):
        yield " ".join(path), command
    else:
        for name, under in command.commands.items():
            yield from walk(under, (*path, name))


COMMANDS = dict(walk(get_command(fse.build())))


@pytest.mark.parametrize("words", COMMANDS)
def test_the_help_shows_an_example_of_that_very_command(words: str) -> None:
    said = " ".join((COMMANDS[words].help or "").split())
    assert "Exemple" in said and f"fse {words}" in said[said.index("Exemple") :]


@pytest.mark.parametrize("words", COMMANDS)
def test_what_prints_data_prints_it_in_json(words: str) -> None:
    offered = any("--json" in option.opts for option in COMMANDS[words].params)
    assert offered != (words in NO_JSON)


@pytest.mark.parametrize("words", COMMANDS)
def test_every_option_is_told(words: str) -> None:
    assert [option.name for option in COMMANDS[words].params if not option.help] == []


def completed(*words: str) -> list[str]:
    """What bash is offered after those words, the last one being typed."""
    given = {
        **os.environ, "_FSE_COMPLETE": "complete_bash", "COMP_WORDS": " ".join(words), "COMP_CWORD": str(len(words) - 1)
    }  # fmt: skip
    program = [sys.executable, "-c", "import sys, fse; sys.argv[0] = 'fse'; fse.main()"]
    return subprocess.run(program, env=given, capture_output=True, text=True, check=False).stdout.split()


@pytest.mark.parametrize(
    ("typed", "offered"),
    [
        (("fse", "clo"), {"clock"}),
        (("fse", "clock", ""), {"advance", "agenda", "set", "show", "step"}),
        (("fse", "fault", "add", "--op"), {"--operation"}),
        (("fse", "qr", "re"), {"read", "render"}),
    ],
)
def test_the_shell_completes_what_is_typed(typed: tuple[str, ...], offered: set[str]) -> None:
    assert set(completed(*typed)) == offered


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish", "powershell"])
def test_a_completion_script_is_given(shell: str) -> None:
    given = {**os.environ, "_FSE_COMPLETE": f"source_{shell}"}
    program = [sys.executable, "-c", "import sys, fse; sys.argv[0] = 'fse'; fse.main()"]
    said = subprocess.run(program, env=given, capture_output=True, text=True, check=False).stdout
    assert "_FSE_COMPLETE" in said and f"complete_{shell}" in said
