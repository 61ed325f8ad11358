"""Table of the lines of paper claims, by what makes two claims ask for the same care; and the sheets to compare."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Literal

import sqlalchemy as sa
from msgspec import Struct, json

from simulator.beneficiaries.model import Key
from simulator.care_sheets.store import sheets
from simulator.claims import store as claims
from simulator.claims.answers import to_model
from simulator.claims.model import Claim
from simulator.claims.terms import ChargedLine
from simulator.kit.storage import Tx, metadata, query


class Care(Struct, frozen=True):
    """What two claims of the same care have in common.

    `number`, `line`: the sheet that a paper line names, and its line there; empty and 0 when it names none.
    """

    beneficiary: Key
    establishment: str
    day: date
    code: str
    number: str = ""
    line: int = 0


Declared = Literal["ALD", "ALC"] | None


class Said(Struct, frozen=True):
    """What a paper line charged, and the condition that its paper declared: to decide it again."""

    charged: ChargedLine
    declared: Declared = None


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
    sa.Column("number", sa.Text, nullable=False),
    sa.Column("sheet_line", sa.Integer, nullable=False),
    sa.Column("section", sa.Text, nullable=False),
    sa.Column("client", sa.Text, nullable=False),
    sa.Column("said", sa.Text, nullable=False),
    sa.Index("paper_lines_by_care", "world", "registration_number", "dependant_rank", "establishment", "day"),
    sa.Index("paper_lines_by_sheet", "world", "number", "section", "sheet_line"),
    sqlite_with_rowid=False,
)
_insert = query(sa.insert(lines))
_alike = query(
    sa.select(lines.c.reference, lines.c.line, lines.c.section, lines.c.number)
    .where(
        lines.c.world == sa.bindparam("w"),
        lines.c.registration_number == sa.bindparam("n"),
        lines.c.dependant_rank == sa.bindparam("r"),
        lines.c.establishment == sa.bindparam("e"),
        lines.c.day == sa.bindparam("d"),
        lines.c.code == sa.bindparam("c"),
    )
    .order_by(lines.c.reference, lines.c.line)
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
_sheets = query(
    sa.select(sheets.c.number)
    .where(
        sheets.c.world == sa.bindparam("w"),
        sheets.c.registration_number == sa.bindparam("n"),
        sheets.c.dependant_rank == sa.bindparam("r"),
        sheets.c.date_of_care <= sa.bindparam("d"),
        sheets.c.valid_until >= sa.bindparam("d"),
    )
    .order_by(sheets.c.number)
)


def insert(tx: Tx, world: str, reference: str, section: str, client: str, lines: Iterable[tuple[Care, Said]]) -> None:
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
            number=care.number,
            sheet_line=care.line,
            section=section,
            client=client,
            said=_encode(said).decode(),
        )


def cares(tx: Tx, world: str, reference: str) -> list[Care]:
    """What each line of a paper claim asks, in their order."""
    return [
        Care(
            (row["registration_number"], row["dependant_rank"]),
            row["establishment"],
            date.fromisoformat(row["day"]),
            row["code"],
            row["number"],
            row["sheet_line"],
        )
        for row in tx.all(_of_reference, w=world, f=reference)
    ]


def said(tx: Tx, world: str, reference: str, line: int) -> Said:
    """What a line of a paper claim charged."""
    return _decode(tx.all(_of_reference, w=world, f=reference)[line - 1]["said"])


def client(tx: Tx, world: str, reference: str) -> str:
    """The software that registered a paper claim."""
    return str(tx.all(_of_reference, w=world, f=reference)[0]["client"])


def alike(tx: Tx, world: str, care: Care) -> list[tuple[str, int, str, str]]:
    """(reference, line, section, sheet) of the paper lines that ask for that care."""
    number, rank = care.beneficiary
    found = tx.all(_alike, w=world, n=number, r=rank, e=care.establishment, d=care.day.isoformat(), c=care.code)
    return [(row["reference"], row["line"], row["section"], row["number"]) for row in found]


def naming(tx: Tx, world: str, number: str, section: str, line: int) -> list[Claim]:
    """The paper claims of which a line names that line of a sheet, by their references."""
    rows = tx.all(_naming, w=world, n=number, s=section, l=line)
    found = (claims.find(tx, world, f"paper:{row['reference']}", section, row["establishment"]) for row in rows)
    return [one for one in found if one is not None]


def electronic(tx: Tx, world: str, care: Care) -> list[Claim]:
    """The claims of that establishment on the sheets of that person that could be executed that day."""
    number, rank = care.beneficiary
    found = [row["number"] for row in tx.all(_sheets, w=world, n=number, r=rank, d=care.day.isoformat())]
    texts = [text for one in found for text in claims.of_sheet(tx, world, one, care.establishment)]
    return [to_model(claims.parse(text), care.beneficiary) for text in texts]
