"""What all commands print: nothing of it commands the terminal, nothing of it breaks the output."""

from __future__ import annotations

import json

import pytest

from terminal.saying import print_json


def test_json_escapes_what_a_terminal_would_obey_and_what_it_cannot_write(capsys: pytest.CaptureFixture[str]) -> None:
    told = {"a\x1b[2J": "é\x9b31m\u202e", "b": "\ud800x"}
    print_json(told)
    said = capsys.readouterr().out
    assert json.loads(said) == told and "é" in said
    assert "\\ud800x" in said and not {"\x1b", "\x9b", "\u202e"} & set(said)
