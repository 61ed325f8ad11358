from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa

from simulator.kit.problems import Problem
from simulator.kit.storage import Database, Duplicate, Tx, Unusable, insert_new, query, upsert
from simulator.kit.storage.work import ReadOnly
from simulator.worlds.counters import draw
from simulator.worlds.counters import table as counters
from tests.simulator.database import fresh_url

_put = query(sa.insert(counters))
_all = query(sa.select(counters.c.label).order_by(counters.c.label))
_values = query(sa.select(counters.c.value))
_named = query(sa.select(counters.c.value).where(counters.c.label == sa.bindparam("label")))
_some = query(sa.select(counters.c.label).where(counters.c.label.in_(["a", "b"])).limit(1))


def put(tx: Tx, label: str) -> None:
    tx.run(_put, world="w", label=label, value=1)


def labels(tx: Tx) -> list[str]:
    return [row["label"] for row in tx.all(_all)]


@pytest.fixture
def db() -> Iterator[Database]:
    database = Database.open(fresh_url())
    yield database
    database.close()


def test_answered_writes_are_there_after_reopening(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/new/base.sqlite"
    database = Database.open(url)
    database.call(lambda tx: put(tx, "a"))
    # What another connection sees is what was committed, before any orderly close.
    other = sqlite3.connect(tmp_path / "new/base.sqlite")
    assert other.execute("select label from counters").fetchall() == [("a",)]
    assert other.execute("pragma journal_mode").fetchone() == ("wal",)
    other.close()
    database.close()
    again = Database.open(url)
    assert again.call(labels) == ["a"]
    again.close()


def test_a_failing_unit_undoes_itself_alone(db: Database) -> None:
    def failing(tx: Tx) -> None:
        put(tx, "half")
        raise Problem("not-found")

    async def run() -> list[object]:
        good, bad, after = (
            db.write(lambda tx: put(tx, "a")),
            db.write(failing),
            db.write(lambda tx: put(tx, "b")),
        )
        return list(await asyncio.gather(good, bad, after, return_exceptions=True))

    first, second, third = asyncio.run(run())
    assert first is None and third is None
    assert isinstance(second, Problem)
    assert db.call(labels) == ["a", "b"]


def test_what_fails_in_company_leaves_the_company_as_it_was(db: Database) -> None:
    def drawn_then_refused(tx: Tx) -> None:
        draw(tx, "w", "n")
        raise Problem("not-found")

    def traced(tx: Tx) -> None:
        put(tx, "trace")
        raise Problem("wrong-backup-code", keep=True)

    async def run() -> list[object]:
        asked = []
        for number in range(12):
            asked.append(db.write(lambda tx: draw(tx, "w", "n"), "w"))
            if number % 4 == 3:
                asked.append(db.write(drawn_then_refused, "w"))
                db.post(lambda tx, n=number: put(tx, f"post {n:02d}"), "w")  # type: ignore[misc]
        asked.append(db.write(traced, "w"))
        return list(await asyncio.gather(*asked, return_exceptions=True))

    answers = asyncio.run(run())
    assert [drawn for drawn in answers if isinstance(drawn, int)] == list(range(1, 13)), "nothing drawn twice or lost"
    assert len([refused for refused in answers if isinstance(refused, Problem)]) == 4
    assert db.call(labels) == ["n", "post 03", "post 07", "post 11", "trace"]


def test_a_refusal_may_keep_its_trace(db: Database) -> None:
    def counted(tx: Tx) -> None:
        put(tx, "wrong-attempt")
        raise Problem("wrong-backup-code", keep=True)

    with pytest.raises(Problem):
        db.call(counted)
    assert db.call(labels) == ["wrong-attempt"]


def test_a_fault_of_the_database_undoes_the_unit_and_propagates(db: Database) -> None:
    def twice(tx: Tx) -> None:
        put(tx, "a")
        put(tx, "a")

    with pytest.raises(Duplicate):
        db.call(twice)
    assert db.call(labels) == []


def test_a_row_written_over_and_a_row_left_alone(db: Database) -> None:
    over, new = upsert(counters), insert_new(counters)

    def unit(tx: Tx) -> list[object]:
        done = [tx.run(new, world="w", label="a", value=value) for value in (1, 2)]
        kept = tx.all(_values)[0]["value"]
        done += [kept, tx.run(over, world="w", label="a", value=3), tx.all(_values)[0]["value"]]
        return done

    assert db.call(unit, "w") == [1, 0, 1, 1, 3]


def test_a_read_sees_every_earlier_write_and_post(db: Database) -> None:
    async def run() -> list[str]:
        for number in range(5):
            db.post(lambda tx, n=number: put(tx, f"p{n}"), "w")  # type: ignore[misc]
        return await db.read(labels)

    assert asyncio.run(run()) == ["p0", "p1", "p2", "p3", "p4"]


def test_many_concurrent_units_each_get_their_own_answer(db: Database) -> None:
    async def run() -> list[int]:
        return list(await asyncio.gather(*(db.write(lambda tx: draw(tx, "w", "n")) for _ in range(300))))

    assert asyncio.run(run()) == list(range(1, 301))


def test_literals_and_in_lists_are_bound(db: Database) -> None:
    db.call(lambda tx: put(tx, "b"))
    assert db.call(lambda tx: [row["label"] for row in tx.all(_some)]) == ["b"]
    assert db.call(lambda tx: tx.many(_put, [{"world": "w", "label": x, "value": 1} for x in "cd"])) == 2


def test_values_are_the_same_on_every_database(db: Database) -> None:
    written = [{"world": "w", "label": label, "value": 2**53} for label in ("é", "b", "B", "a'\"%s:x", "Z")]
    assert db.call(lambda tx: tx.many(_put, written), "w") == 5
    assert db.call(labels) == ["B", "Z", "a'\"%s:x", "b", "é"]  # byte by byte, whatever the place
    assert {row["value"] for row in db.call(lambda tx: tx.all(_values))} == {2**53}
    assert db.call(lambda tx: tx.one(_named, label="nul \0")) is None


def test_a_post_that_fails_takes_nothing_with_it(db: Database, caplog: pytest.LogCaptureFixture) -> None:
    async def run() -> None:
        for label in ("a", "a", "b"):
            db.post(lambda tx, label=label: put(tx, label), "w")  # type: ignore[misc]
        await db.write(lambda tx: put(tx, "c"), "w")

    asyncio.run(run())
    assert db.call(labels) == ["a", "b", "c"] and "a posted unit failed" in caplog.text


def test_a_read_that_would_write_is_refused(db: Database) -> None:
    """It holds no lock for that: on several processes it would not be alone."""
    many = [{"world": "w", "label": "a", "value": 1}]
    for work in (lambda tx: put(tx, "a"), lambda tx: tx.many(_put, many), lambda tx: draw(tx, "w", "a")):
        for world in ("", "w"):
            with pytest.raises(ReadOnly):
                asyncio.run(db.read(work, world))
    db.call(lambda tx: put(tx, "b"))
    assert db.call(labels) == ["b"]


def test_a_closed_database_refuses_work(db: Database) -> None:
    db.close()
    with pytest.raises(RuntimeError, match="closed"):
        db.call(labels)


def test_other_urls_do_not_open() -> None:
    with pytest.raises(ValueError, match="unsupported"):
        Database.open("mysql://x/y")


def test_a_file_that_is_no_database_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "x.sqlite"
    path.write_bytes(b"not a database, but long enough to be taken for one" * 40)
    with pytest.raises(Unusable, match="not a database"):
        Database.open(f"sqlite:///{path}")


def test_a_file_with_other_tables_is_refused(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/base.sqlite"
    Database.open(url).close()
    Database.open(url).close()
    other = sqlite3.connect(tmp_path / "base.sqlite")
    other.execute("alter table counters add column more text")
    other.close()
    with pytest.raises(ValueError, match="autre version"):
        Database.open(url)
