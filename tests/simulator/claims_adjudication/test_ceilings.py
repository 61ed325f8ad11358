"""A ceiling over every window of two years, whatever the order in which care arrives."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

from hypothesis import given, settings
from hypothesis import strategies as st

from simulator.claims.adjudication import adjudicate
from simulator.claims.rules import rule_set
from simulator.claims.terms import ChargedLine, Circumstances, Granted, RightsContext

RULES, PRIVATE = rule_set("tnr-2006"), RightsContext(True, "salaried")
CEILING = Decimal("3000.00")
FIRST = date(2023, 12, 1)
quick = settings(max_examples=150, deadline=None)


def crown(amount: Decimal) -> ChargedLine:
    """Charged at its base, worth `amount` × 0.70."""
    factor = amount / Decimal("12.50")
    return ChargedLine(1, "act", "Prothèse", Decimal(1), amount, "X", "D_PROTHESE", factor)


def arrived(care: list[tuple[date, Decimal]]) -> list[Granted]:
    """What is granted to each, decided one after the other."""
    granted: list[Granted] = []
    for day, amount in care:
        done = adjudicate(crown(amount), PRIVATE, RULES, day, Circumstances(granted=tuple(granted)))
        wanted = (amount * Decimal("0.70")).quantize(Decimal("0.01"))
        assert done.cnss_share <= wanted
        assert done.cnss_share + done.state_share + done.patient_share == amount
        assert done.decision == (
            "granted" if done.cnss_share == wanted else "partial" if done.cnss_share else "rejected"
        )
        granted.append(Granted(day, done.cnss_share))
    return granted


def anniversary(day: date) -> date:
    """Two years later, by hand: 29 February becomes 28 February."""
    return day.replace(year=day.year + 2, day=28 if (day.month, day.day) == (2, 29) else day.day)


days = st.integers(0, 2200).map(lambda n: FIRST + timedelta(days=n))
near = st.integers(0, 700).map(lambda n: FIRST + timedelta(days=n))
amounts = st.integers(1, 400).map(lambda n: Decimal("12.50") * n)


@quick
@given(st.lists(st.tuples(days, amounts), max_size=9))
def test_no_window_of_two_years_ever_exceeds_the_ceiling(care: list[tuple[date, Decimal]]) -> None:
    granted = arrived(care)
    for start in (day for one in granted for day in (one.day, one.day - timedelta(days=300))):
        assert sum(one.amount for one in granted if start <= one.day < anniversary(start)) <= CEILING


@quick
@given(st.lists(st.tuples(near, amounts), max_size=7), st.data())
def test_in_the_same_window_the_total_does_not_depend_on_the_order(
    care: list[tuple[date, Decimal]], data: st.DataObject
) -> None:
    total = sum((amount * Decimal("0.70") for _, amount in care), Decimal(0))
    assert sum(one.amount for one in arrived(care)) == min(CEILING, total)
    assert sum(one.amount for one in arrived(data.draw(st.permutations(care)))) == min(CEILING, total)


@quick
@given(st.lists(st.tuples(days, amounts), max_size=5), days, amounts, amounts)
def test_more_already_granted_never_leaves_more(
    before: list[tuple[date, Decimal]], day: date, amount: Decimal, more: Decimal
) -> None:
    known = arrived(before)
    less, least = (
        adjudicate(crown(amount), PRIVATE, RULES, day, Circumstances(granted=tuple(had))).cnss_share
        for had in (known, [*known, Granted(day, more)])
    )
    assert least <= less


@quick
@given(st.lists(st.tuples(days, amounts), max_size=6), days)
def test_all_that_is_available_is_granted(before: list[tuple[date, Decimal]], day: date) -> None:
    """Something of a window that holds the day is then used up: the arithmetic is not too strict either."""
    known = arrived(before)
    done = adjudicate(crown(Decimal("5000.00")), PRIVATE, RULES, day, Circumstances(granted=tuple(known)))
    after = [*known, Granted(day, done.cnss_share)]
    starts = [day - timedelta(days=n) for n in range(732)]
    held = [
        sum(one.amount for one in after if start <= one.day < anniversary(start))
        for start in starts
        if day < anniversary(start)
    ]
    assert max(held) == CEILING
