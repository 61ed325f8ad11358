"""One sample run for the whole room; tests that change it take a copy."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from reports.html import render
from reports.model import Run
from reports.source import read_run
from tests.reports.sample import make_run


@pytest.fixture(scope="session")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_run(tmp_path_factory.mktemp("runs") / "20261123-081204-a1b2")


@pytest.fixture(scope="session")
def told(sample: Path) -> Run:
    return read_run(sample)


@pytest.fixture(scope="session")
def page(told: Run) -> str:
    return render(told)


@pytest.fixture
def copy(sample: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(sample, tmp_path / sample.name))
