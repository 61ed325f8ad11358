"""Two simulators on one PostgreSQL: one moves the clock, the other one pays, reads, or refuses. Needs
FSE_TEST_DATABASE.
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from simulator.app import create_app
from simulator.settings import Settings
from tests.simulator.database import SERVER, fresh_url
from tests.simulator.lifecycle.door import TOKEN, Door, World
from tests.simulator.payments.conftest import HASSAN, MERYEM, Paid

pytestmark = pytest.mark.skipif(not SERVER, reason="FSE_TEST_DATABASE names no PostgreSQL")


@pytest.fixture
def pair() -> Iterator[tuple[Paid, Paid]]:
    """The same world at two doors."""
    url = fresh_url()
    doors = [
        Door(create_app(Settings(base_url="http://127.0.0.1:8700", bench_token=TOKEN, database=url))) for _ in range(2)
    ]
    one, other = Paid(doors[0]), Paid.__new__(Paid)
    other.__dict__.update(one.__dict__, door=doors[1], world=World(doors[1], one.world.made))
    yield one, other
    for door in doors:
        door.close()


def test_what_one_process_brings_about_is_read_in_another(pair: tuple[Paid, Paid]) -> None:
    one, other = pair
    one.visit(HASSAN)
    assert other.statements() == []
    one.days(6)
    other.world._bearers.clear()
    (ordered,) = other.statements()
    assert ordered["status"] == "ordered"
    other.days(2)
    one.world._bearers.clear()
    assert one.statements()[0]["status"] == other.statements()[0]["status"] == "paid"


def test_a_process_that_knew_of_nothing_to_come_pays_what_another_one_wrote(pair: tuple[Paid, Paid]) -> None:
    one, other = pair
    assert other.statements() == []  # it has looked: nothing is to come
    one.visit(HASSAN)
    other.days(6)
    (statement,) = other.statements()
    assert one.statements() == [statement]


def test_both_processes_asked_at_once_order_once(pair: tuple[Paid, Paid]) -> None:
    one, other = pair
    for of in (HASSAN, MERYEM):
        one.visit(of)
    one.days(6)
    other.world._bearers.clear()
    assert one.statements() == other.statements()
    assert len(one.statements()) == 1
