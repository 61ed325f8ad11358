"""Table of what the indicators count, caught up from the audit trail when they are read: nothing is written for them
while care is recorded. Emptied, it comes back the same.

A row is an entry of the trail that delivered something or took it back; no name in it, no number: a patient is a keyed
digest, which tells people apart and nothing else. `hash` is that of the entry: it stands for the whole trail until it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

import sqlalchemy as sa
from msgspec.json import decode, encode
from pydantic_core import from_json

from simulator.audit.store import table as audit
from simulator.care_sheets.store import sheets
from simulator.executions.store import executions
from simulator.indicators.model import Fact
from simulator.kit.storage import Row, Tx, metadata, query, upsert
from simulator.kit.storage.statements import Query

READ = "indicators-read"
EVENTS = (
    "section-executed",
    "execution-amended",
    "execution-withdrawn",
    "late-execution-recorded",
    "late-execution-to-reconcile",
)
"""Entries that deliver something or take it back."""

facts = sa.Table(
    "indicators_facts",
    metadata,
    sa.Column("world", sa.Text, primary_key=True),
    sa.Column("seq", sa.Integer, primary_key=True),
    sa.Column("hash", sa.Text, nullable=False),
    sa.Column("day", sa.Text, nullable=False),
    sa.Column("execution", sa.Text, nullable=False),
    sa.Column("target", sa.Text),
    sa.Column("patient", sa.Text, nullable=False),
    sa.Column("region", sa.Text, nullable=False),
    sa.Column("week", sa.Text, nullable=False),
    sa.Column("boxes", sa.Text, nullable=False),
    sqlite_with_rowid=False,
)
progress = sa.Table(
    "indicators_progress",
    metadata,
    sa.Column("world", sa.Text, primary_key=True),
    sa.Column("seq", sa.Integer, nullable=False),
    sa.Column("day", sa.Text, nullable=False),
    sqlite_with_rowid=False,
)
_here = facts.c.world == sa.bindparam("w")
_before = facts.c.day < sa.bindparam("d")
_insert = query(sa.insert(facts))
_facts = query(
    sa.select(facts)
    .where(_here, facts.c.seq > sa.bindparam("after"), _before)
    .order_by(facts.c.seq)
    .limit(sa.bindparam("many"))
)
_hash = query(sa.select(facts.c.hash).where(_here, facts.c.seq == sa.bindparam("s")))
_progress = query(sa.select(progress).where(progress.c.world == sa.bindparam("w")))
_note = upsert(progress)


def _next(dialect: Any) -> sa.Executable:
    """Entries of the trail after one, with the execution that they name and its sheet."""
    if dialect.__name__.endswith("sqlite"):
        named = sa.func.json_extract(audit.c.data, "$.execution")
    else:
        named = sa.cast(audit.c.data, dialect.JSON)["execution"].astext
    done = sa.and_(executions.c.world == audit.c.world, executions.c.id == named)
    of = sa.and_(sheets.c.world == audit.c.world, sheets.c.number == audit.c.subject)
    return (
        sa.select(
            *(audit.c.seq, audit.c.at, audit.c.event, audit.c.hash),
            *(executions.c.id, executions.c.target, executions.c.section, executions.c.establishment),
            *(executions.c.performed_at, executions.c.content),
            *(sheets.c.registration_number, sheets.c.dependant_rank, sheets.c.content.label("issued")),
        )
        .select_from(audit.outerjoin(executions, done).outerjoin(sheets, of))
        .where(
            audit.c.world == sa.bindparam("w"),
            audit.c.seq > sa.bindparam("after"),
            audit.c.event.in_([*EVENTS, READ]),
        )
        .order_by(audit.c.seq)
        .limit(sa.bindparam("many"))
    )


_entries = Query(_next)


def following(tx: Tx, world: str, after: int, many: int) -> list[Row]:
    """At most `many` entries that count, or that read the indicators, after `after`; oldest first."""
    return tx.all(_entries, w=world, after=after, many=many)


def reached(tx: Tx, world: str) -> tuple[int, date]:
    """(seq of the last entry that was caught up, the day it was recorded)."""
    row = tx.one(_progress, w=world)
    return (0, date.min) if row is None else (row["seq"], date.fromisoformat(row["day"]))


def keep(tx: Tx, world: str, new: Sequence[tuple[Row, Fact]], seq: int, day: date) -> None:
    """Write what was caught up, until the entry `seq`."""
    tx.many(_insert, [_row(world, entry, fact) for entry, fact in new])
    tx.run(_note, world=world, seq=seq, day=day.isoformat())


def stands(tx: Tx, world: str, seq: int, hash: str) -> bool:
    """Whether the entry `seq` is the one that was known, and so all those before it."""
    row = tx.one(_hash, w=world, s=seq)
    return row is not None and bool(row["hash"] == hash)


def after(tx: Tx, world: str, seq: int, day: date, many: int) -> list[tuple[int, str, Fact]]:
    """(seq, hash, fact) of at most `many` entries after `seq`, recorded before a day, in the order of the trail."""
    return [
        (row["seq"], row["hash"], _fact(row))
        for row in tx.all(_facts, w=world, after=seq, d=day.isoformat(), many=many)
    ]


def lines(entry: Row) -> list[tuple[Mapping[str, Any], Mapping[str, Any]]]:
    """(what was prescribed, what was done) for each line of the execution that an entry names."""
    sections = from_json(entry["issued"])["sections"]
    prescribed = {line["line"]: line for one in sections if one["type"] == entry["section"] for line in one["lines"]}
    return [(prescribed[line["line"]], line) for line in from_json(entry["content"])["lines"]]


def _row(world: str, entry: Row, fact: Fact) -> dict[str, Any]:
    return {
        "world": world,
        "seq": entry["seq"],
        "hash": entry["hash"],
        "day": fact.day.isoformat(),
        "execution": fact.execution,
        "target": fact.target,
        "patient": fact.patient,
        "region": fact.region,
        "week": fact.week,
        "boxes": encode(fact.boxes).decode(),
    }


def _fact(row: Row) -> Fact:
    return Fact(
        day=date.fromisoformat(row["day"]),
        execution=row["execution"],
        target=row["target"],
        patient=row["patient"],
        region=row["region"],
        week=row["week"],
        boxes=decode(row["boxes"], type=dict[str, int]),
    )
