"""Use cases: amend or withdraw the last execution of its lines, before its claim is settled."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from simulator.care_sheets.model import require_if_match
from simulator.care_sheets.states import NOTHING, Role
from simulator.claims import service as claiming
from simulator.claims.settled import require_unsettled
from simulator.executions import recording, service, store
from simulator.executions.model import Visit, apply, rewound
from simulator.executions.reading import named
from simulator.executions.schemas import ExecutedLine, ExecutionRequest, WithdrawalRequest
from simulator.executions.third_party import require_attested
from simulator.kit import clock
from simulator.kit.answer import Answer, Json
from simulator.kit.call import Call
from simulator.kit.once import Once
from simulator.kit.problems import Problem
from simulator.kit.storage import Tx
from simulator.professionals.service import directory
from simulator.resolutions.model import Action
from simulator.resolutions.service import Visit as Come
from simulator.resolutions.service import require_visited


def withdraw(tx: Tx, call: Call, body: WithdrawalRequest) -> Answer:
    """Take an execution back: its lines are what they were before it, its claim lines go.

    Raises Problem, in this order: precondition-required, not-found, execution-withdrawn, precondition-failed,
    section-held (another establishment holds the section), claim-settled, execution-not-last, line-terminal.
    """
    target, come = _mine(tx, call, require_if_match(call.headers), on=date.min)
    moved = rewound(come.section, target.id, target.content["lines"])
    claim = claiming.take_back(tx, call, come.sheet, target.section, target.establishment, target.id)
    said: list[tuple[Json, Json]] = []
    for done in target.content["lines"]:
        line: Json = {"line": done["line"], "outcome": "withdrawn"}
        if "quantity" in done:
            line["quantity"] = done["quantity"]
        said.append((line, line))
    act = recording.Act(
        sheet=come.sheet,
        section=come.section,
        place=come.place,
        kind="withdrawal",
        event="execution-withdrawn",
        performed_at=target.performed_at,
        moved=moved,
        told=lambda: said,
        target=target.id,
        claim=claim,
        content={"reason": body.reason},
    )
    return recording.answer(call, act, recording.record(tx, call, act), [])


def amend(tx: Tx, call: Call, body: ExecutionRequest) -> Answer:
    """Put another visit in the place of one: withdrawn and executed again, atomically.

    Whoever does not hold the section, or comes after the sheet's last day, corrects what was recorded and adds
    nothing to it: neither a line nor a quantity. Raises Problem as `withdraw`, then sheet-expired (judged on the day
    of the visit), invalid-payload, lease-required (something is added), and those of `model.apply`.
    """
    target, come = _mine(tx, call, require_if_match(call.headers), on=date.min)
    if clock.day(body.performed_at) > come.sheet.valid_until:
        raise come.sheet.expired(come.section.status)
    undone = rewound(come.section, target.id, target.content["lines"])
    recording.require_possible_instant(call, come.sheet, body.performed_at)
    prescribed = service.content_of(come.sheet, target.section)
    service.require_readable(body.lines, prescribed)
    if come.section.lease is None or clock.day(call.now) > come.sheet.valid_until:
        _require_no_more(target, body)
    before = come.section.with_lines(one.after for one in undone)
    comer = Visit(come.place, Role.HOLDER, come.section.cancelling)
    redone = apply(before, service.rules_of(prescribed), [service.deed(line) for line in body.lines], comer)
    due, warnings = service.charges(tx, call, target.section, prescribed, body.lines)
    require_attested(call, come.sheet, body.lines, due, clock.day(body.performed_at))
    claim = claiming.take_back(tx, call, come.sheet, target.section, target.establishment, target.id)
    act = recording.Act(
        sheet=come.sheet,
        section=before,
        place=come.place,
        kind="amendment",
        event="execution-amended",
        performed_at=body.performed_at,
        moved=redone,
        told=Once(lambda: service.told(body.lines, redone, prescribed)),
        charged=due,
        target=target.id,
        claim=claim,
        filed=clock.day(_first(tx, call, target).recorded_at),
    )
    return recording.answer(call, act, recording.record(tx, call, act), warnings)


def _require_no_more(target: store.Execution, body: ExecutionRequest) -> None:
    """Raises Problem lease-required for a line, or a quantity, that the execution did not have."""
    had: dict[int, Decimal] = {}
    for done in target.content["lines"]:
        had[done["line"]] = had.get(done["line"], NOTHING) + Decimal(done.get("quantity") or 0)
    errors = []
    for place, line in enumerate(body.lines):
        more = isinstance(line, ExecutedLine) and line.quantity > had.get(line.line, NOTHING)
        if line.line not in had or more:
            detail = f"Ligne {line.line} : une correction ajoute à la visite ; reprendre d'abord la section."
            errors.append({"pointer": f"/lines/{place}", "code": "lease-required", "detail": detail})
    if errors:
        raise Problem("lease-required", errors[0]["detail"], errors=errors)


def _first(tx: Tx, call: Call, execution: store.Execution) -> store.Execution:
    """The visit that an amendment goes back to, through all the amendments of it."""
    while execution.target is not None:
        found = store.find(tx, call.world.id, execution.target)
        assert found is not None
        execution = found
    return execution


def _mine(tx: Tx, call: Call, if_match: str, *, on: date) -> tuple[store.Execution, Come]:
    """The execution of the path, of the caller's establishment, that may still change; and its section."""
    place = directory(call.world).active(call.actor.inpe).establishment.id
    target = named(tx, call)
    if target is None or target.establishment != place:
        raise Problem("not-found", "Aucune exécution de cet identifiant ne vous est accessible.")
    come = require_visited(tx, call, number=target.number, kind=target.section, on=on)
    corrected = store.correction(tx, call.world.id, come.section.executions, target.id)
    if target.kind == "withdrawal" or corrected is not None:
        raise Problem("execution-withdrawn", "Cette exécution a déjà été retirée ou remplacée.")
    come.section.require_revision(if_match)
    come.decide(Action.AMEND, call)
    claimed = (target.number, target.section, target.establishment)
    require_unsettled(tx, call, claimed, target.id, _first(tx, call, target).recorded_at)
    return target, come
