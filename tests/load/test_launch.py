"""A simulator of one's own: it answers, it stops, and a wrong option is told in French."""

from __future__ import annotations

from pathlib import Path

import httpx
import pytest

from client.bench import BenchClient
from client.launch import LaunchError, simulator


def test_it_answers_then_stops(tmp_path: Path) -> None:
    with simulator(data=tmp_path) as running:
        assert httpx.get(f"{running.url}/health", trust_env=False).json()["status"] == "ok"
        bench = BenchClient(running.url, running.bench_token)
        assert bench.nomenclatures()
        bench.close()
    with pytest.raises(httpx.ConnectError):
        httpx.get(f"{running.url}/health", trust_env=False)


def test_a_simulator_that_cannot_start_says_why() -> None:
    with pytest.raises(LaunchError, match="n'a pas démarré"), simulator("--database", "mysql://nulle/part"):
        pass
