"""The end of a unit: in its transaction, once the rest of it is done, and undone with it."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from typing import Any

import pytest

from simulator.kit.problems import Problem
from simulator.kit.storage import Database, Tx
from simulator.worlds.counters import draw
from tests.simulator.database import fresh_url
from tests.simulator.kit.test_storage import labels, put


@pytest.fixture
def db() -> Iterator[Database]:
    database = Database.open(fresh_url())
    yield database
    database.close()


def ending(tx: Tx, result: str) -> str:
    put(tx, f"{result}, told")
    return f"{result}, told"


def failing(tx: Tx, result: str) -> str:
    put(tx, f"{result}, told")
    raise Problem("not-found")


def noted(label: str) -> object:
    def unit(tx: Tx) -> str:
        put(tx, label)
        return label

    return unit


def test_an_end_writes_with_its_unit_and_makes_what_is_returned(db: Database) -> None:
    assert asyncio.run(db.write(noted("a"), "w", ending)) == "a, told"  # type: ignore[arg-type]
    assert db.call(labels) == ["a", "a, told"]


def test_an_end_that_fails_undoes_its_unit_alone(db: Database) -> None:
    async def run() -> list[object]:
        asked = [db.write(noted(name), "w", failing if name in "bd" else ending) for name in "abcde"]  # type: ignore[arg-type]
        return list(await asyncio.gather(*asked, return_exceptions=True))

    answers = asyncio.run(run())
    assert [isinstance(answer, Problem) for answer in answers] == [False, True, False, True, False]
    assert db.call(labels) == ["a", "a, told", "c", "c, told", "e", "e, told"]


def undone(tx: Tx) -> str:
    put(tx, "bad")
    raise Problem("not-found")


@pytest.mark.parametrize(("work", "end"), [(noted("bad"), failing), (undone, ending)], ids=["by its end", "before"])
def test_what_ends_in_bad_company_is_done_once(db: Database, work: Any, end: Any) -> None:
    async def run() -> list[object]:
        asked = [
            db.write(lambda tx: draw(tx, "w", "n"), "w", lambda tx, drawn: 100 * drawn + draw(tx, "w", "ends"))
            for _ in range(9)
        ]
        asked.insert(4, db.write(work, "w", end))
        return list(await asyncio.gather(*asked, return_exceptions=True))

    answers = [answer for answer in asyncio.run(run()) if isinstance(answer, int)]
    assert sorted(answer // 100 for answer in answers) == sorted(answer % 100 for answer in answers) == [*range(1, 10)]
    assert "bad" not in db.call(labels)


def test_a_refusal_has_no_end_even_when_it_keeps_its_trace(db: Database) -> None:
    def refused(tx: Tx) -> str:
        put(tx, "wrong-attempt")
        raise Problem("wrong-backup-code", keep=True)

    with pytest.raises(Problem):
        asyncio.run(db.write(refused, "w", ending))
    assert db.call(labels) == ["wrong-attempt"]
