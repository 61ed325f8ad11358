"""What the tables of other rooms hold of one person: numbers of his sheets, his claims, accesses to his data."""

from __future__ import annotations

import sqlalchemy as sa

from simulator.audit.store import REFUSED
from simulator.audit.store import beneficiary as subject
from simulator.audit.store import table as audit
from simulator.beneficiaries.model import Key
from simulator.care_sheets.store import sheets
from simulator.claims.store import claims, parse
from simulator.kit.answer import Json
from simulator.kit.storage import Row, Tx, query
from simulator.paper.store import lines
from simulator.patients.refusals import TOLD
from simulator.patients.sentences import NOT_SHOWN

_his = (
    sheets.c.world == sa.bindparam("w"),
    sheets.c.registration_number == sa.bindparam("number"),
    sheets.c.dependant_rank == sa.bindparam("rank"),
)
_of_his = sa.select(sheets.c.number).where(*_his)
_numbers = query(_of_his.order_by(sheets.c.issued_at.desc(), sheets.c.number.desc()))
_claims = query(
    sa.select(claims.c.number, claims.c.id)
    .where(claims.c.world == sa.bindparam("w"), claims.c.number.in_(_of_his))
    .order_by(claims.c.id)
)
_on_paper = (
    lines.c.world == sa.bindparam("w"),
    lines.c.registration_number == sa.bindparam("number"),
)
_papers = sa.select(sa.literal("paper:").concat(lines.c.reference)).where(*_on_paper)
_paper_claims = query(
    sa.select(claims.c.number, claims.c.id)
    .where(
        claims.c.world == sa.bindparam("w"),
        claims.c.number.in_(_papers.where(lines.c.dependant_rank == sa.bindparam("rank"))),
    )
    .order_by(claims.c.id)
)
_paper_claim = query(
    sa.select(claims.c.content, claims.c.dependant_rank).where(
        claims.c.world == sa.bindparam("w"), claims.c.number.in_(_papers), claims.c.id == sa.bindparam("id")
    )
)
_claim = query(
    sa.select(claims.c.content, sheets.c.dependant_rank)
    .join(sheets, sa.and_(sheets.c.world == claims.c.world, sheets.c.number == claims.c.number))
    .where(
        sheets.c.world == sa.bindparam("w"),
        sheets.c.registration_number == sa.bindparam("number"),
        claims.c.id == sa.bindparam("id"),
    )
)
_accesses = query(
    sa.select(audit.c.seq, audit.c.at, audit.c.actor, audit.c.event, audit.c.subject, audit.c.data)
    .where(
        audit.c.world == sa.bindparam("w"),
        audit.c.subject == sa.bindparam("subject"),
        audit.c.event.not_in(sorted(NOT_SHOWN)),
        sa.or_(audit.c.event != REFUSED, *(audit.c.data.contains(f'"problem":"{slug}"') for slug in TOLD)),
        audit.c.seq < sa.bindparam("before"),
    )
    .order_by(audit.c.seq.desc())
    .limit(sa.bindparam("many"))
)


def numbers(tx: Tx, world: str, person: Key) -> list[str]:
    """Numbers of his sheets, the last issued first."""
    return [row["number"] for row in tx.all(_numbers, w=world, number=person[0], rank=person[1])]


def claim_places(tx: Tx, world: str, person: Key) -> list[tuple[str, str]]:
    """(sheet or paper, id) of his claims: paper ones, then those of his sheets, the last issued first."""
    rank = {number: place for place, number in enumerate(numbers(tx, world, person))}
    found = [
        *tx.all(_paper_claims, w=world, number=person[0], rank=person[1]),
        *tx.all(_claims, w=world, number=person[0], rank=person[1]),
    ]
    return sorted(((row["number"], row["id"]) for row in found), key=lambda place: (rank.get(place[0], -1), place[1]))


def claim(tx: Tx, world: str, registration_number: str, identifier: str) -> tuple[int, Json] | None:
    """A claim of that family, on a sheet or on paper: the rank of its patient, and the claim."""
    row = tx.one(_claim, w=world, number=registration_number, id=identifier)
    row = row or tx.one(_paper_claim, w=world, number=registration_number, id=identifier)
    return None if row is None else (row["dependant_rank"], parse(row["content"]))


def accesses(tx: Tx, world: str, person: Key, before: int, many: int) -> list[Row]:
    """Entries of the audit trail about him or his sheets, with seq < `before`, newest first.

    One look-up in the index for each subject: asked about all of them at once, SQLite walks along the whole trail.
    """
    found: list[Row] = []
    for one in (subject(*person), *numbers(tx, world, person)):
        found += tx.all(_accesses, w=world, subject=one, before=before, many=many)
    return sorted(found, key=lambda row: -row["seq"])[:many]
