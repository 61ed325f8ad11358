"""Table of claims: the columns that are searched, and the claim as the JSON of its answer."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import pydantic_core as core
import sqlalchemy as sa

from simulator.claims.answers import to_json, to_model
from simulator.claims.model import Claim
from simulator.kit import clock
from simulator.kit.answer import Json
from simulator.kit.call import WorldLike
from simulator.kit.once import Once
from simulator.kit.storage import Row, Tx, metadata, query, upsert

claims = sa.Table(
    "claims",
    metadata,
    sa.Column("world", sa.Text, primary_key=True),
    sa.Column("number", sa.Text, primary_key=True),
    sa.Column("section", sa.Text, primary_key=True),
    sa.Column("establishment", sa.Text, primary_key=True),
    sa.Column("id", sa.Text, nullable=False),
    sa.Column("registration_number", sa.Text, nullable=False),
    sa.Column("dependant_rank", sa.Integer, nullable=False),
    sa.Column("due", sa.Text),  # when the platform will next act on it by itself
    sa.Column("failed", sa.Text),  # when it could not, and why: then nothing is due until the claim changes
    sa.Column("content", sa.LargeBinary, nullable=False),
    sa.Index("claims_by_establishment", "world", "establishment", "id"),
)
_waiting = claims.c.due.is_not(None)
sa.Index("claims_due", claims.c.world, claims.c.due, sqlite_where=_waiting, postgresql_where=_waiting)
_w = claims.c.world == sa.bindparam("w")
_mine = (_w, claims.c.establishment == sa.bindparam("e"))
_find = query(
    sa.select(claims.c.content, claims.c.registration_number, claims.c.dependant_rank).where(
        *_mine, claims.c.number == sa.bindparam("n"), claims.c.section == sa.bindparam("s")
    )
)
_by_id = query(sa.select(claims.c.content).where(*_mine, claims.c.id == sa.bindparam("i")))
_named = query(sa.select(claims.c.content).where(_w, claims.c.id == sa.bindparam("i")))
_whole = query(
    sa.select(claims.c.content, claims.c.registration_number, claims.c.dependant_rank).where(
        _w, claims.c.id == sa.bindparam("i")
    )
)
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
_on_paper = query(sa.select(claims.c.content).where(_w, claims.c.number.like("paper:%")).order_by(claims.c.number))
_of_section = query(
    sa.select(claims)
    .where(_w, claims.c.number == sa.bindparam("n"), claims.c.section == sa.bindparam("s"))
    .order_by(claims.c.id)
)
_save = upsert(claims)
_next = query(sa.select(sa.func.min(claims.c.due).label("due")).where(_w, _waiting))
_due = query(
    sa.select(claims).where(_w, _waiting, claims.c.due <= sa.bindparam("at")).order_by(claims.c.due, claims.c.id)
)
_coming = query(
    sa.select(claims.c.id, claims.c.due, claims.c.content)
    .where(_w, _waiting)
    .order_by(claims.c.due, claims.c.id)
    .limit(sa.bindparam("many"))
)
_aside = query(
    sa.select(claims.c.id, claims.c.failed)
    .where(_w, claims.c.failed.is_not(None))
    .order_by(claims.c.id)
    .limit(sa.bindparam("many"))
)
_set_aside = query(
    sa.update(claims).where(_w, claims.c.id == sa.bindparam("i")).values(due=None, failed=sa.bindparam("why"))
)


def find(tx: Tx, world: str, number: str, section: str, establishment: str) -> Claim | None:
    """The claim of one establishment for one section."""
    row = tx.one(_find, w=world, n=number, s=section, e=establishment)
    return None if row is None else _claim(row)


def whose(tx: Tx, world: str, claim: Json) -> tuple[str, int]:
    """The beneficiary of a stored claim."""
    about = f"paper:{claim['reference']}" if "reference" in claim else claim["number"]
    row = tx.one(_find, w=world, n=about, s=claim["section"], e=claim["establishment"])
    assert row is not None
    return row["registration_number"], row["dependant_rank"]


def of_section(tx: Tx, world: str, number: str, section: str) -> list[Claim]:
    """Claims of every establishment for one section of a sheet, by id."""
    return [_claim(row) for row in tx.all(_of_section, w=world, n=number, s=section)]


def due(tx: Tx, world: str, at: str) -> list[tuple[str, Callable[[], Claim]]]:
    """Claims on which the platform acts by itself until that instant, those due first before: id, how it is read."""
    return [(row["id"], partial(_claim, row)) for row in tx.all(_due, w=world, at=at)]


def coming(tx: Tx, world: str, many: int) -> list[Row]:
    """The first claims that wait for the clock: `id`, `due`, `content`."""
    return tx.all(_coming, w=world, many=many)


def aside(tx: Tx, world: str, many: int) -> list[Row]:
    """Claims on which the platform could not act: `id`, `failed`."""
    return tx.all(_aside, w=world, many=many)


def set_aside(tx: Tx, world: str, claim: str, why: str) -> None:
    """The platform acts no more on it by itself, until it is saved again."""
    tx.run(_set_aside, w=world, i=claim, why=why)


def next_due(tx: Tx, world: str) -> str | None:
    """The first instant at which the platform acts on a claim by itself."""
    row = tx.one(_next, w=world)
    return None if row is None else row["due"]


def _claim(row: Row) -> Claim:
    return to_model(parse(row["content"]), (row["registration_number"], row["dependant_rank"]))


def save(tx: Tx, world: WorldLike, claim: Claim) -> Once[bytes]:
    """Write the claim, new or changed; what makes the JSON of its answer."""
    content, due = Once(partial(to_json, claim)), claim.due
    if due is not None:
        world.agenda.expect(due)
    tx.put(
        _save,
        lambda: {
            "world": world.id,
            "number": claim.about,
            "section": claim.section,
            "establishment": claim.establishment,
            "id": claim.id,
            "registration_number": claim.beneficiary[0],
            "dependant_rank": claim.beneficiary[1],
            "due": None if due is None else clock.to_text(due),
            "failed": None,
            "content": content(),
        },
    )
    return content


def by_id(tx: Tx, world: str, establishment: str, claim: str) -> Json | None:
    row = tx.one(_by_id, w=world, e=establishment, i=claim)
    return None if row is None else parse(row["content"])


def named(tx: Tx, world: str, claim: str) -> list[bytes]:
    """The claim that has this id, as JSON, whoever is paid for it; none or one."""
    return [row["content"] for row in tx.all(_named, w=world, i=claim)]


def whole(tx: Tx, world: str, claim: str) -> Claim | None:
    """The claim that has this id, whoever is paid for it."""
    row = tx.one(_whole, w=world, i=claim)
    return None if row is None else _claim(row)


def of_sheet(tx: Tx, world: str, number: str, establishment: str | None = None) -> list[bytes]:
    """Claims of a sheet, as JSON: all, or those of one establishment."""
    if establishment is None:
        rows = tx.all(_of_sheet, w=world, n=number)
    else:
        rows = tx.all(_mine_of_sheet, w=world, n=number, e=establishment)
    return [row["content"] for row in rows]


def on_paper(tx: Tx, world: str) -> list[bytes]:
    """Every paper claim of a world, as JSON, in the order of their references."""
    return [row["content"] for row in tx.all(_on_paper, w=world)]


def page(tx: Tx, world: str, establishment: str, after: str, many: int) -> list[Json]:
    """Claims of an establishment whose id comes after `after`, in the order of their ids."""
    return [parse(row["content"]) for row in tx.all(_page, w=world, e=establishment, after=after, many=many)]


def parse(content: bytes) -> Json:
    """A stored claim."""
    return dict(core.from_json(content))
