"""What only a server of databases does: several writers, locks, lost connections. Needs FSE_TEST_DATABASE."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import psycopg
import pytest
import sqlalchemy as sa

from simulator.kit.problems import Problem
from simulator.kit.storage import Database, Duplicate, Tx, Unusable, query
from simulator.worlds.counters import draw
from simulator.worlds.counters import table as counters
from tests.simulator.database import SERVER, fresh_url

pytestmark = pytest.mark.skipif(not SERVER, reason="FSE_TEST_DATABASE names no PostgreSQL")
_put = query(sa.insert(counters))
_labels = query(sa.select(counters.c.label).order_by(counters.c.label))
_pid = query(sa.select(sa.func.pg_backend_pid().label("pid")))


@pytest.fixture
def url() -> str:
    return fresh_url()


@pytest.fixture
def pair(url: str) -> Iterator[tuple[Database, Database]]:
    """Two processes, as far as the database can tell."""
    with ThreadPoolExecutor(2) as pool:  # both meet an empty database at once
        opened = list(pool.map(Database.open, [url, url]))
    yield opened[0], opened[1]
    for database in opened:
        database.close()


def put(tx: Tx, label: str, world: str = "w") -> None:
    tx.run(_put, world=world, label=label, value=1)


def labels(tx: Tx) -> list[str]:
    return [row["label"] for row in tx.all(_labels)]


def cut(tx: Tx) -> None:
    """The server ends this very connection."""
    row = tx.one(_pid)
    assert row is not None
    with psycopg.connect(SERVER, autocommit=True) as other:
        other.execute("SELECT pg_terminate_backend(%s)", (row["pid"],))


def test_two_writers_of_a_world_count_without_a_hole(pair: tuple[Database, Database]) -> None:
    def count(database: Database) -> list[int]:
        async def run() -> list[int]:
            return list(await asyncio.gather(*(database.write(lambda tx: draw(tx, "w", "n"), "w") for _ in range(200))))

        return asyncio.run(run())

    with ThreadPoolExecutor(2) as pool:
        one, other = pool.map(count, pair)
    assert sorted(one + other) == list(range(1, 401))


@pytest.mark.parametrize(
    ("held", "asked", "waits"),
    [
        *[("w", "w", True), ("w", "v", False), ("", "w", True), ("w", "", True)],
        *[("w<v", "w", True), ("w<v", "v", True), ("w<v", "u", False), ("w<v", "u<v", False), ("w<v", "u<w", True)],
        *[("v", "w<v", True), ("u", "w<v", False), ("w<w", "w", True)],
    ],
)
def test_who_waits_for_whom(pair: tuple[Database, Database], held: str, asked: str, waits: bool) -> None:
    """``w<v``: who writes to w reads v beside."""

    def call(database: Database, work: Callable[[Tx], None], said: str) -> None:
        world, _, beside = said.partition("<")
        asyncio.run(database.write(work, world, beside=beside))

    taken, let_go = threading.Event(), threading.Event()

    def hold(tx: Tx) -> None:
        taken.set()
        assert let_go.wait(20)

    with ThreadPoolExecutor(2) as pool:
        holder = pool.submit(call, pair[0], hold, held)
        assert taken.wait(20)
        asking = pool.submit(call, pair[1], lambda tx: put(tx, "later"), asked)
        try:
            if waits:
                with pytest.raises(TimeoutError):
                    asking.result(0.3)
            else:
                asking.result(10)
        finally:
            let_go.set()
        holder.result(10)
        asking.result(10)


def test_two_that_read_each_other_s_world_do_not_wait_for_ever(pair: tuple[Database, Database]) -> None:
    async def run(database: Database, world: str, beside: str) -> None:
        for _ in range(100):
            await database.write(lambda tx: draw(tx, world, "n"), world, beside=beside)

    with ThreadPoolExecutor(2) as pool:
        both = [pool.submit(asyncio.run, run(*one)) for one in ((pair[0], "v", "w"), (pair[1], "w", "v"))]
        for one in both:
            one.result(30)
    assert [pair[0].call(lambda tx, w=w: draw(tx, w, "n"), w) for w in ("v", "w")] == [101, 101]  # type: ignore[misc]


def test_a_world_held_elsewhere_ends_the_batch_and_keeps_the_order(pair: tuple[Database, Database]) -> None:
    taken, let_go = threading.Event(), threading.Event()
    order: list[str] = []

    def hold(tx: Tx) -> None:
        taken.set()
        assert let_go.wait(20)

    async def run() -> None:
        pair[1].post(lambda tx: order.append("first"), "v")
        write = asyncio.gather(*(pair[1].write(lambda tx, w=w: order.append(w), w) for w in ("v", "w", "u")))
        await asyncio.sleep(0.2)
        assert order == ["first", "v"]
        let_go.set()
        await write

    with ThreadPoolExecutor(1) as pool:
        holder = pool.submit(pair[0].call, hold, "w")
        assert taken.wait(20)
        asyncio.run(run())
        holder.result(10)
    assert order == ["first", "v", "w", "u"]


def test_a_connection_lost_in_flight_is_said_and_found_again(pair: tuple[Database, Database]) -> None:
    def lost(tx: Tx) -> None:
        put(tx, "half")
        cut(tx)
        put(tx, "never")

    with pytest.raises(Problem) as told:
        pair[0].call(lost, "w")
    assert (told.value.slug, told.value.status) == ("storage-unavailable", 503)
    pair[0].call(lambda tx: put(tx, "after"), "w")
    assert pair[0].call(labels) == ["after"]


def test_a_commit_that_is_lost_takes_the_whole_batch(pair: tuple[Database, Database]) -> None:
    async def run() -> list[Any]:
        units = [pair[0].write(lambda tx: put(tx, "a"), "w"), pair[0].write(cut, "w")]
        return list(await asyncio.gather(*units, return_exceptions=True))

    assert {getattr(error, "slug", error) for error in asyncio.run(run())} == {"storage-unavailable"}
    assert pair[0].call(labels) == []


def test_a_connection_lost_meanwhile_is_not_noticed(pair: tuple[Database, Database]) -> None:
    for work in (lambda tx: put(tx, "b"), labels):
        found = pair[0].call(lambda tx: tx.one(_pid))
        assert found is not None
        with psycopg.connect(SERVER, autocommit=True) as other:
            other.execute("SELECT pg_terminate_backend(%s)", (found["pid"],))
        pair[0].call(work, "w")  # type: ignore[arg-type]
    assert asyncio.run(pair[0].read(labels)) == ["b"]


def test_a_unit_that_goes_on_after_a_failed_statement_is_undone_and_told(pair: tuple[Database, Database]) -> None:
    def stubborn(tx: Tx) -> None:
        put(tx, "x")
        with pytest.raises(Duplicate):
            put(tx, "x")

    async def run() -> list[Any]:
        units = (pair[0].write(work, "w") for work in (lambda tx: put(tx, "a"), stubborn, lambda tx: put(tx, "b")))
        return list(await asyncio.gather(*units, return_exceptions=True))

    first, second, third = asyncio.run(run())
    assert first is None and third is None and isinstance(second, RuntimeError)
    with pytest.raises(RuntimeError):
        pair[0].call(stubborn, "w")
    assert pair[0].call(labels) == ["a", "b"]


def test_a_password_is_not_said(caplog: pytest.LogCaptureFixture) -> None:
    with pytest.raises(Unusable) as told:
        Database.open("postgresql://moi:cle-secrete@127.0.0.1:1/fse?connect_timeout=2")
    assert "secrete" not in f"{told.value!r}{told.value}{caplog.text}"
