"""Who and what a world no longer trusts: suspended or revoked professionals, software, tokens and keys, as rows.

Kinds of row: ``professional`` (suspended), ``reinstated`` (suspended in the fixtures, not here), ``client``
(suspended software), ``client-revoked``, ``token`` (a `jti`), ``qr-key`` and ``token-key`` (an id); and
``affiliation``, registered late: ``100000008/0/salaried/2026-07-01/2026-12-31``, without its end while it runs; and
``birth``, of a child without a number: ``100000001/3/1/2026-11-23/F``, his rank then his mother's.
The row of the world counts their changes (`marks`): another process reads them again when it has grown.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import cast

import sqlalchemy as sa

from fixtures import loader
from fixtures.model import Affiliation, Regime
from simulator.kit import bearer, clock
from simulator.kit.storage import Tx, insert_new, metadata, query
from simulator.worlds.model import Marks

table = sa.Table(
    "marks",
    metadata,
    sa.Column("world", sa.Text, primary_key=True),
    sa.Column("kind", sa.Text, primary_key=True),
    sa.Column("id", sa.Text, primary_key=True),
    sa.Column("at", sa.Text, nullable=False),
    sqlite_with_rowid=False,
)
_c = table.c
_add = insert_new(table)
_drop = query(
    sa.delete(table).where(_c.world == sa.bindparam("w"), _c.kind == sa.bindparam("k"), _c.id == sa.bindparam("i"))
)
_all = query(sa.select(_c.kind, _c.id, _c.at).where(_c.world == sa.bindparam("world")))
_forget = query(
    sa.delete(table).where(_c.world == sa.bindparam("w"), _c.kind == "token", _c.at < sa.bindparam("before"))
)
_MEMBERS = {
    "professional": "professionals",
    "client": "suspended_clients",
    "client-revoked": "revoked_clients",
    "token": "tokens",
    "qr-key": "qr_keys",
}


def put(tx: Tx, world: str, kind: str, id: str, at: datetime) -> None:
    """Mark it, from world time `at`; once is enough. Revoked tokens that have expired since are forgotten."""
    tx.run(_add, world=world, kind=kind, id=id, at=clock.to_text(at))
    if kind == "token":
        tx.run(_forget, w=world, before=clock.to_text(at - timedelta(seconds=bearer.LIFE_S)))


def remove(tx: Tx, world: str, kind: str, id: str) -> None:
    tx.run(_drop, w=world, k=kind, i=id)


def load(tx: Tx, world: str) -> Marks:
    """Every mark of a world, over those of the fixtures."""
    found = Marks()
    found.professionals.update(suspended_at_first())
    for row in tx.all(_all, world=world):
        if row["kind"] == "reinstated":
            found.professionals.discard(row["id"])
        elif row["kind"] == "token-key":
            found.token_keys[row["id"]] = row["at"]
        elif row["kind"] == "affiliation":
            who, more = _affiliation(row["id"])
            found.affiliations[who] = (*found.affiliations.get(who, ()), more)
        elif row["kind"] == "birth":
            number, rank, mother, day, sex = row["id"].split("/")
            found.births[number, int(rank)] = (int(mother), date.fromisoformat(day), sex)
        else:
            getattr(found, _MEMBERS[row["kind"]]).add(row["id"])
    return found


def affiliation(who: tuple[str, int], of: Affiliation) -> str:
    """The id of its mark."""
    days = [day.isoformat() for day in (of.start, of.end) if day is not None]
    return "/".join((who[0], str(who[1]), of.regime, *days))


def _affiliation(id: str) -> tuple[tuple[str, int], Affiliation]:
    number, rank, regime, start, *end = id.split("/")
    until = date.fromisoformat(end[0]) if end else None
    return (number, int(rank)), Affiliation(cast("Regime", regime), date.fromisoformat(start), until)


def suspended_at_first() -> set[str]:
    """Professionals whom every new world finds suspended."""
    return {person.inpe for person in loader.professionals() if person.status == "suspended"}
