"""Table of care sheets: `content` is written once; `standing` (where each section stands) lives.

`insert` and `save` are the only writers of a sheet: each writes the row, its audit entry with what changed, and
the events, in the caller's transaction. So no state is without an audit entry, and folding the audit gives the
standing back (`simulator.audit.replay`).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime
from functools import lru_cache
from typing import Any, Literal, cast, get_args

import sqlalchemy as sa
from msgspec.json import encode
from msgspec.structs import replace as changed
from pydantic_core import from_json

from simulator.audit import store as audit
from simulator.care_sheets import standing
from simulator.care_sheets.model import Section, Sheet, unexpired
from simulator.care_sheets.states import LineState
from simulator.events import store as events
from simulator.events.model import EventType
from simulator.kit import clock
from simulator.kit.call import Call
from simulator.kit.storage import Row, Tx, metadata, query

sheets = sa.Table(
    "care_sheets",
    metadata,
    sa.Column("world", sa.Text, primary_key=True),
    sa.Column("number", sa.Text, primary_key=True),
    sa.Column("author", sa.Text, nullable=False),
    sa.Column("establishment", sa.Text, nullable=False),
    sa.Column("client", sa.Text, nullable=False),
    sa.Column("registration_number", sa.Text, nullable=False),
    sa.Column("dependant_rank", sa.Integer, nullable=False),
    sa.Column("issued_at", sa.Text, nullable=False),
    sa.Column("date_of_care", sa.Text, nullable=False),
    sa.Column("valid_until", sa.Text, nullable=False),
    sa.Column("revision", sa.Integer, nullable=False),
    sa.Column("rotation", sa.Integer, nullable=False),
    sa.Column("replaced_by", sa.Text),
    sa.Column("replaces", sa.Text),
    sa.Column("standing", sa.Text, nullable=False),
    sa.Column("content", sa.Text, nullable=False),
    sa.Index("care_sheets_by_beneficiary", "world", "registration_number", "dependant_rank", "number"),
)
_here = (sheets.c.world == sa.bindparam("w"), sheets.c.number == sa.bindparam("n"))
_find = query(sa.select(sheets).where(*_here), by=("w", "n"))
_numbers = query(sa.select(sheets.c.number).where(sheets.c.world == sa.bindparam("w")).order_by("number"))
_insert = query(sa.insert(sheets))
_save = query(
    sa.update(sheets)
    .where(*_here)
    .values(
        standing=sa.bindparam("s"),
        revision=sa.bindparam("r"),
        rotation=sa.bindparam("o"),
        replaced_by=sa.bindparam("b"),
    )
)

Created = Literal["care-sheet-issued", "prescription-transcribed"]
_created = audit.table.c.world == sa.bindparam("w"), sa.or_(*(audit.table.c.event == one for one in get_args(Created)))
_last = query(sa.select(audit.table.c.subject).where(*_created).order_by(audit.table.c.seq.desc()).limit(1))
SheetEvent = Literal[
    "care-sheet-issued",
    "prescription-transcribed",
    "care-sheet-resolved",
    "lease-extended",
    "lease-released",
    "section-executed",
    "execution-amended",
    "execution-withdrawn",
    "late-execution-recorded",
    "late-execution-to-reconcile",
    "section-moved-to-paper",
    "care-sheet-cancelled",
    "cancellation-requested",
    "care-sheet-replaced",
    "care-sheet-reissued",
]
"""Entries of the audit that change a sheet."""

EVENTS: Mapping[SheetEvent, EventType] = {
    "section-executed": "care-sheet.executed",
    "care-sheet-replaced": "care-sheet.replaced",
    "care-sheet-reissued": "care-sheet.reissued",
    "execution-amended": "execution.amended",
    "execution-withdrawn": "execution.withdrawn",
    "late-execution-recorded": "care-sheet.executed",
    "late-execution-to-reconcile": "late-execution.to-reconcile",
    "section-moved-to-paper": "care-sheet.executed",
}
"""Entry of the audit → event that the softwares concerned receive (see `_tell`); cancellations: `_cancellations`."""


def insert(tx: Tx, call: Call, sheet: Sheet, data: Mapping[str, Any], event: Created = "care-sheet-issued") -> None:
    """A new sheet, its sections, and the audit entry `event`."""
    tx.put(_insert, lambda: _row(call.world.id, sheet), (call.world.id, sheet.number))

    def changes() -> dict[str, Any]:
        return {"revision": sheet.revision, "changes": standing.changes({}, sheet.sections), **data}

    audit.append(tx, call, event, sheet.number, changes)


def _row(world: str, sheet: Sheet) -> dict[str, Any]:
    return {
        "world": world,
        "number": sheet.number,
        "author": sheet.author,
        "establishment": sheet.establishment,
        "client": sheet.client,
        "registration_number": sheet.beneficiary[0],
        "dependant_rank": sheet.beneficiary[1],
        "issued_at": clock.to_text(sheet.issued_at),
        "date_of_care": sheet.date_of_care.isoformat(),
        "valid_until": sheet.valid_until.isoformat(),
        "revision": sheet.revision,
        "rotation": sheet.rotation,
        "replaced_by": sheet.replaced_by,
        "replaces": sheet.replaces,
        "standing": standing.text(sheet.sections),
        "content": encode(sheet.content).decode(),
    }


def save(
    tx: Tx,
    call: Call,
    before: Sheet,
    after: Sheet,
    event: SheetEvent,
    data: Mapping[str, Any],
    *,
    also: Sequence[EventType] = (),
) -> Sheet:
    """Write what a transition made of `before`, as `find` answered it, with the audit entry `event`; what it becomes.

    Revisions follow from what changed: a section's when its lines did; the sheet's when any line did, or the
    rotation, the replacement, a request of cancellation. `also`: events told before the one of `event`.
    """
    written, touched = standing.revised(
        _unexpired(before, before.sections, before.stored), _unexpired(after, after.sections, before.stored)
    )
    own = written.get(data.get("section", ""))
    if own is not None and call.actor.client_id not in own.clients:
        own = written[own.type] = changed(own, clients=(*own.clients, call.actor.client_id))
    turned = (after.rotation, after.replaced_by) != (before.rotation, before.replaced_by)
    result = changed(
        after,
        revision=before.revision + 1 if touched or turned else before.revision,
        sections=_revised(after.sections, written) if after.past_validity else written,
        stored=written,
    )

    def row() -> dict[str, Any]:
        return {
            "w": call.world.id,
            "n": before.number,
            "s": standing.text(written),
            "r": result.revision,
            "o": result.rotation,
            "b": result.replaced_by,
        }

    tx.put(_save, row, (call.world.id, before.number))

    def changes() -> dict[str, Any]:
        record: dict[str, Any] = {"revision": result.revision, "changes": standing.changes(before.stored, written)}
        if turned:
            record |= {"rotation": result.rotation, "replaced_by": result.replaced_by}
        return {**record, **data}

    audit.append(tx, call, event, before.number, changes)
    for one in (*also, *([EVENTS[event]] if event in EVENTS else ())):
        _tell(tx, call, one, result, own, data)
    if event != "care-sheet-replaced":
        for kind, section in written.items():
            if section is before.stored.get(kind):
                continue
            for one in _cancellations(before.stored.get(kind), section):
                _tell(tx, call, one, result, section, {"section": kind})
    return result


def _cancellations(before: Section | None, after: Section) -> Iterator[EventType]:
    """What became of a section's cancellation: done, at once or when its holder let go of it; asked of its holder."""
    if before is None or before is after:
        return
    if any(
        x.state is LineState.CANCELLED and x.state is not y.state
        for x, y in zip(after.lines, before.lines, strict=True)
    ):
        yield "care-sheet.cancelled"
    if after.cancelling - before.cancelling:
        yield "care-sheet.cancellation-requested"


def _tell(tx: Tx, call: Call, event: EventType, sheet: Sheet, section: Section | None, data: Mapping[str, Any]) -> None:
    """Of one section, its executors' softwares and the author's, with its revision; of the sheet, all of them."""
    concerned = sheet.stored.values() if section is None else (section,)
    clients = {sheet.client, *(client for one in concerned for client in one.clients)}
    about = {name: data[name] for name in ("section", "execution") if name in data}
    revision = sheet.revision if section is None else section.revision
    events.emit(tx, call, event, sheet.number, revision, clients, about)


def _unexpired(sheet: Sheet, sections: Mapping[str, Section], stored: Mapping[str, Section]) -> Mapping[str, Section]:
    """Sections as they are written: see `model.unexpired`."""
    if not sheet.past_validity:
        return sections
    return {kind: unexpired(section, stored.get(kind)) for kind, section in sections.items()}


def _revised(read: Mapping[str, Section], written: Mapping[str, Section]) -> dict[str, Section]:
    """Sections as they are read, with the revisions of those that are written."""
    return {kind: changed(section, revision=written[kind].revision) for kind, section in read.items()}


def find(tx: Tx, world: str, number: str, now: datetime, *, on: date | None = None) -> Sheet | None:
    """The sheet as it stands at `now`, or None. `on`: judge its validity on that day instead (what was done then)."""
    row = tx.one(_find, w=world, n=number)
    return None if row is None else _sheet(row, now, on)


def numbers(tx: Tx, world: str) -> list[str]:
    """Numbers of every sheet of a world, sorted."""
    return [row["number"] for row in tx.all(_numbers, w=world)]


def last(tx: Tx, world: str) -> str | None:
    """Number of the sheet that was made last; None in a world without any."""
    row = tx.one(_last, w=world)
    return None if row is None else str(row["subject"])


@lru_cache(maxsize=1024)
def _content(text: str) -> Mapping[str, Any]:
    """The content of a sheet, which never changes; a sheet is read at every step of its life. Nobody writes in it."""
    return cast("Mapping[str, Any]", from_json(text))


def _sheet(row: Row, now: datetime, on: date | None) -> Sheet:
    valid_until = date.fromisoformat(row["valid_until"])
    past = (on or clock.day(now)) > valid_until
    stored = standing.parse(row["standing"])
    sections = {kind: section.as_of(now, past) for kind, section in stored.items()}
    fallen = sum(sections[kind].revision - section.revision for kind, section in stored.items())
    return Sheet(
        number=row["number"],
        author=row["author"],
        establishment=row["establishment"],
        client=row["client"],
        beneficiary=(row["registration_number"], row["dependant_rank"]),
        issued_at=clock.parse(row["issued_at"]),
        date_of_care=date.fromisoformat(row["date_of_care"]),
        valid_until=valid_until,
        revision=row["revision"] + fallen,
        rotation=row["rotation"],
        replaced_by=row["replaced_by"],
        replaces=row["replaces"],
        content=_content(row["content"]),
        sections=sections,
        past_validity=past,
        stored=stored,
    )
