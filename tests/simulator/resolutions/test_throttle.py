"""Errors of typed codes: what is counted, when typing stops, and what opens it again."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from simulator.kit.call import Actor, Call
from simulator.kit.problems import Problem
from simulator.kit.storage import Database, Tx
from simulator.resolutions import throttle

START = datetime(2026, 11, 23, 9, tzinfo=UTC)
SHEET, OTHER = "2600000000000175", "2604817390552494"


class World:
    id = "w"


@pytest.fixture
def desk() -> Iterator[Callable[..., Any]]:
    """`desk(function, *arguments, who=…, after=…)`: one unit of work of that professional, so long after the start."""
    db = Database.open("sqlite://")

    def run(function: Callable[..., Any], *arguments: Any, who: str = "200000012", after: int = 0) -> Any:
        def unit(tx: Tx) -> Any:
            now = START + timedelta(seconds=after)
            call = Call(World(), now, Actor("essai", inpe=who), "0" * 32, "resolve")  # type: ignore[arg-type]
            return function(tx, call, *arguments)

        return db.call(unit)

    yield run
    db.close()


def test_five_wrong_codes_lock_one_sheet_for_everybody(desk: Any) -> None:
    left = []
    for attempt in range(5):
        desk(throttle.check, SHEET)
        left.append(desk(throttle.wrong, SHEET, after=attempt))
    assert left == [4, 3, 2, 1, 0]
    for who in ("200000012", "200000020"):
        with pytest.raises(Problem, match="typing-locked"):
            desk(throttle.check, SHEET, who=who, after=86_400)
    desk(throttle.check, OTHER)


def test_a_reissue_opens_the_typing_of_its_sheet(desk: Any) -> None:
    for _ in range(5):
        desk(throttle.wrong, SHEET)
    desk(lambda tx, call: throttle.forget(tx, call.world.id, OTHER))
    with pytest.raises(Problem, match="typing-locked"):
        desk(throttle.check, SHEET)
    desk(lambda tx, call: throttle.forget(tx, call.world.id, SHEET))
    desk(throttle.check, SHEET)
    assert desk(throttle.wrong, SHEET) == 4


def test_ten_errors_within_the_hour_stop_a_professional_until_it_is_over(desk: Any) -> None:
    for number in range(9):
        desk(throttle.unknown if number % 2 else throttle.wrong, *([] if number % 2 else [str(number)]))
    desk(throttle.check, OTHER, after=10)
    desk(throttle.unknown, after=10)
    with pytest.raises(Problem, match="typing-throttled") as stopped:
        desk(throttle.check, OTHER, after=600)
    assert stopped.value.retry == {"after_s": 3000}
    desk(throttle.check, OTHER, who="200000020", after=600)
    with pytest.raises(Problem, match="typing-throttled"):
        desk(throttle.check, OTHER, after=3599)
    desk(throttle.check, OTHER, after=3600)
    desk(throttle.unknown, after=3600)
    desk(throttle.check, OTHER, after=3601)


def test_a_count_belongs_to_its_world(desk: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    for _ in range(5):
        desk(throttle.wrong, SHEET)
    monkeypatch.setattr(World, "id", "another")
    desk(throttle.check, SHEET)
