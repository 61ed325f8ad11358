"""The examples run where their language is installed; elsewhere they are skipped, and that is said."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from client.launch import Running

FOLDER = Path(__file__).resolve().parents[2] / "docs" / "exemples"
SENT = "premiere-heure.http"
"""Its requests are sent by `test_http_file`."""
COMMANDS = {
    "curl.sh": ["sh"],
    "exemple.mjs": ["node"],
    "Exemple.java": ["java"],
    "exemple.php": ["php"],
    "Exemple.cs": ["dotnet", "run"],
}


def test_every_example_is_run_or_said_not_to_be() -> None:
    assert {path.name for path in FOLDER.iterdir()} == {*COMMANDS, "README.md", SENT}


@pytest.mark.parametrize("name", COMMANDS)
def test_an_example_does_what_it_says(running: Running, name: str) -> None:
    tool, *words = COMMANDS[name]
    if shutil.which(tool) is None:
        pytest.skip(f"« {tool} » n'est pas installé ici : {name} n'est pas lancé ({tool} is not installed).")
    environment = {**os.environ, "FSE_SIMULATOR": running.url, "FSE_BENCH_TOKEN": running.bench_token}
    done = subprocess.run(
        [tool, *words, str(FOLDER / name)], env=environment, capture_output=True, text=True, timeout=120, check=False
    )
    assert (done.returncode, done.stdout) == (0, "feuille issued\nheure 2026-11-23T10:00:00Z\n"), done.stderr
