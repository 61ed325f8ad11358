"""Table of paper references: each serves once in the whole platform, whatever it was used for, however it is written.

Two references that differ by case, spaces or punctuation alone are the same one.
"""

from __future__ import annotations

from typing import Annotated, Literal

import sqlalchemy as sa
from msgspec import Struct
from pydantic import Field

from simulator.kit import clock
from simulator.kit.call import Call
from simulator.kit.problems import Problem, pointed
from simulator.kit.storage import Tx, insert_new, metadata, query
from simulator.kit.wire import Form

Use = Literal["fallback", "prescription", "claim"]
PaperReference = Annotated[
    str,
    Field(pattern="^[A-Z0-9-]{4,30}$", examples=["KEN-2026-0042"]),
    Form("une référence de 4 à 30 majuscules, chiffres ou tirets, comme KEN-2026-0042"),
]

references = sa.Table(
    "paper_references",
    metadata,
    sa.Column("world", sa.Text, primary_key=True),
    sa.Column("reference", sa.Text, primary_key=True),  # as it is compared
    sa.Column("written", sa.Text, nullable=False),  # as it was first
    sa.Column("use", sa.Text, nullable=False),
    sa.Column("number", sa.Text, nullable=False),  # of the care sheet; empty without one
    sa.Column("section", sa.Text, nullable=False),
    sa.Column("establishment", sa.Text, nullable=False),
    sa.Column("at", sa.Text, nullable=False),
    sa.Index("paper_references_by_sheet", "world", "number", "use"),
    sqlite_with_rowid=False,
)
_take = insert_new(references)
_find = query(
    sa.select(references).where(references.c.world == sa.bindparam("w"), references.c.reference == sa.bindparam("r"))
)


class Reference(Struct, frozen=True):
    """What a reference, as `written`, served for; `number` is empty without a sheet, `section` for a whole one."""

    written: str
    use: Use
    number: str
    section: str
    establishment: str


def compared(reference: str) -> str:
    """A reference as it is compared: letters in capitals and digits; as it is when it has none."""
    return "".join(char for char in reference.upper() if char.isalnum()) or reference


def take(tx: Tx, call: Call, reference: str, use: Use, *, number: str, section: str, establishment: str) -> None:
    """Use a reference up. Raises Problem paper-reference-used."""
    taken = tx.run(
        _take,
        world=call.world.id,
        reference=compared(reference),
        written=reference,
        use=use,
        number=number,
        section=section,
        establishment=establishment,
        at=clock.to_text(call.now),
    )
    if not taken:
        raise used(reference)


def find(tx: Tx, world: str, reference: str) -> Reference | None:
    """What a reference was used for, or None."""
    row = tx.one(_find, w=world, r=compared(reference))
    return None if row is None else Reference(*(row[name] for name in Reference.__struct_fields__))


def used(reference: str) -> Problem:
    """The refusal of a reference that has served."""
    detail = f"La référence papier « {reference} » a déjà servi."
    return pointed("paper-reference-used", "/paper_reference", detail)
