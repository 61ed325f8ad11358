"""What a ceiling over a period leaves: pure, by date of care.

A ceiling holds for every window of the period, from whatever day it starts: a window of two years that starts on
1 March 2026 ends on 29 February 2028. What may still be granted on a day is the ceiling less the most that was granted
in a window that contains this day. So no window ever exceeds it, in whatever order claims arrive. Fidelity of the
sliding windows: hypothesis.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta
from decimal import Decimal
from typing import NamedTuple

from simulator.beneficiaries.entitlement import add_months
from simulator.claims.terms import Granted
from simulator.kit.money import ZERO


class Window(NamedTuple):
    """Days from `start` to `end`, both included, what is counted of them, MAD, and how much of it waits."""

    start: date
    end: date
    counted: Decimal
    waiting: Decimal


def fullest(granted: Iterable[Granted], day: date, years: int) -> Window:
    """The window of so many years containing `day` in which most is counted; of several, the one that ends first.

    Only windows that start on `day`, or on a day of care before it, have to be looked at: any other one may start
    later without losing any.
    """
    known = list(granted)
    starts = {day, *(one.day for one in known if one.day <= day)}
    ends = {start: add_months(start, 12 * years) - timedelta(days=1) for start in starts}
    windows = [
        _window(start, end, [one for one in known if start <= one.day <= end])
        for start, end in sorted(ends.items())
        if end >= day
    ]
    return max(windows, key=lambda window: window.counted)


def _window(start: date, end: date, inside: list[Granted]) -> Window:
    waiting = sum((one.amount for one in inside if one.waiting), ZERO)
    return Window(start, end, sum((one.amount for one in inside), ZERO), waiting)
