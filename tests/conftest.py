"""What every room shares: one Hypothesis profile (no deadline: shared machines are slow; a bounded number of examples),
the order of tests, and a simulator that runs.
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from hypothesis import settings

from client.bench import BenchClient
from client.launch import Running, simulator

settings.register_profile("house", deadline=None, max_examples=60, derandomize=True)
settings.load_profile("house")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The long tests first."""
    items.sort(key=lambda item: item.get_closest_marker("long") is None)


@pytest.fixture(scope="module")
def running() -> Iterator[Running]:
    """A program of its own, in memory, for the tests of one file: each works in a world of its own there."""
    with simulator() as served:
        yield served


@pytest.fixture(scope="module")
def bench(running: Running) -> Iterator[BenchClient]:
    client = BenchClient(running.url, running.bench_token)
    yield client
    client.close()
