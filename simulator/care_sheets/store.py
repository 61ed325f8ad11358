"""Tables of care sheets (content written once) and of their lines (state changes)."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa

from simulator.care_sheets.model import Sheet
from simulator.care_sheets.states import Line, LineState, as_of
from simulator.kit import clock
from simulator.kit.money import quantity, quantity_text
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
    sa.Column("content", sa.Text, nullable=False),
    sqlite_with_rowid=False,
)
lines = sa.Table(
    "lines",
    metadata,
    sa.Column("world", sa.Text, primary_key=True),
    sa.Column("number", sa.Text, primary_key=True),
    sa.Column("section", sa.Text, primary_key=True),
    sa.Column("line", sa.Integer, primary_key=True),
    sa.Column("state", sa.Text, nullable=False),
    sa.Column("ordered", sa.Text, nullable=False),
    sa.Column("executed", sa.Text, nullable=False),
    sqlite_with_rowid=False,
)
_here = (sheets.c.world == sa.bindparam("w"), sheets.c.number == sa.bindparam("n"))
_find = query(sa.select(sheets).where(*_here))
_numbers = query(sa.select(sheets.c.number).where(sheets.c.world == sa.bindparam("w")).order_by("number"))
_lines = query(
    sa.select(lines)
    .where(lines.c.world == sa.bindparam("w"), lines.c.number == sa.bindparam("n"))
    .order_by(lines.c.section.desc(), lines.c.line)
)
_insert = query(sa.insert(sheets))
_insert_lines = query(sa.insert(lines))
_save_line = query(
    sa.update(lines)
    .where(
        lines.c.world == sa.bindparam("w"),
        lines.c.number == sa.bindparam("n"),
        lines.c.section == sa.bindparam("s"),
        lines.c.line == sa.bindparam("l"),
    )
    .values(state=sa.bindparam("new_state"), executed=sa.bindparam("new_executed"))
)
_advance = query(sa.update(sheets).where(*_here).values(revision=sheets.c.revision + 1))


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
        content=json.dumps(sheet.content, ensure_ascii=False, separators=(",", ":")),
    )
    tx.many(_insert_lines, [_row(world, sheet.number, line) for line in sheet.lines])


def find(tx: Tx, world: str, number: str, now: datetime) -> Sheet | None:
    """The sheet as it stands at `now`, or None."""
    row = tx.one(_find, w=world, n=number)
    if row is None:
        return None
    valid_until = date.fromisoformat(row["valid_until"])
    past = clock.day(now) > valid_until
    found = (_line(line) for line in tx.all(_lines, w=world, n=number))
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
        content=json.loads(row["content"]),
        lines=as_of(tuple(found), past),
        past_validity=past,
    )


def numbers(tx: Tx, world: str) -> list[str]:
    """Numbers of every sheet of a world, sorted."""
    return [row["number"] for row in tx.all(_numbers, w=world)]


def save(tx: Tx, world: str, number: str, changed: Iterable[Line]) -> None:
    """New states of some lines, and the next revision of the sheet."""
    for line in changed:
        tx.run(
            _save_line,
            w=world,
            n=number,
            s=line.section,
            l=line.number,
            new_state=line.state.value,
            new_executed=quantity_text(line.executed),
        )
    tx.run(_advance, w=world, n=number)


def _row(world: str, number: str, line: Line) -> dict[str, Any]:
    return {
        "world": world,
        "number": number,
        "section": line.section,
        "line": line.number,
        "state": line.state.value,
        "ordered": quantity_text(line.ordered),
        "executed": quantity_text(line.executed),
    }


def _line(row: Mapping[str, Any]) -> Line:
    return Line(
        section=row["section"],
        number=row["line"],
        state=LineState(row["state"]),
        ordered=quantity(row["ordered"]),
        executed=quantity(row["executed"]),
    )
