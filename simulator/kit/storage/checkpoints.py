"""Pages of the WAL brought back to the file beside the writer: a checkpoint mostly waits for the disk.

A first pass, on a connection of its own, takes what is there while the writer goes on; then the writer itself brings
back what it wrote meanwhile, which is little, and the WAL begins again. Should the writer outrun this, SQLite stops it
for a checkpoint of its own (`wal_autocheckpoint`).
"""

from __future__ import annotations

import logging
import sqlite3
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import closing
from pathlib import Path

log = logging.getLogger("simulator.storage")
EVERY = 1000
"""Units between two checkpoints, some 30 MB: pages that are often written are copied back once, not many times."""
_CHECKPOINT = "PRAGMA wal_checkpoint(PASSIVE)"


class Checkpoints:
    """Those of one file; used by the writer's thread. One in memory has none."""

    def __init__(self, path: str) -> None:
        self._path = path
        self._units = 0
        self._pass: Future[None] | None = None
        self._beside = ThreadPoolExecutor(1, "checkpoint")

    def after(self, units: int, writer: sqlite3.Connection) -> None:
        """So many units were committed. A checkpoint that fails is logged: the WAL keeps what it could not copy."""
        self._units += units
        if self._pass is not None and self._pass.done():
            self._units, self._pass = 0, None
            _bring_back(writer)
        elif self._pass is None and self._units >= EVERY and self._path != ":memory:":
            try:
                self._pass = self._beside.submit(self._first)
            except RuntimeError as error:  # no thread can be had: SQLite makes its own checkpoints
                self._units = 0
                log.warning("no checkpoint beside the writer: %s", error)

    def close(self) -> None:
        """Wait for the pass that is running, if any."""
        self._beside.shutdown()

    def _first(self) -> None:
        there = f"{Path(self._path).absolute().as_uri()}?mode=rw"  # never a new file, were that one taken away
        try:
            with closing(sqlite3.connect(there, uri=True, isolation_level=None)) as connection:
                _bring_back(connection)
        except sqlite3.Error as error:
            log.warning("no checkpoint beside the writer: %s", error)


def _bring_back(connection: sqlite3.Connection) -> None:
    try:
        connection.execute(_CHECKPOINT).close()
    except sqlite3.Error as error:
        log.warning("a checkpoint failed: %s", error)
