"""Table of what ceilings count: what was granted, to whom, for care of which day. Other lines write nothing.

Read and written under the world's lock, by whoever decides a line.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from decimal import Decimal

import sqlalchemy as sa

from simulator.claims.model import ClaimLine
from simulator.claims.terms import Granted
from simulator.kit.money import money_text
from simulator.kit.storage import Tx, metadata, query

Who = tuple[str, int]
"""Registration number and dependant's rank."""

table = sa.Table(
    "ceiling_grants",
    metadata,
    sa.Column("world", sa.Text, primary_key=True),
    sa.Column("registration_number", sa.Text, primary_key=True),
    sa.Column("dependant_rank", sa.Integer, primary_key=True),
    sa.Column("counter", sa.Text, primary_key=True),
    sa.Column("execution", sa.Text, primary_key=True),
    sa.Column("place", sa.Integer, primary_key=True),
    sa.Column("day", sa.Text, nullable=False),
    sa.Column("amount", sa.Text, nullable=False),
    sqlite_with_rowid=False,
)
_c = table.c
_whose = (
    _c.world == sa.bindparam("w"),
    _c.registration_number == sa.bindparam("n"),
    _c.dependant_rank == sa.bindparam("r"),
)
_granted = query(sa.select(_c.day, _c.amount).where(*_whose, _c.counter == sa.bindparam("c")).order_by(_c.day))
_add = query(sa.insert(table))
_take_back = query(sa.delete(table).where(*_whose, _c.execution == sa.bindparam("e")))
_release = query(sa.delete(table).where(*_whose, _c.execution == sa.bindparam("e"), _c.place == sa.bindparam("p")))


class Counted:
    """What each ceiling has granted to one person, read once it is asked for, and grown by what is decided next."""

    def __init__(self, tx: Tx, world: str, who: Who) -> None:
        self._tx, self._world, self._who = tx, world, who
        self._known: dict[str, list[Granted]] = {}

    def of(self, counter: str) -> tuple[Granted, ...]:
        """`counter`: the key letter that has the ceiling."""
        known = self._known.get(counter)
        if known is None:
            number, rank = self._who
            rows = self._tx.all(_granted, w=self._world, n=number, r=rank, c=counter)
            known = [Granted(date.fromisoformat(row["day"]), Decimal(row["amount"])) for row in rows]
            self._known[counter] = known
        return tuple(known)

    def grow(self, counter: str, day: date, amount: Decimal) -> None:
        """Count it for the lines that come after, without writing it."""
        self._known[counter] = [*self.of(counter), Granted(day, amount)]


def add(tx: Tx, world: str, who: Who, execution: str, grants: Iterable[tuple[str, int, Granted]]) -> None:
    """Write what was granted to lines of an execution: (counter, `ClaimLine.place`, what).

    A line that was released may be written again.
    """
    number, rank = who
    for counter, place, granted in grants:
        tx.run(
            _add,
            world=world,
            registration_number=number,
            dependant_rank=rank,
            counter=counter,
            execution=execution,
            place=place,
            day=granted.day.isoformat(),
            amount=money_text(granted.amount),
        )


def take_back(tx: Tx, world: str, who: Who, execution: str) -> None:
    """An execution did not take place: nothing of it counts any more."""
    tx.run(_take_back, w=world, n=who[0], r=who[1], e=execution)


def release(tx: Tx, world: str, who: Who, execution: str, place: int) -> None:
    """The line at that place had been granted something, and is refused after all."""
    tx.run(_release, w=world, n=who[0], r=who[1], e=execution, p=place)


def recount(tx: Tx, world: str, who: Who, line: ClaimLine, share: Decimal) -> None:
    """A line under a ceiling is decided again: it counts for that share, MAD, whatever it counted for before."""
    release(tx, world, who, line.execution, line.place)
    if share:
        letter = next(step.inputs["letter"] for step in line.line.explanation if "letter" in step.inputs)
        add(tx, world, who, line.execution, [(letter, line.place, Granted(line.day, share))])
