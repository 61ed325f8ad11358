"""When a batch goes: at once when nobody else is coming, with its company when there is one."""

from __future__ import annotations

import queue
from typing import Any

import pytest

from simulator.kit.storage.pace import Pace
from simulator.kit.storage.work import Unit


class Waiting:
    """A queue where nobody is, that notes how long it was watched."""

    def __init__(self) -> None:
        self.watched: list[float] = []

    def get_nowait(self) -> Any:
        return self.get(timeout=0)

    def get(self, timeout: float) -> Any:
        self.watched.append(timeout)
        raise queue.Empty


def watched(pace: Pace, *batch: bool) -> float:
    """How long the queue is watched once these units, awaited or not, have joined a new batch."""
    pace.begin()
    for awaited in batch:
        pace.took(Unit(lambda tx: None, "monde", "write", (lambda done: None) if awaited else None))
    waiting: Any = Waiting()
    with pytest.raises(queue.Empty):
        pace.next(waiting)
    pace.end()
    return float(waiting.watched[0])


def test_a_lonely_request_is_committed_at_once() -> None:
    pace = Pace()
    assert [watched(pace, True), watched(pace, True)] == [0, 0]


def test_the_company_of_the_last_batch_is_waited_for() -> None:
    pace = Pace()
    assert watched(pace, True, True, True) == 0
    assert watched(pace, True) > 0, "the two others are about to come"
    assert watched(pace, True) == 0, "they did not: nobody is waited for any more"


def test_a_full_company_goes_at_once_and_posts_are_none() -> None:
    pace = Pace()
    watched(pace, True, True)
    assert watched(pace, True, False, True) == 0


def test_posts_alone_linger() -> None:
    assert watched(Pace(), False) > 0
