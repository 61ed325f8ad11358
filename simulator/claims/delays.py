"""When the platform pays, and how long it waits, by the dated rules: the beginning of a day in Morocco."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from functools import lru_cache

import fixtures
from simulator.claims.model import Payee
from simulator.kit import clock

_NEXT_DAY = 1
"""A run is of one instant, the beginning of a day: it orders once for each payee, and never pays what it orders."""


def days_after(at: datetime, subject: str, tariff_set: str) -> datetime:
    """The end of a wait that begins at that instant: so many days later, by the rule of that subject."""
    day = clock.day(at)
    return clock.start_of(day + timedelta(days=fixtures.rule(subject, day, tariff_set).integer))


@lru_cache(maxsize=512)
def order_at(decided: date, payee: Payee, tariff_set: str) -> datetime:
    """When a line decided on that day is ordered: some days before it is paid, the day after at the earliest."""
    whole = fixtures.rule(f"payment.{payee}", decided, tariff_set).integer
    return clock.start_of(decided + timedelta(days=max(whole - _lead(decided, tariff_set), _NEXT_DAY)))


@lru_cache(maxsize=512)
def pay_at(ordered: date, tariff_set: str) -> datetime:
    """When what was ordered on that day is paid: the day after at the earliest."""
    return clock.start_of(ordered + timedelta(days=max(_lead(ordered, tariff_set), _NEXT_DAY)))


def settled_at(received: date, tariff_set: str) -> datetime:
    """From when an execution received on that day can no longer be corrected: an insured person may be paid for it."""
    return order_at(received, "insured", tariff_set)


def _lead(day: date, tariff_set: str) -> int:
    return fixtures.rule("payment.order", day, tariff_set).integer
