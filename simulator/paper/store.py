"""Table of the lines of paper claims, by what makes two claims ask for the same care; and the sheets to compare."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta
from decimal import Decimal
from typing import Any, Literal

import sqlalchemy as sa
from msgspec import Struct, json

from simulator.beneficiaries.model import Key
from simulator.care_sheets.store import sheets
from simulator.claims import store as claims
from simulator.claims.model import Claim
from simulator.claims.terms import ChargedLine
from simulator.kit.storage import Row, Tx, metadata, query
from simulator.paper.references import references


class Care(Struct, frozen=True):
    """What is asked for, as two claims are compared (see `resemblance`).

    `section`: its type. `code`: of what was delivered or done, else its label. `number`, `line`: the sheet that a
    paper line names, and its line there; empty and 0 when it names none. `prescribed`: the medicine of that line.
    """

    beneficiary: Key
    establishment: str
    section: str
    day: date
    code: str
    prescribed: str = ""
    number: str = ""
    line: int = 0


Declared = Literal["ALD", "ALC"] | None


class Said(Struct, frozen=True):
    """What a paper line charged, and the condition that its paper declared: to decide it again."""

    charged: ChargedLine
    declared: Declared = None


_PERSON = ("registration_number", "dependant_rank")
_ASKED = ("code", "prescribed", "establishment", "number", "sheet_line")
"""The index holds all that is compared, and `near` sorts what it finds: SQLite would otherwise walk along the primary
key, all the paper lines of a world, for each line that is executed there."""
_encode = json.Encoder(order="deterministic").encode
_decode = json.Decoder(Said).decode
lines = sa.Table(
    "paper_lines",
    metadata,
    sa.Column("world", sa.Text, primary_key=True),
    sa.Column("reference", sa.Text, primary_key=True),
    sa.Column("line", sa.Integer, primary_key=True),
    sa.Column("registration_number", sa.Text, nullable=False),
    sa.Column("dependant_rank", sa.Integer, nullable=False),
    sa.Column("establishment", sa.Text, nullable=False),
    sa.Column("day", sa.Text, nullable=False),
    sa.Column("code", sa.Text, nullable=False),
    sa.Column("prescribed", sa.Text, nullable=False),  # empty when it is not known
    sa.Column("number", sa.Text, nullable=False),
    sa.Column("sheet_line", sa.Integer, nullable=False),
    sa.Column("section", sa.Text, nullable=False),
    sa.Column("client", sa.Text, nullable=False),
    sa.Column("said", sa.Text, nullable=False),
    sa.Index("paper_lines_by_care", "world", *_PERSON, "section", "day", *_ASKED),
    sa.Index("paper_lines_by_sheet", "world", "number", "section", "sheet_line"),
    sqlite_with_rowid=False,
)
_insert = query(sa.insert(lines))
_near = query(
    sa.select(
        lines.c.reference, lines.c.line, *(lines.c[name] for name in (*_PERSON, "section", "day", *_ASKED))
    ).where(
        lines.c.world == sa.bindparam("w"),
        lines.c.registration_number == sa.bindparam("n"),
        lines.c.dependant_rank == sa.bindparam("r"),
        lines.c.day.between(sa.bindparam("first"), sa.bindparam("last")),
        lines.c.section == sa.bindparam("s"),
    )
)
_of_reference = query(
    sa.select(lines).where(lines.c.world == sa.bindparam("w"), lines.c.reference == sa.bindparam("f")).order_by("line")
)
_naming = query(
    sa.select(lines.c.reference, lines.c.establishment)
    .distinct()
    .where(
        lines.c.world == sa.bindparam("w"),
        lines.c.number == sa.bindparam("n"),
        lines.c.section == sa.bindparam("s"),
        lines.c.sheet_line == sa.bindparam("l"),
    )
    .order_by(lines.c.reference)
)
_of_line = query(
    sa.select(lines.c.said).where(
        lines.c.world == sa.bindparam("w"),
        lines.c.number == sa.bindparam("n"),
        lines.c.section == sa.bindparam("s"),
        lines.c.sheet_line == sa.bindparam("l"),
    )
)
_his = sa.select(sheets.c.number).where(
    sheets.c.world == sa.bindparam("w"),
    sheets.c.registration_number == sa.bindparam("n"),
    sheets.c.dependant_rank == sa.bindparam("r"),
)
_live = _his.where(
    sheets.c.date_of_care <= sa.bindparam("last"), sheets.c.valid_until >= sa.bindparam("first")
).order_by(sheets.c.number)
_sheets = query(_live)
_transcribed = query(
    _live.join(references, sa.and_(references.c.world == sheets.c.world, references.c.number == sheets.c.number)).where(
        references.c.use == "prescription"
    )
)
_written = query(
    _his.where(sheets.c.author == sa.bindparam("a"), sheets.c.date_of_care == sa.bindparam("d")).order_by(
        sheets.c.number
    )
)


def insert(tx: Tx, world: str, reference: str, client: str, lines: Iterable[tuple[Care, Said]]) -> None:
    """The lines of a paper claim, from 1, in their order; `client`: the software that registered it."""
    for rank, (care, said) in enumerate(lines, start=1):
        tx.run(
            _insert,
            world=world,
            reference=reference,
            line=rank,
            registration_number=care.beneficiary[0],
            dependant_rank=care.beneficiary[1],
            establishment=care.establishment,
            day=care.day.isoformat(),
            code=care.code,
            prescribed=care.prescribed,
            number=care.number,
            sheet_line=care.line,
            section=care.section,
            client=client,
            said=_encode(said).decode(),
        )


def cares(tx: Tx, world: str, reference: str) -> list[Care]:
    """What each line of a paper claim asks, in their order."""
    return [_care(row) for row in tx.all(_of_reference, w=world, f=reference)]


def _care(row: Row) -> Care:
    return Care(
        (row["registration_number"], row["dependant_rank"]),
        row["establishment"],
        row["section"],
        date.fromisoformat(row["day"]),
        row["code"],
        row["prescribed"],
        row["number"],
        row["sheet_line"],
    )


def said(tx: Tx, world: str, reference: str, line: int) -> Said:
    """What a line of a paper claim charged."""
    return _decode(tx.all(_of_reference, w=world, f=reference)[line - 1]["said"])


def client(tx: Tx, world: str, reference: str) -> str:
    """The software that registered a paper claim."""
    return str(tx.all(_of_reference, w=world, f=reference)[0]["client"])


def near(tx: Tx, world: str, care: Care, days: int) -> list[tuple[str, int, Care]]:
    """(reference, line, what it asks) of the paper lines of that person and section, `days` before or after at most."""
    found = tx.all(_near, w=world, s=care.section, **_around(care, days))
    return sorted(((row["reference"], row["line"], _care(row)) for row in found), key=lambda one: one[:2])


def naming(tx: Tx, world: str, number: str, section: str, line: int) -> list[Claim]:
    """The paper claims of which a line names that line of a sheet, by their references."""
    rows = tx.all(_naming, w=world, n=number, s=section, l=line)
    found = (claims.find(tx, world, f"paper:{row['reference']}", section, row["establishment"]) for row in rows)
    return [one for one in found if one is not None]


def claimed(tx: Tx, world: str, number: str, section: str, line: int) -> Decimal:
    """The quantity that papers have claimed of that line of a sheet."""
    rows = tx.all(_of_line, w=world, n=number, s=section, l=line)
    return sum((_decode(row["said"]).charged.quantity for row in rows), Decimal(0))


def electronic(tx: Tx, world: str, care: Care, days: int, *, transcribed: bool) -> list[Claim]:
    """The claims of that section on the person's other sheets that could be executed within `days` of that day.

    `transcribed`: of those alone that come of a paper prescription.
    """
    rows = tx.all(_transcribed if transcribed else _sheets, w=world, **_around(care, days))
    others = [row["number"] for row in rows if row["number"] != care.number]
    return [claim for number in others for claim in claims.of_section(tx, world, number, care.section)]


def written(tx: Tx, world: str, author: str, beneficiary: Key, day: date) -> list[str]:
    """Numbers of the sheets that bear that prescriber's name, for that person, of that day of care."""
    number, rank = beneficiary
    return [row["number"] for row in tx.all(_written, w=world, n=number, r=rank, a=author, d=day.isoformat())]


def _around(care: Care, days: int) -> dict[str, Any]:
    number, rank = care.beneficiary
    first, last = (care.day + timedelta(days=by) for by in (-days, days))
    return {"n": number, "r": rank, "first": first.isoformat(), "last": last.isoformat()}
