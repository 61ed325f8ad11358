"""Whether electronic care is open in a place, on a day: the calendar of a world, read by its clock.

Asked at each issuance and execution: an answer is remembered, since calendars never change.
"""

from __future__ import annotations

from datetime import date, datetime
from functools import lru_cache
from typing import Any

from msgspec import Struct

import fixtures
from fixtures.model import CareSetting, Opening
from simulator.kit import clock
from simulator.kit.call import Call
from simulator.kit.problems import Problem

_SETTINGS = {"ambulatory": "Les soins ambulatoires", "hospital": "Les soins hospitaliers"}


class Standing(Struct, frozen=True):
    """The opening that holds in a place on a day, and the next one; None: there is none, or none that is dated."""

    now: Opening | None
    following: Opening | None


@lru_cache(maxsize=4096)
def standing(calendar: str, province: str, setting: CareSetting, day: date) -> Standing:
    """Where a province (HCP code, ``04.281``) stands. Raises KeyError for an unknown calendar."""
    openings = fixtures.calendars()[calendar].openings
    here = [one for one in openings if one.care_setting == setting and one.covers(province)]
    past = [one for one in here if one.opens <= day]
    return Standing(past[-1] if past else None, next((one for one in here if one.opens > day), None))


def require_open(call: Call, province: str, setting: CareSetting, *, on: datetime | None = None) -> None:
    """Raises Problem not-deployed-yet where electronic care is not open, today or `on` that day: paper stays valid."""
    found = standing(call.world.deployment, province, setting, clock.day(on or call.now))
    if found.now is None:
        raise _refusal(province, setting, found.following)


def _refusal(province: str, setting: CareSetting, following: Opening | None) -> Problem:
    said: dict[str, Any] = {"care_setting": setting, "province": province}
    when = "aucun jour n'y est encore fixé"
    if following is not None:
        when = f"ils y ouvrent le {following.opens:%d/%m/%Y} ({following.label_fr})"
        said |= {"phase": following.phase, "opens_on": following.opens.isoformat()}
    where = fixtures.regions().get(province[:2], province)
    detail = f"{_SETTINGS[setting]} ne sont pas ouverts à la FSE dans la province {province} ({where}) : {when}. "
    return Problem("not-deployed-yet", f"{detail}Le papier y reste valable.", **said)
