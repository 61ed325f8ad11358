"""Use case: where electronic care is open today, region by region, and what comes next."""

from __future__ import annotations

from typing import Literal

import fixtures
from fixtures.model import Opening
from simulator.kit import clock
from simulator.kit.answer import JSON, Whole
from simulator.kit.context import Context
from simulator.kit.wire import Day, Wire

Fidelity = Literal["official", "deduced", "hypothesis"]


class OpeningAnswer(Wire):
    """A phase: which care it opens, where (`MA`: the country, a region, a province) and from which day."""

    phase: str
    label: str
    care_setting: Literal["ambulatory", "hospital"]
    place: str
    opens_on: Day
    source: str
    fidelity: Fidelity


class RegionAnswer(Wire):
    """A region by its HCP code; `open`: what is open in it or in a part of it, `next`: what has a day."""

    region: str
    name: str
    open: list[OpeningAnswer]
    next: list[OpeningAnswer]


class DeploymentAnswer(Wire):
    """The calendar that the world follows, as it stands on its day. What no phase opens is not open."""

    calendar: str
    label: str
    day: Day
    regions: list[RegionAnswer]


async def read(ctx: Context) -> Whole:
    """The same for everybody, without a token."""
    calendar, day = fixtures.calendars()[ctx.world.deployment], clock.day(ctx.now)
    regions = []
    for code, name in fixtures.regions().items():
        here = [one for one in calendar.openings if one.place == "MA" or one.place[:2] == code]
        regions.append(
            RegionAnswer(
                region=code,
                name=name,
                open=[_shown(one) for one in here if one.opens <= day],
                next=[_shown(one) for one in here if one.opens > day],
            )
        )
    said = DeploymentAnswer(calendar=calendar.name, label=calendar.label_fr, day=day, regions=regions)
    return Whole(200, {"content-type": JSON}, said.model_dump_json().encode())


def _shown(one: Opening) -> OpeningAnswer:
    return OpeningAnswer(
        phase=one.phase,
        label=one.label_fr,
        care_setting=one.care_setting,
        place=one.place,
        opens_on=one.opens,
        source=one.source,
        fidelity=one.fidelity,
    )
