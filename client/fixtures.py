"""pytest fixtures for the tests of a software: a simulator, a world for each test, sheets in any state.

In the `conftest.py` of the software: ``pytest_plugins = ["client.fixtures"]``. One simulator serves the whole run, or
the one that FSE_SIMULATOR and FSE_BENCH_TOKEN name; each test has a fresh world, deleted afterwards.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import pytest

from client.bench import BenchClient
from client.launch import simulator

Make = Callable[..., dict[str, Any]]
NOW = "2026-11-23T09:00:00Z"


@dataclass(frozen=True)
class WorldOfTest:
    """One world: its address, what its creation answered, and its bench. Its clock stands still."""

    id: str
    issuer: str
    made: dict[str, Any]
    bench: BenchClient

    def advance(self, seconds: int) -> str:
        """Move its clock; the new time."""
        return str(self.bench.advance(self.id, seconds)["now"])

    def token(self, kind: str = "valid", **body: Any) -> str:
        """An access token (see `fse token kinds`)."""
        return str(self.bench.mint_token(self.id, kind=kind, **body)["token"])


@pytest.fixture(scope="session")
def fse_simulator() -> Iterator[BenchClient]:
    """The bench of a simulator that runs."""
    if "FSE_SIMULATOR" in os.environ and "FSE_BENCH_TOKEN" in os.environ:
        found = BenchClient(os.environ["FSE_SIMULATOR"], os.environ["FSE_BENCH_TOKEN"])
        yield found
        found.close()
        return
    with simulator() as running:
        found = BenchClient(running.url, running.bench_token)
        yield found
        found.close()


@pytest.fixture
def fse_clients() -> list[dict[str, Any]]:
    """The softwares of each world; override it with the one that is tested, and its public keys."""
    return [{"client_id": "mon-logiciel", "name": "Mon logiciel", "secret": "secret-de-test"}]


@pytest.fixture
def fse_world(fse_simulator: BenchClient, fse_clients: list[dict[str, Any]]) -> Iterator[WorldOfTest]:
    """A world of this test alone, the same at each run."""
    made = fse_simulator.create_world(seed="essai", now=NOW, clients=fse_clients)
    yield WorldOfTest(made["id"], made["issuer"], made, fse_simulator)
    fse_simulator.delete_world(made["id"])


@pytest.fixture
def fse_sheet(fse_world: WorldOfTest) -> Make:
    """``fse_sheet("held", patient="ald-97")``: a sheet in that state (see `fse sheet states`)."""

    def make(state: str = "issued", **body: Any) -> dict[str, Any]:
        return fse_world.bench.make_sheet(fse_world.id, state=state, **body)

    return make
