"""The faults of each world, with how often each was met and happened: rows, so that all processes count together."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from msgspec.json import decode, encode

from simulator.faults.model import Fault
from simulator.kit.storage import Row, Tx, metadata, query

table = sa.Table(
    "faults",
    metadata,
    sa.Column("world", sa.Text, primary_key=True),
    sa.Column("id", sa.Text, primary_key=True),
    sa.Column("rank", sa.Integer, nullable=False),  # of its creation: the first that happens is the one
    sa.Column("definition", sa.Text, nullable=False),
    sa.Column("met", sa.Integer, nullable=False),
    sa.Column("times", sa.Integer, nullable=False),
)
_c = table.c
_w: sa.BindParameter[Any] = sa.bindparam("w")
_one = (_c.world == _w, _c.id == sa.bindparam("i"))
_add = query(sa.insert(table))
_all = query(sa.select(table).where(_c.world == _w).order_by(_c.rank))
_count = query(sa.update(table).where(*_one).values(met=sa.bindparam("new_met"), times=sa.bindparam("new_times")))
_uncount = query(sa.update(table).where(*_one).values(times=_c.times - 1))
_remove = query(sa.delete(table).where(*_one))
_clear = query(sa.delete(table).where(_c.world == _w))


@dataclass(frozen=True)
class Kept:
    """`met`: calls that it concerned so far; `times`: how often it happened."""

    fault: Fault
    rank: int
    met: int
    times: int


def everything(tx: Tx, world: str) -> list[Kept]:
    """In the order of their creation."""
    return [_kept(row) for row in tx.all(_all, w=world)]


def add(tx: Tx, world: str, fault: Fault, rank: int) -> Kept:
    tx.run(_add, world=world, id=fault.id, rank=rank, definition=encode(fault).decode(), met=0, times=0)
    return Kept(fault, rank, 0, 0)


def count(tx: Tx, world: str, id: str, met: int, times: int) -> None:
    tx.run(_count, w=world, i=id, new_met=met, new_times=times)


def uncount(tx: Tx, world: str, id: str) -> None:
    """It did not happen, after all, to a call that it concerned."""
    tx.run(_uncount, w=world, i=id)


def remove(tx: Tx, world: str, id: str) -> bool:
    """Whether it was there."""
    return bool(tx.run(_remove, w=world, i=id))


def clear(tx: Tx, world: str) -> int:
    """How many there were."""
    return tx.run(_clear, w=world)


def _kept(row: Row) -> Kept:
    return Kept(decode(row["definition"], type=Fault), row["rank"], row["met"], row["times"])
