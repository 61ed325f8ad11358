"""Checkpoints beside the writer: the WAL begins again, nothing is lost, and a disk that fails stops nobody."""

from __future__ import annotations

import asyncio
import sqlite3
import threading
from pathlib import Path
from typing import Any

import pytest

from simulator.kit.storage import Database, Tx, checkpoints
from tests.simulator.kit.test_storage import labels, put

PAGES = 16
"""Written by each unit: a page of 8 kB is 8 kB of WAL."""


def wide(number: int) -> Any:
    def unit(tx: Tx) -> None:
        for page in range(PAGES):
            put(tx, f"{number:05d}.{page:02d}" + "x" * 7000)

    return unit


async def written(database: Database, first: int, last: int) -> None:
    for number in range(first, last):
        await database.write(wide(number))


@pytest.fixture(autouse=True)
def often(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(checkpoints, "EVERY", 10)


def filled(url: str) -> None:
    """Thirty units, and nothing of them is missing."""
    database = Database.open(url)
    try:
        asyncio.run(written(database, 0, 30))
        assert len(database.call(labels)) == 30 * PAGES
    finally:
        database.close()


def test_the_wal_begins_again_while_the_writer_goes_on(tmp_path: Path) -> None:
    file, wal = tmp_path / "a.sqlite", tmp_path / "a.sqlite-wal"
    database = Database.open(f"sqlite:///{file}")
    try:
        asyncio.run(written(database, 0, 200))
        assert file.stat().st_size > 50 * PAGES * 8192, "pages were brought back before the end"
        assert wal.stat().st_size < 100 * PAGES * 8192, "and the WAL began again"
        assert len(database.call(labels)) == 200 * PAGES
    finally:
        database.close()
    with sqlite3.connect(file) as other:
        assert other.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        assert other.execute("SELECT count(*) FROM counters").fetchone() == (200 * PAGES,)
    other.close()


def test_the_first_pass_is_beside_the_writer_and_the_second_its_own(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    passed: list[str] = []
    real = checkpoints._bring_back

    def noted(connection: sqlite3.Connection) -> None:
        passed.append(threading.current_thread().name.partition("_")[0])
        real(connection)

    monkeypatch.setattr(checkpoints, "_bring_back", noted)
    filled(f"sqlite:///{tmp_path / 'a.sqlite'}")
    assert passed[:2] == ["checkpoint", "writer"]


def test_without_them_the_wal_would_not_begin_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(checkpoints.Checkpoints, "after", lambda *_: None)
    database = Database.open(f"sqlite:///{tmp_path / 'a.sqlite'}")
    try:
        asyncio.run(written(database, 0, 120))
        assert (tmp_path / "a.sqlite-wal").stat().st_size >= 120 * PAGES * 8192
    finally:
        database.close()


def test_a_checkpoint_that_fails_stops_nobody(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(checkpoints, "_CHECKPOINT", "PRAGMA wal_checkpoint(PASSIVE) nonsense")
    filled(f"sqlite:///{tmp_path / 'a.sqlite'}")
    assert "a checkpoint failed" in caplog.text


def test_a_database_in_memory_has_none(caplog: pytest.LogCaptureFixture) -> None:
    filled("sqlite://")
    assert caplog.text == ""


def test_no_thread_for_them_stops_nobody(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def none(*_: Any) -> None:
        raise RuntimeError("can't start new thread")

    monkeypatch.setattr(checkpoints.ThreadPoolExecutor, "submit", none)
    filled(f"sqlite:///{tmp_path / 'a.sqlite'}")
    assert "can't start new thread" in caplog.text


def test_they_make_no_file(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    checkpoints.Checkpoints(str(tmp_path / "été #1.sqlite"))._first()
    assert list(tmp_path.iterdir()) == [] and "unable to open" in caplog.text
