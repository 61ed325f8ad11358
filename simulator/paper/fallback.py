"""Use case: the holder of a section goes on on paper; nothing of these lines is executed here any more."""

from __future__ import annotations

from simulator.care_sheets.model import require_if_match
from simulator.care_sheets.states import Transition
from simulator.executions import recording, service
from simulator.executions.late_schemas import PaperFallbackRequest
from simulator.executions.model import Deed, Visit, apply
from simulator.kit import clock
from simulator.kit.answer import Answer, Json
from simulator.kit.call import Call
from simulator.kit.money import quantity_text
from simulator.kit.storage import Tx
from simulator.paper import references
from simulator.resolutions.service import require_visited


def fall_back(tx: Tx, call: Call, body: PaperFallbackRequest) -> Answer:
    """Close lines for a paper care sheet, whose reference serves once in the whole platform.

    Raises Problem as an execution does (see `service.execute`), then paper-reference-used.
    """
    if_match = require_if_match(call.headers)
    presented = service.lease_header(call)
    visit = require_visited(tx, call)
    visit.sheet.require_live([visit.section])
    service.require_current(tx, call, visit, if_match)
    service.require_lease(call, visit.sheet, visit.section, presented, visit.place)
    deeds = [Deed(number, Transition.MOVE_TO_PAPER) for number in dict.fromkeys(body.lines)]
    rules = service.rules_of(service.content_of(visit.sheet, visit.section.type))
    moved = apply(visit.section, rules, deeds, Visit(visit.place, cancelling=visit.section.cancelling))
    where = {"number": visit.sheet.number, "section": visit.section.type, "establishment": visit.place}
    references.take(tx, call, body.paper_reference, "fallback", **where)
    said: list[Json] = [{"line": one.after.number, "outcome": "moved_to_paper"} for one in moved]
    act = recording.Act(
        sheet=visit.sheet,
        section=visit.section,
        place=visit.place,
        kind="paper",
        event="section-moved-to-paper",
        performed_at=call.now,
        moved=moved,
        told=lambda: [(line, line) for line in said],
        content={"paper_reference": body.paper_reference, "reason": body.reason},
    )
    written = recording.record(tx, call, act)
    answer: Json = {
        "id": written.id,
        "number": visit.sheet.number,
        "section": visit.section.type,
        "paper_reference": body.paper_reference,
        "recorded_at": clock.to_text(call.now),
        "revision": written.revision,
        "lines": [
            {
                "line": one.after.number,
                "state": one.after.state,
                "remaining": quantity_text(one.before.remaining),
            }
            for one in moved
        ],
        "status": written.status,
        "warnings": [],
    }
    return Answer(answer, revision=written.revision)
