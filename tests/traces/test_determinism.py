"""One seed and one script: the same canonical journal, byte for byte, in two processes, on SQLite and on PostgreSQL."""

from __future__ import annotations

from pathlib import Path

import pytest

from client.bench import BenchClient
from client.launch import simulator
from tests.simulator.database import SERVER, fresh_url
from tests.traces.script import Actors, canonical, play


def lived(database: str, seed: str = "graine-de-trace") -> tuple[list[str], list[tuple[str, str]]]:
    """The canonical journal of a day played in a simulator of its own, and its audit trail (event, hash)."""
    with simulator("--database", database) as running:
        bench = BenchClient(running.url, running.bench_token)
        actors = Actors(bench, "essai-1", seed)
        try:
            play(actors)
            trail = bench.do("essai-1", "GET", "/audit?limit=500")["entries"]
            return canonical(bench, "essai-1"), [(one["event"], one["hash"]) for one in trail]
        finally:
            actors.close()
            bench.close()


@pytest.fixture(scope="module")
def once(tmp_path_factory: pytest.TempPathFactory) -> tuple[list[str], list[tuple[str, str]]]:
    return lived(f"sqlite:///{tmp_path_factory.mktemp('un')}/a.sqlite")


@pytest.mark.long
def test_two_processes_write_the_same_journal(tmp_path: Path, once: tuple[list[str], list[tuple[str, str]]]) -> None:
    journal, trail = lived(f"sqlite:///{tmp_path}/b.sqlite")
    assert journal == once[0] and len(journal) > 60
    assert trail == once[1]
    for line in journal:
        assert "127.0.0.1:" not in line.replace("127.0.0.1:9/fse", ""), line


@pytest.mark.long
def test_another_seed_writes_another_journal(tmp_path: Path, once: tuple[list[str], list[tuple[str, str]]]) -> None:
    """The comparison can fail: not all of a journal is the script's."""
    journal, _ = lived("sqlite://", seed="autre")
    assert len(journal) == len(once[0]) and sum(a != b for a, b in zip(journal, once[0], strict=True)) > 30


@pytest.mark.skipif(not SERVER, reason="FSE_TEST_DATABASE names no PostgreSQL")
def test_postgresql_writes_what_sqlite_writes(once: tuple[list[str], list[tuple[str, str]]]) -> None:
    journal, trail = lived(fresh_url())
    assert journal == once[0]
    assert trail == once[1]
