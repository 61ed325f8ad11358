"""Use case: hand over a sheet in a state, made by the operations that people would call, and what it takes to go on.

The steps are one unit of work: a sheet is made whole, or not at all. The clock moves afterwards, where it may.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from functools import cache

from msgspec.json import encode
from pydantic import ValidationError

from simulator.care_sheets import printing
from simulator.care_sheets import store as sheets
from simulator.care_sheets.model import Sheet
from simulator.care_sheets.schemas import CareSheetRequest
from simulator.codes import backup
from simulator.factories.model import OWN, declined
from simulator.factories.wanted import Wanted, executor, unreachable
from simulator.factories.workshop import Workshop
from simulator.identity import forgeries, people
from simulator.kit import clock
from simulator.kit.answer import Json
from simulator.kit.payload import refusal
from simulator.kit.problems import Problem
from simulator.kit.route import Route
from simulator.kit.storage import Tx
from simulator.operations import ROUTES
from simulator.worlds import state
from simulator.worlds.acting import Acting
from simulator.worlds.model import World
from simulator.worlds.service import Worlds

_STEPS = 400
_FAR = timedelta(days=400)


async def make(worlds: Worlds, world: World, wanted: Wanted, start: datetime) -> Json:
    """The sheet (see `_handed`), made as of `start`, when it was asked for: a trace plays it again at that instant.

    Raises Problem clock-must-advance, state-unreachable, or an operation's own.
    """
    _check(world, wanted)
    until = wanted.state.until
    if until is not None and not wanted.may_advance:
        raise Problem(
            "clock-must-advance",
            f"L'état « {wanted.state.name} » demande que l'horloge du monde avance : le permettre (« may_advance »).",
        )
    units = worlds.within(world)
    number = await units.write(lambda tx: _played(tx, world, wanted, start))
    if until is not None:
        await _wait(worlds, world, wanted, number)
    moved = int((world.now() - start).total_seconds()) if until else 0
    return await units.write(lambda tx: {**_handed(tx, world, wanted, number), "advanced_s": moved})


@cache
def _routes() -> Mapping[str, Route]:
    return {route.operation: route for route in ROUTES}


def _check(world: World, wanted: Wanted) -> None:
    """Raises Problem invalid-payload for sections that no issuance takes."""
    patient = wanted.patient.says
    try:
        CareSheetRequest.model_validate_json(
            encode(
                {
                    "date_of_care": clock.day(world.now()).isoformat(),
                    "beneficiary": {name: patient[name] for name in ("registration_number", "dependant_rank")},
                    "sections": wanted.sections,
                }
            )
        )
    except ValidationError as error:
        raise refusal(error) from None


def _played(tx: Tx, world: World, wanted: Wanted, at: datetime) -> str:
    trace = world.random_bytes(tx, "factory").hex()[:32]
    made = Workshop(Acting(tx, world, _routes(), lambda: trace), tx, wanted, at)
    made.play()
    if wanted.state.until is None:
        _require(tx, world, wanted, made.number)
    return made.number


async def _wait(worlds: Worlds, world: World, wanted: Wanted, number: str) -> None:
    """Move the clock to where the sheet is as wanted: from one thing to come to the next."""
    if wanted.state.until == "expired":
        sheet = await worlds.db.read(lambda tx: _sheet(tx, world, number), world.id)
        await worlds.move(world, clock.start_of(sheet.valid_until + timedelta(days=1)))
    else:
        last = world.now() + _FAR
        for _ in range(_STEPS):
            if await worlds.db.read(lambda tx: _there(tx, world, wanted, number), world.id):
                break
            coming = await worlds.db.read(lambda tx: _next(tx, world), world.id)
            if coming is None or coming > last:
                break
            await worlds.move(world, max(coming, world.now()))
    await worlds.db.read(lambda tx: _require(tx, world, wanted, number), world.id)


def _next(tx: Tx, world: World) -> datetime | None:
    coming = world.agenda.to_come(tx, world)
    return coming[0].at if coming else None


def _require(tx: Tx, world: World, wanted: Wanted, number: str) -> None:
    if not _there(tx, world, wanted, number):
        raise unreachable(
            f"Avec ces sections, ces personnes et ce jour, la feuille n'arrive pas à « {wanted.state.name} »."
        )


def _there(tx: Tx, world: World, wanted: Wanted, number: str) -> bool:
    sheet = state.shown(tx, world.id, _sheet(tx, world, number), world.now())
    others = [one for one in sheet["sections"] if one["type"] != OWN]
    lines = [line for one in others for line in one["lines"] if line.get("ean13") not in declined()]
    reached = {line["state"] for line in lines}
    line, claim, mixed = wanted.state.line, wanted.state.claim, {"part", "owe"} & set(wanted.state.steps)
    if lines and (line not in reached if mixed else reached != {line}):
        return False
    return claim is None or claim in {one["status"] for one in sheet["claims"] if one["section"] != OWN}


def _sheet(tx: Tx, world: World, number: str) -> Sheet:
    found = sheets.find(tx, world.id, number, world.now())
    assert found is not None
    return found


def _handed(tx: Tx, world: World, wanted: Wanted, number: str) -> Json:
    """The sheet as the platform holds it, its paper, and a token for each of those who may go on."""
    sheet = _sheet(tx, world, number)
    kinds = [one["type"] for one in wanted.sections if one["type"] != OWN]
    bearers: dict[str, people.Person | None] = {OWN: wanted.author, "patient": wanted.patient, "software": None}
    bearers |= {kind: executor(world, kind) for kind in kinds}
    valid = forgeries.kinds()["valid"]
    tokens = {
        name: forgeries.mint(tx, world, valid, forgeries.Bearer(wanted.client, who)).token
        for name, who in bearers.items()
    }
    shown = state.shown(tx, world.id, sheet, world.now())
    return {
        "state": wanted.state.name,
        "title": wanted.state.title,
        "number": number,
        "scan": printing.scan_payload(world, sheet),
        "backup_code": backup.printed(printing.backup_code(world, sheet)),
        "etag": f'"{sheet.revision}"',
        "care_sheet": {**shown, "sections": [{**one, "etag": f'"{one["revision"]}"'} for one in shown["sections"]]},
        "tokens": tokens,
        "client": wanted.client,
        "now": clock.to_text(world.now()),
    }
