"""Use cases of prior approvals: ask, withdraw a request; and what the bench decides (see also `reading`)."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import fixtures
from simulator.approvals import decisions, model, store
from simulator.approvals.covering import needed
from simulator.approvals.model import Approval, Decision
from simulator.approvals.reading import own, readable, shown, unknown
from simulator.approvals.schemas import PriorApprovalRequest
from simulator.audit import store as audit
from simulator.care_sheets.model import Sheet, derived_id
from simulator.care_sheets.states import Line, LineState
from simulator.care_sheets.units import divided
from simulator.kit import clock
from simulator.kit.answer import Answer, Json
from simulator.kit.call import Call, WorldLike
from simulator.kit.money import quantity_text
from simulator.kit.problems import Problem, invalid, pointed
from simulator.kit.storage import Tx
from simulator.nomenclature.store import find_act
from simulator.professionals import words
from simulator.professionals.schemas import identity
from simulator.professionals.service import directory

DELAY = "prior-approval.decision"
CLOSED = frozenset({LineState.CANCELLED, LineState.EXPIRED, LineState.NOT_EXECUTED})
"""States of a line of which nothing more will be paid, unless something of it was executed."""


def request(tx: Tx, call: Call, body: PriorApprovalRequest) -> Answer:
    """Ask for an act of one line, by the author of the sheet or by who executes that section and has seen the paper.

    Raises Problem, in this order: professional-suspended, replacement-not-in-force, not-found, line-unknown,
    invalid-payload (an act of another section), approval-not-needed, line-terminal, invalid-payload (more than was
    ordered, half a session), approval-live.
    """
    sheet = readable(tx, call, body.number, body.section)
    call.concerns(sheet.number)
    line, prescribed = _line(sheet, body.section, body.line)
    code, label = _act(call, body, prescribed)
    if line.state in CLOSED and not line.executed:
        raise Problem("line-terminal", f"La ligne {body.line} est déjà close.", current_state=line.state)
    _require_quantity(body, line, prescribed.get("unit"))
    known = store.of_line(tx, call.world.id, sheet.number, body.section, body.line)
    alike = [one for one in known if one.code == code]
    model.require_room(alike, body.quantity, line.ordered, clock.day(call.now))
    asker = directory(call.world).active(call.actor.inpe)
    secret, rank = call.world.keys.platform_secret, len(known)
    days = fixtures.rule(DELAY, clock.day(call.now), call.world.tariff_set).integer
    asked = Approval(
        id=derived_id(secret, "apr", sheet.number, body.section, str(body.line), str(rank)),
        number=sheet.number,
        section=body.section,
        line=body.line,
        code=code,
        label=label,
        quantity=body.quantity,
        motive=body.motive,
        asked_by=identity(asker),
        establishment=asker.establishment.id,
        client=call.actor.client_id,
        requested_at=call.now,
        due_at=call.now + timedelta(days=days),
    )
    store.insert(tx, call.world.id, asked, rank)
    call.world.agenda.expect(asked.due_at)
    data = {
        "section": asked.section,
        "line": asked.line,
        "approval": asked.id,
        "quantity": quantity_text(body.quantity),
    }
    audit.append(tx, call, "prior-approval-requested", asked.number, data)
    location = f"{call.world.issuer}/v1/prior-approvals/{asked.id}"
    return Answer(shown(asked, call.now), location=location)


def cancel(tx: Tx, call: Call) -> Answer:
    """Withdraw a request of one's own establishment, before it is decided.

    Raises Problem not-found, replacement-not-in-force, approval-closed.
    """
    found = own(tx, call)
    if directory(call.world).active(call.actor.inpe).establishment.id != found.establishment:
        raise unknown()
    after = model.cancelled(found, call.now)
    store.save(tx, call.world.id, after)
    data = {"section": after.section, "line": after.line, "approval": after.id}
    audit.append(tx, call, "prior-approval-cancelled", after.number, data)
    decisions.closed(tx, call.world, after, call.now)
    return Answer(shown(after, call.now))


def grant(tx: Tx, world: WorldLike, identifier: str, quantity: Decimal | None) -> Json:
    """The CNSS grants it now, as asked or for less. Raises Problem not-found, invalid-payload, approval-closed."""
    found, now = _found(tx, world, identifier), world.now()
    if quantity is not None and quantity > found.quantity:
        detail = f"« quantity » dépasse ce qui est demandé ({quantity_text(found.quantity)})."
        raise invalid("/quantity", "over-asked", detail)
    return shown(decisions.grant(tx, world, found, now, quantity), now)


def refuse(tx: Tx, world: WorldLike, identifier: str, reason: str, explanation: str | None) -> Json:
    """The CNSS refuses it now. Raises Problem not-found, approval-closed."""
    found, now = _found(tx, world, identifier), world.now()
    return shown(decisions.decide(tx, world, found, Decision(reason=reason, explanation=explanation), now), now)


def _found(tx: Tx, world: WorldLike, identifier: str) -> Approval:
    found = store.find(tx, world.id, identifier)
    if found is None:
        raise Problem("not-found", "Aucune demande d'accord préalable ne porte cet identifiant.")
    return found


def _line(sheet: Sheet, kind: str, number: int) -> tuple[Line, Json]:
    """Where a line stands, and what was prescribed there. Raises Problem line-unknown."""
    line = sheet.sections[kind].line(number)
    if line is None:
        detail = f"La section n'a pas de ligne {number}."
        raise pointed("line-unknown", "/line", detail)
    return line, next(item for item in sheet.prescribed(kind) if item["line"] == number)


def _act(call: Call, body: PriorApprovalRequest, prescribed: Json) -> tuple[str, str]:
    """Code and label of the act that is asked: the one that the request names, else the one that was prescribed.

    Raises Problem invalid-payload (an act of another section), approval-not-needed.
    """
    code, label, pointer = prescribed.get("act_code") or "", prescribed["label"], "/line"
    if body.act_code is not None and body.act_code != code:
        code, pointer = body.act_code, "/act_code"
        act = find_act(call.world.nomenclature, code)
        label = code if act is None else act.label_fr
        if act is not None and act.section != body.section:
            detail = f"« {code} » est de la section « {words.name(act.section)} »."
            raise invalid(pointer, "wrong-section", detail)
    if not needed(call.world.nomenclature, code):
        detail = f"Ligne {body.line} : « {label} » se fait sans accord préalable."
        raise pointed("approval-not-needed", pointer, detail)
    return code, label


def _require_quantity(body: PriorApprovalRequest, line: Line, unit: str | None) -> None:
    """Raises Problem invalid-payload: more than was ordered, or a part of what is counted whole."""
    code, detail = "", ""
    if body.quantity > line.ordered:
        code, detail = "over-ordered", f"La ligne {body.line} porte {quantity_text(line.ordered)} au plus."
    elif wrong := divided(body.section, unit, body.quantity):
        code, detail = wrong[0], f"Ligne {body.line} : {wrong[1]}."
    if detail:
        raise invalid("/quantity", code, detail)
