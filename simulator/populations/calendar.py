"""When people come: sheets of a day, instants of a surgery, opening hours of whoever executes. Pure.

Local hours are those of Africa/Casablanca; instants are UTC, whole seconds.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any

from simulator.kit import clock
from simulator.populations.chance import Dice

_FRIDAY, _SATURDAY, _SUNDAY = 4, 5, 6


class Calendar:
    """The days of `said` (populations/NAME-care.yaml)."""

    def __init__(self, said: Mapping[str, Any]) -> None:
        self._said = said
        self._holidays = frozenset(said["holidays"])

    def like(self, day: date) -> int:
        """The day of the week that it is, 0 for Monday; a holiday is a Sunday."""
        return _SUNDAY if f"{day:%m-%d}" in self._holidays else day.weekday()

    def sheets(self, day: date, per_day: int, dice: Dice) -> int:
        """How many are issued: the weight of the day, and a tenth more or less."""
        expected = per_day * self._said["weekdays"][self.like(day)] * dice.between(900, 1100)
        return int(expected + dice.below(1_000_000)) // 1_000_000

    def instant(self, day: date, dice: Dice) -> datetime:
        """An instant at which a prescriber works."""
        hours = self._said["friday" if self.like(day) == _FRIDAY else "hours"]
        hour = hours[dice.weighted([weight for _, weight in hours])][0]
        return at(day, hour * 3600 + dice.below(3600))

    def open(self, kind: str, wanted: datetime, dice: Dice) -> datetime:
        """The first instant from `wanted` on at which an executor of that kind is open; a little after he opens."""
        hours, day = self._said["opening"][kind], clock.day(wanted)
        for _ in range(30):
            like = self.like(day)
            first, last = hours["saturday"] if like == _SATURDAY else hours["week"]
            shut = like == _SUNDAY and not dice.chance(hours["sunday"])
            if not shut and wanted < at(day, first * 3600):
                return at(day, first * 3600 + dice.below(7200))
            if not shut and wanted < at(day, last * 3600 - 900):
                return wanted
            day += timedelta(days=1)
            wanted = at(day, 0)
        return wanted


def at(day: date, seconds: int) -> datetime:
    """The instant of a day in Morocco, `seconds` after its midnight."""
    return clock.start_of(day) + timedelta(seconds=seconds)
