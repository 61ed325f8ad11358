"""Use case: what was done during an outage, entered afterwards from the raw scan; the platform finds the lines."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import fixtures
from simulator.care_sheets.model import Section
from simulator.care_sheets.states import Ask, Line, LineState, Role, Transition, move
from simulator.executions import receipt, recording, same_visit, service, store
from simulator.executions.late_schemas import LateAct, LateExecutionRequest, LateItem, LateItemAnswer, LateMedicine
from simulator.executions.model import Deed, Moved, Visit, apply
from simulator.executions.schemas import ExecutedLine
from simulator.kit import clock
from simulator.kit.answer import Answer, Json
from simulator.kit.call import Call
from simulator.kit.money import quantity_text
from simulator.kit.once import Once
from simulator.kit.problems import Problem, pointed
from simulator.kit.storage import Tx
from simulator.paper import phases
from simulator.professionals.service import directory
from simulator.resolutions import proofs
from simulator.resolutions.model import Action, decide
from simulator.resolutions.service import own_section

_ANSWERED = tuple(LateItemAnswer.model_fields)


@dataclass
class Matching:
    """Items that found their line, as lines of a visit, and those that did not, with the reason."""

    matched: list[tuple[int, ExecutedLine]] = field(default_factory=list)
    left: list[tuple[int, str]] = field(default_factory=list)


def enter(tx: Tx, call: Call, body: LateExecutionRequest) -> Answer:
    """Record what was delivered; what finds no line is kept `to_reconcile`, and is not claimed.

    Judged at the time of the visit: a sheet that has expired since is still executed, a paper that has been reissued
    since still proves it. A sheet cancelled or replaced meanwhile leaves everything to reconcile. A visit that stands
    is not recorded again (see `same_visit`), which is said before any delay: nobody sends to paper what is already
    claimed. Raises Problem, in this order: those of the scan (see `proofs`), invalid-payload (performed_at),
    not-deployed-yet, role-not-allowed, no-section-for-role, section-to-choose, already-recorded, late-entry-too-old,
    sheet-expired, section-held, over-remainder or line-terminal (moved to paper) of the first item concerned,
    line-owed.
    """
    executor = directory(call.world).active(call.actor.inpe)
    place = executor.establishment.id
    sheet = proofs.by_scan(tx, call, body.scan, at=body.performed_at).sheet
    recording.require_possible_instant(call, sheet, body.performed_at)
    phases.require_open(call, executor.establishment.province, sheet.content["care_setting"], on=body.performed_at)
    section = own_section(sheet, executor.role, body.section)
    prescribed = service.content_of(sheet, section.type)
    known = store.several(tx, call.world.id, section.executions)
    _require_new(same_visit.standing(known, prescribed, place, body.performed_at, body.items))
    _require_recent(call, body)
    if sheet.past_validity:
        raise sheet.expired(section.status)
    decide(section.lease, place, Action.LATE, call.now, closing=section.closing)
    found = _match(section, prescribed, body.items)
    lines = [line for _, line in found.matched]
    section, moved = _move(section, prescribed, lines, place)
    places = [f"/items/{place - 1}" for place, _ in found.matched]
    due, warnings = service.charges(tx, call, section.type, prescribed, lines, places)
    items = _items(found, moved, past=clock.day(call.now) > sheet.valid_until)
    said = [item.model_dump(mode="json", exclude_none=True) for item in body.items]
    act = recording.Act(
        sheet=sheet,
        section=section.visited_by(place),
        place=place,
        kind="late",
        event="late-execution-to-reconcile" if found.left else "late-execution-recorded",
        performed_at=body.performed_at,
        moved=moved,
        told=Once(lambda: service.told(lines, moved, prescribed)),
        charged=due,
        content={"said": said, "items": items},
        to_reconcile=len(found.left),
        also=("care-sheet.executed",) if found.left and lines else (),
    )
    written = recording.record(tx, call, act)
    answer: Json = {
        "id": written.id,
        "number": sheet.number,
        "section": section.type,
        "performed_at": clock.to_text(body.performed_at),
        "recorded_at": clock.to_text(call.now),
        "revision": written.revision,
        "items": given_back(act.content),
        "status": written.status,
        "receipt": receipt.told(call.world.keys, written.receipt),
        "warnings": warnings,
    }
    parts = {"claim": written.claim.json()} if written.claim else {}
    return Answer(answer, revision=written.revision, parts=parts)


def given_back(content: Mapping[str, Any]) -> list[Json]:
    """The items of a late execution as answered: each as it was said, with what became of it."""
    whole = ({**said, **item} for said, item in zip(content["said"], content["items"], strict=True))
    return [{name: item[name] for name in _ANSWERED if name in item} for item in whole]


def _require_new(recorded: store.Execution | None) -> None:
    if recorded is not None:
        detail = f"Cette visite du {recorded.performed_at:%d/%m/%Y à %H:%M:%S} UTC est déjà enregistrée."
        raise Problem("already-recorded", detail, execution=recorded.id)


def _require_recent(call: Call, body: LateExecutionRequest) -> None:
    most = fixtures.rule("late-execution.window", clock.day(call.now)).integer
    if call.now - body.performed_at > timedelta(days=most):
        raise Problem("late-entry-too-old", f"Une saisie après coup se fait dans les {most} jours.")


def _match(section: Section, prescribed: dict[int, Json], items: Sequence[LateItem]) -> Matching:
    """Each item to the first line of its code that can take it; a line takes several items until it is full.

    What exceeds its lines, or went on on paper, is a conflict and refuses the whole: it would be paid twice.
    """
    found = Matching()
    left = {line.number: line.remaining for line in section.lines}
    for place, item in enumerate(items, start=1):
        named = [line for line in section.lines if _names(item, prescribed[line.number])]
        taking = [line for line in named if line.active or line.state is LineState.EXECUTED]
        if not taking:
            _require_not_on_paper(named, place)
            found.left.append((place, "line-closed" if named else "no-such-line"))
            continue
        fitting = (line for line in taking if left[line.number] >= item.quantity)
        line = next(fitting, None) or max(taking, key=lambda line: left[line.number])
        if (rest := left[line.number]) < item.quantity:
            remark = f"il reste {quantity_text(rest)}" if rest else "déjà enregistrée"
            detail = f"Ligne {line.number} : quantité {quantity_text(item.quantity)} demandée, {remark}."
            raise _conflict("over-remainder", f"/items/{place - 1}/quantity", detail, line)
        rank = int(line.ordered - rest) + 1 if section.type == "physiotherapy" else None
        found.matched.append((place, _as_line(line, item, rank)))
        left[line.number] -= item.quantity
    return found


def _require_not_on_paper(lines: Sequence[Line], place: int) -> None:
    """Whatever the order of paper and digital, never two reimbursements."""
    gone = next((line for line in lines if line.state is LineState.MOVED_TO_PAPER), None)
    if gone is not None:
        detail = f"Ligne {gone.number} : elle est passée au papier, rien d'électronique ne peut suivre."
        raise _conflict("line-terminal", f"/items/{place - 1}", detail, gone)


def _conflict(slug: str, pointer: str, detail: str, line: Line) -> Problem:
    return pointed(slug, pointer, detail, current_state=line.state)


def _names(item: LateItem, prescribed: Json) -> bool:
    """Whether an item names that prescribed line: the same code, or the same label outside the lists."""
    if isinstance(item, LateMedicine):
        return bool(prescribed.get("ean13") == item.ean13)
    if isinstance(item, LateAct):
        return bool(prescribed.get("act_code") == item.act_code)
    return not prescribed["listed"] and str(prescribed["label"]).casefold() == item.label.strip().casefold()


def _as_line(line: Line, item: LateItem, session: int | None) -> ExecutedLine:
    """`session`: the rank of the first one, which the platform counts: the till could not know it."""
    return ExecutedLine(
        line=line.number,
        outcome="executed",
        quantity=item.quantity,
        ean13=item.ean13 if isinstance(item, LateMedicine) else None,
        act_code=item.act_code if isinstance(item, LateAct) else None,
        session=session,
        charged=item.charged,
        lot=item.lot,
    )


def _move(
    section: Section, prescribed: dict[int, Json], lines: Sequence[ExecutedLine], place: str
) -> tuple[Section, tuple[Moved, ...]]:
    """The section and each line after each item, one after the other: two items may feed the same line."""
    rules, comer, moved = service.rules_of(prescribed), Visit(place, Role.OUTAGE), []
    current = section
    for line in lines:
        deed = Deed(line.line, Transition.EXECUTE, line.quantity, line.ean13 or line.act_code)
        (one,) = apply(current, rules, [deed], comer)
        moved.append(one)
        current = current.with_lines([one.after])
    return current, tuple(moved)


def _items(found: Matching, moved: Sequence[Moved], *, past: bool) -> list[Json]:
    """What became of each item; `past`: the sheet has expired since, nothing remains to be done of its lines."""
    late = Ask(past_validity=True)
    lines = [
        move(one.after, Transition.EXPIRE, Role.CLOCK, late) if past and one.after.active else one.after
        for one in moved
    ]
    answers: dict[int, Json] = {
        place: {
            "item": place,
            "outcome": "matched",
            "line": line.line,
            "quantity": quantity_text(line.quantity),
            "state": after.state,
            "remaining": quantity_text(after.remaining),
        }
        for (place, line), after in zip(found.matched, lines, strict=True)
    }
    answers |= {place: {"item": place, "outcome": "to_reconcile", "reason": reason} for place, reason in found.left}
    return [answers[place] for place in sorted(answers)]
