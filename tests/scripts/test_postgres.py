"""`scripts/postgres.py`: what it says when there is no server, and what it hands over when there is one."""

from __future__ import annotations

import importlib.util
import os
import re
import sys
from pathlib import Path
from types import ModuleType

import pytest

PATH = Path(__file__).parents[2] / "scripts" / "postgres.py"
pytestmark = pytest.mark.skipif(os.name != "posix", reason="Unix sockets")
SHOW = "import os, sys; sys.exit(7 if os.environ['FSE_TEST_DATABASE'] == 'postgresql://ailleurs' else 1)"


@pytest.fixture
def script(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    monkeypatch.delenv("FSE_TEST_DATABASE", raising=False)
    spec = importlib.util.spec_from_file_location("postgres_script", PATH)
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_without_any_server_it_says_so_and_runs_nothing(
    script: ModuleType, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    for source in ("find", "from_wheel", "from_debian"):
        monkeypatch.setattr(script, source, lambda *_: None)
    assert script.main([sys.executable, "-c", "print('run all the same')"]) == 2
    said = capfd.readouterr()
    assert "Pas de PostgreSQL pour ces essais" in said.err and "FSE_TEST_DATABASE=postgresql://" in said.err
    assert said.out == ""


def test_a_server_that_does_not_start_is_said_too(
    script: ModuleType, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    tmp_path.chmod(0o755)
    (tmp_path / "initdb").write_text("#!/bin/sh\necho plus de place\nexit 1\n")
    (tmp_path / "initdb").chmod(0o755)
    monkeypatch.setattr(script, "find", lambda: tmp_path)
    assert script.main([sys.executable, "-c", "print('run all the same')"]) == 2
    said = capfd.readouterr()
    assert "Pas de PostgreSQL pour ces essais" in said.err and said.out == ""


def test_the_server_that_is_named_is_used(script: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FSE_TEST_DATABASE", "postgresql://ailleurs")
    monkeypatch.setattr(script, "find", lambda: pytest.fail("it looked for another one"))
    assert script.main([sys.executable, "-c", SHOW]) == 7


def test_what_is_left_out_there_never_reaches_the_tested_database() -> None:
    """It is reached by the fixtures of `tests/simulator`, or by what imports `tests.simulator.database`."""
    root = PATH.parents[1]
    left_out = re.findall(r"--ignore (tests/simulator/\w+)", (root / "tox.ini").read_text(encoding="utf-8"))
    assert left_out
    ways = re.compile(r"\b(platform|shared|counter)\b|from tests\.simulator|import tests\.simulator")
    for folder in left_out:
        own = f"from tests.simulator.{Path(folder).name}"
        for path in (root / folder).rglob("*.py"):
            assert not ways.search(path.read_text(encoding="utf-8").replace(own, "")), path
