"""Rows that are put wait for their batch: nobody can tell, but for the time that it takes."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from simulator.kit.problems import Problem
from simulator.kit.storage import Database, Duplicate, Tx, query
from simulator.kit.storage.sqlite import SqliteWriter
from simulator.kit.storage.waiting import MOST, Waiting
from simulator.kit.storage.work import ReadOnly, Unit
from simulator.worlds.counters import table as counters
from tests.simulator.database import fresh_url
from tests.simulator.kit.test_storage import labels, put

_insert = query(sa.insert(counters))
_here = counters.c.label == sa.bindparam("l")
_set = query(sa.update(counters).where(_here).values(value=sa.bindparam("v")))
_one = query(sa.select(counters.c.value).where(counters.c.world == sa.bindparam("w"), _here), by=("w", "l"))
_sum = query(sa.select(sa.func.sum(counters.c.value).label("sum")))
_drop = query(sa.delete(counters).where(_here))


@pytest.fixture
def db() -> Iterator[Database]:
    database = Database.open(fresh_url())
    yield database
    database.close()


def later(tx: Tx, label: str, value: int = 1) -> None:
    tx.put(_insert, lambda: {"world": "w", "label": label, "value": value}, ("w", label))


def together(db: Database, *units: Callable[[Tx], Any]) -> list[Any]:
    """What each answers, all asked at once: one batch, or a few."""

    async def run() -> list[Any]:
        return list(await asyncio.gather(*(db.write(unit, "w") for unit in units), return_exceptions=True))

    return asyncio.run(run())


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        (labels, ["a", "b"]),
        (lambda tx: tx.one(_sum)["sum"], 3),
        (lambda tx: tx.one(_one, w="w", l="b")["value"], 2),
        (lambda tx: tx.run(_drop, l="a"), 1),
        (lambda tx: tx.many(_set, [{"l": "a", "v": 3}]), 1),
    ],
    ids=["all", "one", "by its key", "run", "many"],
)
def test_what_was_put_is_there_for_whoever_asks(db: Database, asked: Callable[[Tx], Any], expected: Any) -> None:
    def unit(tx: Tx) -> Any:
        later(tx, "a")
        later(tx, "b", 2)
        return asked(tx)

    assert db.call(unit, "w") == expected
    assert "b" in db.call(labels)


def test_what_one_unit_puts_is_there_for_the_next_of_its_batch(db: Database) -> None:
    assert together(db, lambda tx: later(tx, "a"), labels, lambda tx: later(tx, "b"), labels) == [
        None,
        ["a"],
        None,
        ["a", "b"],
    ]


def test_a_row_by_another_statement_comes_after_those_before_it(db: Database) -> None:
    def unit(tx: Tx) -> int:
        later(tx, "a", 1)
        tx.put(_set, lambda: {"l": "a", "v": 5})
        later(tx, "b", 10)
        tx.put(_set, lambda: {"l": "b", "v": 20})
        return int(tx.one(_sum)["sum"])  # type: ignore[index]

    assert db.call(unit, "w") == 25


def test_who_fails_after_he_put_something_undoes_it_alone(db: Database) -> None:
    def failing(tx: Tx) -> None:
        later(tx, "bad")
        raise Problem("not-found")

    answers = together(db, lambda tx: later(tx, "a"), failing, lambda tx: later(tx, "b"))
    assert [isinstance(answer, Problem) for answer in answers] == [False, True, False]
    assert db.call(labels) == ["a", "b"]


@pytest.mark.parametrize("asks", [True, False], ids=["somebody asks", "nobody asks"])
def test_a_row_that_cannot_be_written_undoes_its_own_unit_alone(db: Database, asks: bool) -> None:
    db.call(lambda tx: put(tx, "taken"), "w")

    def twice(tx: Tx) -> None:
        later(tx, "half")
        later(tx, "taken")

    units = [lambda tx: later(tx, "a"), twice, labels if asks else (lambda tx: None), lambda tx: later(tx, "b")]
    answers = together(db, *units)  # type: ignore[arg-type]
    assert isinstance(answers[1], Duplicate)
    assert [isinstance(answer, Exception) for answer in answers] == [False, True, False, False]
    assert db.call(labels) == ["a", "b", "taken"]


def test_a_row_that_cannot_be_made_undoes_its_own_unit_alone(db: Database) -> None:
    def unmade(tx: Tx) -> None:
        later(tx, "half")
        tx.put(_insert, lambda: {"world": "w", "label": "unmade", "value": 1 // 0})

    answers = together(db, lambda tx: later(tx, "a"), unmade, lambda tx: later(tx, "b"))
    assert isinstance(answers[1], ZeroDivisionError)
    assert db.call(labels) == ["a", "b"]


def test_who_goes_on_after_such_a_failure_is_undone_all_the_same(db: Database) -> None:
    if db.shared:
        pytest.skip("PostgreSQL ends a transaction that failed")
    db.call(lambda tx: put(tx, "taken"), "w")

    def deaf(tx: Tx) -> str:
        later(tx, "taken")
        try:
            labels(tx)
        except Duplicate:
            later(tx, "after")
        return "as if nothing had been"

    first, second = together(db, deaf, lambda tx: later(tx, "a"))
    assert isinstance(first, Duplicate) and second is None
    assert db.call(labels) == ["a", "taken"]


def test_who_has_his_own_reason_to_fail_is_told_it(db: Database) -> None:
    db.call(lambda tx: put(tx, "taken"), "w")

    def converted(tx: Tx) -> None:
        try:
            later(tx, "taken")
            labels(tx)
        except Duplicate:
            raise Problem("not-found") from None

    first, second = together(db, converted, lambda tx: later(tx, "a"))
    assert isinstance(first, Problem) and second is None


def test_nobody_is_told_what_another_did(monkeypatch: pytest.MonkeyPatch) -> None:
    db = Database.open("sqlite://")
    db.call(lambda tx: put(tx, "taken"), "w")

    def lost(writer: SqliteWriter, unit: Unit) -> None:
        raise RuntimeError("the disk is gone")

    monkeypatch.setattr(SqliteWriter, "_guarded", lost)
    answers = together(db, *[lambda tx, n=name: later(tx, n) for name in ("a", "taken", "b")])  # type: ignore[misc]
    db.close()
    assert {str(answer) for answer in answers} == {"the disk is gone"}


def test_a_full_disk_is_said_to_everybody(tmp_path: Path) -> None:
    db = Database.open(f"sqlite:///{tmp_path}/full.sqlite")
    db.call(lambda tx: tx._connection.execute("PRAGMA max_page_count=100"), "w")  # type: ignore[attr-defined]
    pages = [lambda tx, n=n: later(tx, f"{n}" * (2_000_000 if n == 2 else 1)) for n in range(4)]  # type: ignore[misc]
    answers = together(db, *pages)
    assert [getattr(answer, "slug", answer) for answer in answers] == ["storage-unavailable"] * 4
    assert together(db, lambda tx: later(tx, "after"), labels) == [None, ["after"]]
    db.close()


def test_who_only_reads_may_put_nothing(db: Database) -> None:
    with pytest.raises(ReadOnly):
        asyncio.run(db.read(lambda tx: later(tx, "a"), "w"))
    assert db.call(labels) == []


def test_what_an_end_puts_is_written(db: Database) -> None:
    asyncio.run(db.write(lambda tx: later(tx, "a"), "w", lambda tx, result: later(tx, "b")))
    assert db.call(labels) == ["a", "b"]


def test_each_stage_of_the_ends_is_done_for_the_whole_batch() -> None:
    db = Database.open("sqlite://")
    done: list[str] = []

    def noting(what: str) -> Any:
        return lambda *_: done.append(what)

    async def run() -> None:
        await asyncio.gather(*(db.write(noting(f"work {n}"), "w", noting(f"1 {n}"), noting(f"2 {n}")) for n in "ab"))

    asyncio.run(run())
    db.close()
    assert done == ["work a", "work b", "1 a", "1 b", "2 a", "2 b"]


def test_who_comes_while_a_batch_is_done_joins_it() -> None:
    db = Database.open("sqlite://")
    seen: list[bool] = []

    def first(tx: Tx) -> None:
        tx.held["first"] = True
        db.post(lambda tx: seen.append("first" in tx.held), "w")

    db.call(first, "w")
    db.call(labels)
    db.close()
    assert seen == [True]


class Rows:
    """A table of two columns, and what waits for it."""

    def __init__(self) -> None:
        self.connection = sqlite3.connect(":memory:", isolation_level=None)
        self.connection.execute("CREATE TABLE counters (world, label, value, PRIMARY KEY (world, label))")
        self.waiting = Waiting(self.connection)

    def add(self, label: str, key: tuple[str, str] | None = None) -> None:
        self.waiting.add(_insert, lambda: {"world": "w", "label": label, "value": 1}, key)

    @property
    def written(self) -> list[str]:
        return [label for (label,) in self.connection.execute("SELECT label FROM counters ORDER BY label")]


def test_who_asks_by_another_key_keeps_nobody_from_waiting() -> None:
    rows = Rows()
    rows.add("a", ("w", "a"))
    rows.waiting.before(_one, {"w": "w", "l": "b"})
    assert rows.written == []
    rows.waiting.before(_one, {"w": "w", "l": "a"})
    assert rows.written == ["a"]


def test_a_row_without_a_key_may_be_any() -> None:
    rows = Rows()
    rows.add("a", ("w", "a"))
    rows.add("b")
    rows.waiting.before(_one, {"w": "w", "l": "c"})
    assert rows.written == ["a", "b"]


def test_rows_that_are_many_do_not_wait_for_the_end() -> None:
    rows = Rows()
    for number in range(MOST + 1):
        rows.add(f"{number:04d}")
    assert len(rows.written) == MOST


def test_why_a_row_could_not_be_written_is_not_its_own_cause() -> None:
    rows = Rows()
    rows.add("a")
    rows.add("a")
    with pytest.raises(Duplicate) as told:
        rows.waiting.settle()
    assert told.value is rows.waiting.spoiled and told.value.__cause__ is None


def test_what_is_forgotten_is_never_written() -> None:
    rows = Rows()
    rows.add("a")
    rows.waiting.forget()
    rows.waiting.settle()
    assert rows.written == []
