"""What every kind of visit has in common once it is judged: claim, receipt, execution, sheet, in one transaction."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any

from msgspec import Struct, field

import fixtures
from simulator.care_sheets import store as sheets
from simulator.care_sheets.model import Section, Sheet, derived_id
from simulator.care_sheets.status import SheetStatus
from simulator.claims import service as claiming
from simulator.claims.terms import ChargedLine
from simulator.events.model import EventType
from simulator.executions import receipt, store
from simulator.executions.model import Moved, marked
from simulator.kit import clock
from simulator.kit.answer import Answer, Json
from simulator.kit.call import Call
from simulator.kit.money import quantity_text
from simulator.kit.once import Once
from simulator.kit.problems import invalid
from simulator.kit.storage import Tx


class Act(Struct, frozen=True):
    """A visit, judged: what happened (`kind`, `event` of the audit) to which lines of a section.

    `told`: for each moved line, what the software said of it (kept as it was said) and what is answered beside its
    state; spelled when it is written. `charged`: lines to adjudicate. `target`: the execution amended or withdrawn,
    `claim` its claim without it.
    `content`: what the execution keeps beside its lines. `also`: told to the softwares before `event`.
    `filed`: the day it was first received, when that is not today. Without a `performed_at` of its own, a visit is of
    now.
    """

    sheet: Sheet
    section: Section
    place: str
    kind: str
    event: sheets.SheetEvent
    performed_at: datetime
    moved: Sequence[Moved]
    told: Callable[[], Sequence[tuple[Json, Json]]]
    charged: Sequence[ChargedLine] = ()
    target: str | None = None
    claim: claiming.Recorded | None = None
    content: Mapping[str, Any] = field(default_factory=dict)
    to_reconcile: int = 0
    also: Sequence[EventType] = ()
    filed: date | None = None


class Written(Struct, frozen=True):
    """What was written: the execution's id and unsigned receipt, the sheet after it, the claim it feeds, its lines."""

    id: str
    receipt: Once[str]
    sheet: Sheet
    revision: int
    status: SheetStatus
    lines: Once[list[Json]]
    claim: claiming.Recorded | None


def record(tx: Tx, call: Call, act: Act) -> Written:
    """Write the visit: claim, sheet, execution with its receipt."""
    rank = str(len(act.section.executions))
    identifier = derived_id(call.world.keys.platform_secret, "exe", act.sheet.number, act.section.type, rank)
    recorded = act.claim
    if act.charged:
        day = clock.day(act.performed_at)
        recorded = claiming.record(tx, call, act.sheet, act.section.type, identifier, act.charged, day, act.filed)
    section = marked(act.section, act.moved, identifier, undone=act.kind == "withdrawal")
    touched = {one.after.number for one in act.moved}
    states = {str(line.number): line.state for line in section.lines if line.number in touched}
    about = {"execution": identifier, "section": section.type, "lines": states}
    after = sheets.save(tx, call, act.sheet, act.sheet.with_section(section), act.event, about, also=act.also)
    after = after.read_at(call.now)
    standing = after.sections[section.type]
    lines = Once(lambda: _lines(act, standing))
    unsigned = Once(lambda: receipt.unsigned(call, identifier, _facts(act, after, standing, lines()), recorded))
    store.insert(tx, call.world.id, lambda: _execution(call, act, identifier, standing.revision, unsigned()))
    if act.target is not None:
        store.reconciled(tx, call.world.id, act.target)
    return Written(identifier, unsigned, after, standing.revision, standing.status, lines, recorded)


def _lines(act: Act, standing: Section) -> list[Json]:
    """The lines of the visit as answered, where they stand after it."""
    now = {line.number: line for line in standing.lines}
    pairs = ((now[one.after.number], said) for one, (_, said) in zip(act.moved, act.told(), strict=True))
    return [{**said, "state": line.state, "remaining": quantity_text(line.remaining)} for line, said in pairs]


def _facts(act: Act, after: Sheet, standing: Section, lines: Sequence[Json]) -> receipt.Facts:
    kind, revision = standing.type, standing.revision
    return receipt.Facts(after.number, kind, act.kind, act.performed_at, revision, lines, act.target)


def _execution(call: Call, act: Act, identifier: str, revision: int, unsigned: str) -> store.Execution:
    """The visit as it is kept."""
    return store.Execution(
        id=identifier,
        number=act.sheet.number,
        revision=revision,
        section=act.section.type,
        establishment=act.place,
        inpe=call.actor.inpe or "",
        client=call.actor.client_id,
        kind=act.kind,
        target=act.target,
        performed_at=act.performed_at,
        recorded_at=call.now,
        content={
            "lines": [
                {**kept, "before": [one.before.state, one.before.owed_by, one.before.last]}
                for one, (kept, _) in zip(act.moved, act.told(), strict=True)
            ],
            **act.content,
        },
        receipt=unsigned,
        to_reconcile=act.to_reconcile,
    )


def answer(call: Call, act: Act, written: Written, warnings: Sequence[Json]) -> Answer:
    """A visit as it is answered (see `schemas.ExecutionAnswer`)."""
    body: Json = {
        "id": written.id,
        "number": written.sheet.number,
        "section": act.section.type,
        "kind": act.kind,
        "target": act.target,
        "performed_at": clock.to_text(act.performed_at),
        "recorded_at": clock.to_text(call.now),
        "revision": written.revision,
        "lines": written.lines(),
        "status": written.status,
        "receipt": receipt.told(call.world.keys, written.receipt),
        "warnings": list(warnings),
    }
    if act.target is None:
        del body["target"]
    parts = {"claim": written.claim.json()} if written.claim else {}
    return Answer(body, revision=written.revision, parts=parts)


def require_possible_instant(call: Call, sheet: Sheet, performed_at: datetime) -> None:
    """Raises Problem invalid-payload when the visit lies in the future or before the issue, beyond the tolerance."""
    seconds = fixtures.rule("execution.clock-tolerance", clock.day(call.now)).integer
    tolerance = timedelta(seconds=seconds)
    if sheet.issued_at - tolerance <= performed_at <= call.now + tolerance:
        return
    why = "dans le futur" if performed_at > call.now else f"avant l'émission ({_utc(sheet.issued_at)})"
    detail = (
        f"L'exécution du {_utc(performed_at)} est {why} : l'instant est lu en UTC, "
        f"et l'heure du monde est {_utc(call.now)} (tolérance : {seconds // 60} min)."
    )
    raise invalid("/performed_at", "impossible-date", detail)


def _utc(instant: datetime) -> str:
    return f"{instant:%d/%m/%Y à %H:%M:%S} UTC"
