"""One simulator for all of these tests: each works in a world of its own."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from client.bench import BenchClient
from client.launch import Running, simulator


@pytest.fixture(scope="session")
def running() -> Iterator[Running]:
    with simulator() as served:
        yield served


@pytest.fixture(scope="session")
def bench(running: Running) -> Iterator[BenchClient]:
    client = BenchClient(running.url, running.bench_token)
    yield client
    client.close()
