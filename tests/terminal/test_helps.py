"""Helps and refusals of all commands are French: none of the words of the library of commands is left."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from typer.main import get_command

import fse

ENGLISH = re.compile(
    r"Usage|Commands|COMMAND\b|ARGS|Show |\bexit\b|completion\b|default:|required|env var|dynamic|<[A-Za-z]*(?:int|str|"
    r"float|path|file|dir|list|Path|bool|range)\b|\d<=|>=\d|Error|Try |No such|Missing|Invalid|Did you|[Oo]ption '|"
    r"unexpected|should|\bis not\b|\bis a\b|does not|takes|requires|Input|Value|Choose|Aborted|installed|supported"
)
PROGRAM = (sys.executable, "-c", "import fse; fse.main()")


def walk(command: Any, path: tuple[str, ...] = ()) -> Iterator[tuple[str, Any]]:
    """(its words, it), for the program, each group and each command."""
    yield " ".join(path), command
    for name, under in getattr(command, "commands", {}).items():
        yield from walk(under, (*path, name))


ROOT: Any = get_command(fse.build())
ALL = dict(walk(ROOT))
LEAVES = [words for words, command in ALL.items() if not hasattr(command, "commands")]


@pytest.mark.parametrize("words", ALL)
def test_a_help_has_no_word_of_the_library(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], words: str
) -> None:
    assert ended(monkeypatch, *words.split(), "--help") == 0
    said = capsys.readouterr().out
    assert said.startswith(f"Emploi\u00a0: fse {words}".rstrip())
    assert "Options\u00a0:" in said and "Montrer cette aide." in said
    assert ENGLISH.findall(said.replace("--install-completion", "").replace("--show-completion", "")) == []


def ended(monkeypatch: pytest.MonkeyPatch, *words: str) -> Any:
    """The exit code of the program, all its commands being made once for all these tests."""
    monkeypatch.setattr(fse, "build", lambda: ROOT)
    monkeypatch.setattr(sys, "argv", ["fse", *words])
    with pytest.raises(SystemExit) as end:
        fse.main()
    return end.value.code


def mistyped(words: str) -> Iterator[list[str]]:
    """Each way of getting a command wrong: no argument, too many, an option that is not, values that are none."""
    command = ALL[words]
    yield [*words.split(), "--no-such-thing"]
    if all(param.nargs == 1 for param in command.params):
        yield [*words.split(), *["x"] * 30]
    for param in command.params:
        if param.param_type_name == "argument":
            if param.required:
                yield words.split()
        elif param.is_flag:
            yield [*words.split(), f"{param.opts[0]}=3"]
        else:
            yield [*words.split(), param.opts[0]]
            if param.type_descriptor.annotation in (int, float, list[int]):
                yield [*words.split(), param.opts[0], "abc"]
                if param.min is not None:
                    yield [*words.split(), param.opts[0], "-999999999"]


@pytest.mark.parametrize("words", LEAVES)
def test_a_mistyped_command_is_refused_without_a_word_of_the_library(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path, words: str
) -> None:
    monkeypatch.chdir(tmp_path)
    for typed in mistyped(words):
        code = ended(monkeypatch, *typed)
        out, err = capsys.readouterr()
        assert (code, out) == (2, ""), typed
        assert err.startswith("Erreur : ") and ENGLISH.findall(err) == [], (typed, err)


@pytest.mark.parametrize("words", [w for w, c in ALL.items() if c.no_args_is_help])
def test_a_group_alone_shows_its_help(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], words: str
) -> None:
    assert ended(monkeypatch, *words.split()) == 2
    assert "Commandes\u00a0:" in capsys.readouterr().err


@pytest.mark.skipif(os.name != "posix", reason="terminals of POSIX")
@pytest.mark.parametrize("around", [{"TERM": "xterm-256color"}, {"TERM": "dumb"}, {"TERM": "xterm", "NO_COLOR": "1"}])
def test_it_is_the_same_page_in_a_terminal(around: dict[str, str]) -> None:
    import pty

    ours, theirs = pty.openpty()
    given = {**os.environ, "COLUMNS": "80", "LANG": "en_US.UTF-8", **around}
    with subprocess.Popen([*PROGRAM, "serve", "--help"], env=given, stdout=theirs, stderr=theirs) as process:
        os.close(theirs)
        shown = b""
        try:
            while more := os.read(ours, 65536):
                shown += more
        except OSError:
            pass  # how Linux says that the other side is closed
        assert process.wait() == 0
    os.close(ours)
    piped = subprocess.run([*PROGRAM, "serve", "--help"], env=given, capture_output=True, check=True).stdout
    assert shown.replace(b"\r\n", b"\n") == piped and ENGLISH.findall(piped.decode()) == []


@pytest.mark.parametrize(
    ("shell", "says"), [("bash", "Complétion installée pour bash"), ("nope", "une de ces valeurs est attendue")]
)
def test_what_the_completion_answers_is_french(tmp_path: Path, shell: str, says: str) -> None:
    given = {**os.environ, "HOME": str(tmp_path), "_TYPER_COMPLETE_TEST_DISABLE_SHELL_DETECTION": "1"}
    program = [*PROGRAM[:2], f"import sys; sys.argv[0] = 'fse'; {PROGRAM[2]}", "--install-completion", shell]
    answer = subprocess.run(program, env=given, capture_output=True, text=True, check=False)
    said = answer.stdout + answer.stderr
    assert says in said and ENGLISH.findall(said.replace("--install-completion", "")) == []
