"""The only door to time: real time for client signatures, world time for everything else.

Instants are aware datetimes in UTC, truncated to the second on the wire and in the database
(``2026-11-22T09:00:00Z``). A *date of care* is the day in Africa/Casablanca.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from typing import Literal
from zoneinfo import ZoneInfo

CASABLANCA = ZoneInfo("Africa/Casablanca")
Mode = Literal["frozen", "running"]
LAST = datetime(2098, 12, 31, 22, 59, 59, tzinfo=UTC)
"""No world's clock goes beyond the end of that day in Morocco: the number of a sheet says its year with two digits, and
what becomes due in the year that follows can still be written."""
TOO_FAR = (
    "Un monde va jusqu'au 31 décembre 2098 : ses échéances tiennent en 2099, la dernière année que dit le numéro d'une "
    "feuille (deux chiffres)."
)


def real_now() -> datetime:
    """Real time, UTC, with microseconds: judges ``iat``/``exp`` that a client signed."""
    return datetime.now(UTC)


def stopwatch() -> float:
    """Monotonic seconds, for durations only."""
    return time.perf_counter()


@lru_cache(maxsize=1024)
def to_text(instant: datetime) -> str:
    """``2026-11-22T09:00:00Z``; raises ValueError for a naive datetime."""
    if instant.tzinfo is None:
        raise ValueError("an instant carries its time zone")
    utc = instant if instant.tzinfo is UTC else instant.astimezone(UTC)
    return utc.isoformat(timespec="seconds")[:19] + "Z"


def to_precise_text(instant: datetime) -> str:
    """The same with milliseconds, for the journal's real times."""
    return instant.astimezone(UTC).isoformat(timespec="milliseconds")[:23] + "Z"


@lru_cache(maxsize=1024)
def parse(text: str) -> datetime:
    """Inverse of :func:`to_text`; raises ValueError."""
    instant = datetime.fromisoformat(text)
    if instant.tzinfo is None:
        raise ValueError(f"an instant carries its time zone: {text!r}")
    return instant.astimezone(UTC)


@lru_cache(maxsize=1024)
def day(instant: datetime) -> date:
    """The day in Morocco at this instant."""
    return instant.astimezone(CASABLANCA).date()


@lru_cache(maxsize=1024)
def start_of(day: date) -> datetime:
    """The instant at which that day begins in Morocco, UTC."""
    return datetime(day.year, day.month, day.day, tzinfo=CASABLANCA).astimezone(UTC)


@dataclass(frozen=True)
class WorldClock:
    """A world's time: `start` at real instant `since`; a frozen clock only moves when told to."""

    mode: Mode
    start: datetime
    since: datetime

    def now(self) -> datetime:
        """The world's instant, whole seconds, UTC; never before `start`."""
        if self.mode == "frozen":
            return self.start
        elapsed = max(real_now() - self.since, timedelta())
        return (self.start + elapsed).replace(microsecond=0)

    def moved(self, to: datetime, mode: Mode | None = None) -> WorldClock:
        """A clock at `to`; raises ValueError when `to` lies in this world's past."""
        to = to.replace(microsecond=0)
        if to < self.now():
            raise ValueError("world time never goes back")
        return WorldClock(mode or self.mode, to, real_now())
