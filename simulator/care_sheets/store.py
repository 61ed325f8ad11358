"""Table of care sheets: `content` is written once, `lines` (where each line stands) and `revision` change.

Both are JSON; `lines` is ``[[section, line, state, ordered, executed], …]``, the prescriber's own acts first.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from decimal import Decimal

import sqlalchemy as sa
from pydantic_core import from_json, to_json

from simulator.care_sheets.model import Sheet
from simulator.care_sheets.states import OWN_SECTION, Line, LineState, as_of
from simulator.kit import clock
from simulator.kit.money import quantity_text
from simulator.kit.storage import Tx, metadata, query

sheets = sa.Table(
    "care_sheets",
    metadata,
    sa.Column("world", sa.Text, primary_key=True),
    sa.Column("number", sa.Text, primary_key=True),
    sa.Column("author", sa.Text, nullable=False),
    sa.Column("establishment", sa.Text, nullable=False),
    sa.Column("issued_at", sa.Text, nullable=False),
    sa.Column("date_of_care", sa.Text, nullable=False),
    sa.Column("valid_until", sa.Text, nullable=False),
    sa.Column("revision", sa.Integer, nullable=False),
    sa.Column("rotation", sa.Integer, nullable=False),
    sa.Column("replaced_by", sa.Text),
    sa.Column("lines", sa.Text, nullable=False),
    sa.Column("content", sa.Text, nullable=False),
)
_here = (sheets.c.world == sa.bindparam("w"), sheets.c.number == sa.bindparam("n"))
_find = query(sa.select(sheets).where(*_here))
_numbers = query(sa.select(sheets.c.number).where(sheets.c.world == sa.bindparam("w")).order_by("number"))
_insert = query(sa.insert(sheets))
_save = query(
    sa.update(sheets).where(*_here).values(lines=sa.bindparam("now"), revision=sheets.c.revision + 1),
)


def insert(tx: Tx, world: str, sheet: Sheet) -> None:
    """A new sheet and its lines."""
    tx.run(
        _insert,
        world=world,
        number=sheet.number,
        author=sheet.author,
        establishment=sheet.establishment,
        issued_at=clock.to_text(sheet.issued_at),
        date_of_care=sheet.date_of_care.isoformat(),
        valid_until=sheet.valid_until.isoformat(),
        revision=sheet.revision,
        rotation=sheet.rotation,
        lines=_text(sheet.lines),
        content=to_json(sheet.content).decode(),
    )


def find(tx: Tx, world: str, number: str, now: datetime) -> Sheet | None:
    """The sheet as it stands at `now`, or None."""
    row = tx.one(_find, w=world, n=number)
    if row is None:
        return None
    valid_until = date.fromisoformat(row["valid_until"])
    past = clock.day(now) > valid_until
    return Sheet(
        number=row["number"],
        author=row["author"],
        establishment=row["establishment"],
        issued_at=clock.parse(row["issued_at"]),
        date_of_care=date.fromisoformat(row["date_of_care"]),
        valid_until=valid_until,
        revision=row["revision"],
        rotation=row["rotation"],
        replaced_by=row["replaced_by"],
        content=from_json(row["content"]),
        lines=as_of(tuple(_line(*line) for line in from_json(row["lines"])), past),
        past_validity=past,
    )


def numbers(tx: Tx, world: str) -> list[str]:
    """Numbers of every sheet of a world, sorted."""
    return [row["number"] for row in tx.all(_numbers, w=world)]


def save(tx: Tx, world: str, sheet: Sheet, changed: Iterable[Line]) -> tuple[Line, ...]:
    """New states of some lines of a sheet just read, and its next revision; answers all its lines."""
    after = {(line.section, line.number): line for line in sheet.lines}
    after |= {(line.section, line.number): line for line in changed}
    lines = tuple(after.values())
    tx.run(_save, w=world, n=sheet.number, now=_text(lines))
    return lines


def _text(lines: Iterable[Line]) -> str:
    rows = [
        (line.section, line.number, line.state.value, quantity_text(line.ordered), quantity_text(line.executed))
        for line in lines
    ]
    rows.sort(key=lambda row: (row[0] != OWN_SECTION, row[0], row[1]))
    return to_json(rows).decode()


def _line(section: str, number: int, state: str, ordered: str, executed: str) -> Line:
    return Line(section, number, LineState(state), Decimal(ordered), Decimal(executed))
