"""A world that three of its days have filled."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import pytest

from simulator.kit.storage import Database
from simulator.place import opened
from simulator.populations.creating import Created, Wanted, make
from tests.simulator.database import shared_url

DAYS, PER_DAY = 3, 60
UNTIL = date(2026, 11, 19)  # a Thursday, the day after a holiday


def wanted(name: str = "kenitra", seed: str = "graine", **changes: object) -> Wanted:
    told = {"persona_set": "kenitra", "days": DAYS, "until": UNTIL, "per_day": PER_DAY, **changes}
    return Wanted(name=name, seed=seed, base_url="http://127.0.0.1:8700", **told)  # type: ignore[arg-type]


def silent(done: int, of: int, sheets: int) -> None:
    """Nobody watches."""


@dataclass(frozen=True)
class Filled:
    """A database where one world was filled."""

    url: str
    created: Created
    db: Database


@pytest.fixture(scope="session")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Filled]:
    url = shared_url(f"sqlite:///{tmp_path_factory.mktemp('filled') / 'one.sqlite'}")
    created = make(url, wanted(), silent)
    with opened(url) as db:
        yield Filled(url, created, db)
    assert os.environ.get("FSE_TEST_DATABASE") or Path(url.removeprefix("sqlite:///")).is_file()
