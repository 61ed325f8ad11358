"""`POST …/events`: an event of the catalogue for a software, about a real sheet, so that its receiver can be tried.

What it tells did not happen: its payload says so (`triggered_by`), and nothing else of the world changes.
"""

from __future__ import annotations

from typing import Any, Literal

from simulator.approvals import store as approvals
from simulator.bench import bearers
from simulator.bench.decisions import ClaimId
from simulator.bench.operation import Asked, Operation
from simulator.bench.schemas import Label
from simulator.care_sheets import store as sheets
from simulator.care_sheets.model import Sheet
from simulator.claims import store as claims
from simulator.events import store as events
from simulator.events.model import EventType, event_id
from simulator.events.schemas import Number
from simulator.factories.model import OWN
from simulator.kit.answer import Json
from simulator.kit.problems import Problem
from simulator.kit.storage import Tx
from simulator.kit.wire import Wire
from simulator.worlds.model import World

OF_A_SECTION = frozenset(
    {
        "care-sheet.executed",
        "care-sheet.cancelled",
        "care-sheet.cancellation-requested",
        "execution.amended",
        "execution.withdrawn",
        "late-execution.to-reconcile",
    }
)
OF_AN_EXECUTION = frozenset({"execution.amended", "execution.withdrawn"})


class EventRequest(Wire):
    """Which type, for which software, about which sheet (the last one when none is named) or which claim; `kind`: of
    the key that turned.
    """

    type: EventType
    client: Label | None = None
    number: Number | None = None
    claim: ClaimId | None = None
    kind: Literal["qr", "token"] = "qr"


async def send(asked: Asked, world: World, body: EventRequest) -> Json:
    """The event, as the software will find it in its feed and in its webhooks."""
    return await asked.worlds.within(world).write(lambda tx: _sent(tx, world, body))


def _sent(tx: Tx, world: World, body: EventRequest) -> Json:
    client = bearers.software(tx, world, body.client)
    data = {**_about(tx, world, body), "triggered_by": "bench"}
    events.announce(tx, world.id, world.now(), body.type, (client,), data)
    event = events.page(tx, world.id, client, events.last(tx, world.id, client) - 1, 1)[0]
    identifier = event_id(world.keys.platform_secret, client, event.seq)
    return {"client_id": client, "id": identifier, "type": event.type, "timestamp": event.at, "data": data}


def _about(tx: Tx, world: World, body: EventRequest) -> dict[str, Any]:
    """The members that this type carries. Raises Problem not-found for what the world does not have."""
    if body.type == "keys.rotated":
        return {"kind": body.kind}
    if body.type.startswith("claim."):
        return _claim(tx, world, body)
    sheet = _sheet(tx, world, body)
    if body.type == "prior-approval.decided":
        found = approvals.of_sheet(tx, world.id, sheet.number)
        if not found:
            raise Problem("not-found", "Aucun accord préalable n'a été demandé pour cette feuille.")
        return {"number": sheet.number, "section": found[-1].section, "approval": found[-1].id}
    if body.type not in OF_A_SECTION:
        return {"number": sheet.number, "revision": sheet.revision}
    section = next((one for kind, one in sheet.sections.items() if kind != OWN), next(iter(sheet.sections.values())))
    data: dict[str, Any] = {"number": sheet.number, "section": section.type, "revision": section.revision}
    if section.executions and not body.type.startswith("care-sheet.cancel"):
        data["execution"] = section.executions[-1]
    elif body.type in OF_AN_EXECUTION:
        raise Problem("not-found", "Rien n'a été exécuté sur cette feuille.")
    return data


def _claim(tx: Tx, world: World, body: EventRequest) -> dict[str, Any]:
    if body.claim is not None:
        found = claims.whole(tx, world.id, body.claim)
        if found is None:
            raise Problem("not-found", "Aucune demande de remboursement ne porte cet identifiant.")
        number = {"number": found.number} if found.number else {}
        return {**number, "section": found.section, "claim": found.id, "status": found.status}
    of_sheet = [claims.parse(text) for text in claims.of_sheet(tx, world.id, _sheet(tx, world, body).number)]
    if not of_sheet:
        raise Problem("not-found", "Cette feuille n'a pas de demande de remboursement.")
    last = of_sheet[-1]
    return {"number": last["number"], "section": last["section"], "claim": last["id"], "status": last["status"]}


def _sheet(tx: Tx, world: World, body: EventRequest) -> Sheet:
    """Raises Problem not-found."""
    found = sheets.find(tx, world.id, body.number or sheets.last(tx, world.id) or "", world.now())
    if found is None:
        raise Problem("not-found", "Ce monde n'a pas cette feuille ; en faire une : « make-sheet ».")
    return found


OPERATIONS = (Operation("POST /worlds/{world}/events", "send-event", send, EventRequest, status=201),)
