"""Table of claims: the columns that are searched, and the claim as the JSON of its answer."""

from __future__ import annotations

import pydantic_core as core
import sqlalchemy as sa

from simulator.claims.answers import to_model, to_text
from simulator.claims.model import Claim
from simulator.kit.answer import Json
from simulator.kit.storage import Tx, metadata, query, upsert

claims = sa.Table(
    "claims",
    metadata,
    sa.Column("world", sa.Text, primary_key=True),
    sa.Column("number", sa.Text, primary_key=True),
    sa.Column("section", sa.Text, primary_key=True),
    sa.Column("establishment", sa.Text, primary_key=True),
    sa.Column("id", sa.Text, nullable=False),
    sa.Column("content", sa.Text, nullable=False),
    sa.Index("claims_by_establishment", "world", "establishment", "id"),
)
_w = claims.c.world == sa.bindparam("w")
_mine = (_w, claims.c.establishment == sa.bindparam("e"))
_find = query(
    sa.select(claims.c.content).where(
        *_mine, claims.c.number == sa.bindparam("n"), claims.c.section == sa.bindparam("s")
    )
)
_by_id = query(sa.select(claims.c.content).where(*_mine, claims.c.id == sa.bindparam("i")))
_named = query(sa.select(claims.c.content).where(_w, claims.c.id == sa.bindparam("i")))
_page = query(
    sa.select(claims.c.content)
    .where(*_mine, claims.c.id > sa.bindparam("after"))
    .order_by(claims.c.id)
    .limit(sa.bindparam("many"))
)
_mine_of_sheet = query(
    sa.select(claims.c.content).where(*_mine, claims.c.number == sa.bindparam("n")).order_by(claims.c.id)
)
_of_sheet = query(sa.select(claims.c.content).where(_w, claims.c.number == sa.bindparam("n")).order_by(claims.c.id))
_save = upsert(claims)


def find(tx: Tx, world: str, number: str, section: str, establishment: str) -> Claim | None:
    """The claim of one establishment for one section."""
    row = tx.one(_find, w=world, n=number, s=section, e=establishment)
    return None if row is None else to_model(parse(row["content"]))


def save(tx: Tx, world: str, claim: Claim) -> str:
    """Write the claim, new or grown; the JSON of its answer."""
    content = to_text(claim)
    tx.run(
        _save,
        world=world,
        number=claim.number,
        section=claim.section,
        establishment=claim.establishment,
        id=claim.id,
        content=content,
    )
    return content


def by_id(tx: Tx, world: str, establishment: str, claim: str) -> Json | None:
    row = tx.one(_by_id, w=world, e=establishment, i=claim)
    return None if row is None else parse(row["content"])


def named(tx: Tx, world: str, claim: str) -> list[str]:
    """The claim that has this id, as a JSON text, whoever is paid for it; none or one."""
    return [row["content"] for row in tx.all(_named, w=world, i=claim)]


def of_sheet(tx: Tx, world: str, number: str, establishment: str | None = None) -> list[str]:
    """Claims of a sheet, as JSON texts: all, or those of one establishment."""
    if establishment is None:
        rows = tx.all(_of_sheet, w=world, n=number)
    else:
        rows = tx.all(_mine_of_sheet, w=world, n=number, e=establishment)
    return [row["content"] for row in rows]


def page(tx: Tx, world: str, establishment: str, after: str, many: int) -> list[Json]:
    """Claims of an establishment whose id comes after `after`, in the order of their ids."""
    return [parse(row["content"]) for row in tx.all(_page, w=world, e=establishment, after=after, many=many)]


def parse(content: str) -> Json:
    """A stored claim."""
    return dict(core.from_json(content))
