"""When the platform pays, by the dated rules: instants are the beginning of a day in Morocco."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from functools import lru_cache

import fixtures
from simulator.claims.model import Payee
from simulator.kit import clock

_NEXT_DAY = 1
"""A run is of one instant, the beginning of a day: it orders once for each payee, and never pays what it orders."""


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
