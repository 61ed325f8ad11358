"""The guide's commands and its Python receiver, run as they are printed."""

from __future__ import annotations

import json
import os
import re
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

GUIDE = Path(__file__).parents[3] / "docs/guides/evenements.md"
PROGRAM = "import typer, simulator.cli as c; a = typer.Typer(); c.register(a); a()"


def blocks(language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```$", GUIDE.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL)


@pytest.fixture
def server(tmp_path: Path) -> Iterator[str]:
    """The address of `fse serve`, its data in `.fse` of the folder."""
    environment = {**os.environ, "FSE_DATA": str(tmp_path / ".fse")}
    environment.pop("FSE_BENCH_TOKEN", None)
    command = [sys.executable, "-c", PROGRAM, "--port", "0", "--announce"]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=environment)
    try:
        assert process.stdout is not None
        line = process.stdout.readline()
        assert line.startswith("FSE_READY "), process.stderr and process.stderr.read()
        yield json.loads(line.removeprefix("FSE_READY "))["url"]
    finally:
        process.send_signal(signal.SIGTERM)
        _, errors = process.communicate(timeout=120)
    assert errors == ""


@pytest.mark.skipif(os.name != "posix", reason="the guide's commands are for a shell")
def test_the_guide_runs(server: str, tmp_path: Path) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]

    def here(text: str) -> str:
        return text.replace("http://127.0.0.1:8700", server).replace("9000", str(port))

    (tmp_path / "recepteur.py").write_text(here(blocks("python")[0]), encoding="utf-8")
    script = "\n".join(["set -eu", "trap 'kill $(jobs -p)' EXIT", *map(here, blocks("sh"))])
    python = str(Path(sys.executable).parent)
    environment = {**os.environ, "PATH": f"{python}{os.pathsep}{os.environ['PATH']}"}
    done = subprocess.run(
        ["bash", "-c", script], cwd=tmp_path, env=environment, capture_output=True, text=True, timeout=600
    )
    assert done.returncode == 0, done.stderr

    def read(name: str) -> Any:
        return json.loads((tmp_path / name).read_text(encoding="utf-8"))

    (event,) = read("page.json")["items"]
    assert event["type"] == "keys.rotated"
    assert read("suite.json") == {"items": []}
    assert read("renvoi.json") == {"events": [event["id"]]}
    assert (tmp_path / "recus.txt").read_text() == f"keys.rotated {event['id']}\n"  # once: the second was known
    (delivery,) = read("essais.json")["deliveries"]
    assert [attempt["status"] for attempt in delivery["attempts"]] == [204, 204]
    assert (delivery["event"], delivery["round"]) == (event["id"], 2)


def test_the_guide_names_every_type() -> None:
    from simulator.events.model import TYPES

    files = r"json|py|txt"
    assert set(re.findall(rf"`([a-z-]+\.(?!(?:{files})`)[a-z-]+)`", GUIDE.read_text(encoding="utf-8"))) == set(TYPES)
