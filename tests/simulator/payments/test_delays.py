"""Delays that another set of rules may give: none at all, orders as long before as payments are after."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date, timedelta
from types import SimpleNamespace

import pytest

import fixtures
from simulator.claims import delays
from simulator.kit import clock
from simulator.rules import checking, project, written
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


@pytest.mark.parametrize(
    ("insured", "provider", "before"), [(3, 8, 1), (8, 14, 3), (14, 30, 8), (30, 30, 14), (2, 3, 1)]
)
def test_coherent_delays_are_kept_to_the_day(
    door: Door, insured: int, provider: int, before: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Decided on 23/11/2026: paid that day plus the whole delay, ordered so many days before."""
    whole = {"payment.insured": insured, "payment.provider": provider, "payment.order": before}
    ruled = SimpleNamespace(rule=lambda subject, *_: SimpleNamespace(integer=whole[subject], id=subject))
    monkeypatch.setattr(delays, "fixtures", ruled)
    scene = Paid(door)
    scene.visit(HASSAN)
    scene.days(40)
    (statement,) = scene.statements()
    decided = date(2026, 11, 23)
    expected = [str(decided + timedelta(days=days)) for days in (insured - before, insured)]
    assert [statement["ordered_on"], statement["paid_on"]] == expected
    day = clock.day(delays.order_at(decided, "provider", "tnr-2006"))
    assert clock.day(delays.pay_at(day, "tnr-2006")) == decided + timedelta(days=provider)


@pytest.mark.parametrize(
    ("rule", "value", "wrong"),
    [
        ("RGL-PAIEMENT-ASSURE", 1, ["RGL-PAIEMENT-ASSURE"]), ("RGL-PAIEMENT-ASSURE", 2, ["RGL-PAIEMENT-ASSURE"]),
        ("RGL-PAIEMENT-ASSURE", 3, []), ("RGL-PAIEMENT-TIERS", 2, ["RGL-PAIEMENT-TIERS"]),
        ("RGL-PAIEMENT-TIERS", 3, []), ("RGL-ORDONNANCEMENT", 7, []),
        ("RGL-ORDONNANCEMENT", 8, ["RGL-PAIEMENT-ASSURE"]),
        ("RGL-ORDONNANCEMENT", 20, ["RGL-PAIEMENT-ASSURE", "RGL-PAIEMENT-TIERS"]),
    ],
)  # fmt: skip
def test_delays_that_could_not_be_kept_are_told(rule: str, value: int, wrong: list[str]) -> None:
    text = (fixtures.FOLDER / "rules" / "payments.yaml").read_text(encoding="utf-8").splitlines()
    at = next(number for number, line in enumerate(text) if rule in line)
    text[at] = re.sub(r'value: "[0-9]+"', f'value: "{value}"', text[at])
    own = project.sheets()
    for alone in (False, True):
        sheet = written.read("\n".join(text).encode(), "payments.yaml")
        found = checking.check([sheet], own, project.words(own), alone=alone)
        assert [(fault.code, fault.rule) for fault in found] == [("unpayable-delay", one) for one in wrong]
        assert all("RGL-ORDONNANCEMENT" in fault.expected and "value:" in fault.remedy for fault in found)
