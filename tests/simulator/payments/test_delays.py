"""Delays that another set of rules may give: none at all, orders as long before as payments are after."""

from __future__ import annotations

from collections.abc import Iterator
from types import SimpleNamespace

import pytest

from simulator.claims import delays
from tests.simulator.lifecycle.door import Door
from tests.simulator.payments.conftest import HASSAN, MERYEM, Paid


def forget() -> None:
    delays.order_at.cache_clear()
    delays.pay_at.cache_clear()


@pytest.fixture(autouse=True)
def fresh() -> Iterator[None]:
    forget()
    yield
    forget()


@pytest.mark.parametrize(("paid", "before"), [(0, 0), (2, 0), (2, 2), (1, 3)])
def test_the_shortest_delays_order_and_pay_on_the_days_that_follow(
    door: Door, paid: int, before: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = {"payment.insured": paid, "payment.provider": paid, "payment.order": before}
    ruled = SimpleNamespace(rule=lambda subject, *_: SimpleNamespace(integer=whole[subject], id=subject))
    monkeypatch.setattr(delays, "fixtures", ruled)
    scene = Paid(door)
    scene.visit(HASSAN)
    scene.visit(MERYEM)
    assert scene.statements() == []
    scene.days(10)
    (statement,) = scene.statements()
    assert statement["status"] == "paid" and len(statement["lines"]) == 2
    assert "2026-11-23" < statement["ordered_on"] < statement["paid_on"]
