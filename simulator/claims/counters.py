"""Table of what ceilings count: what was granted, to whom, for care of which day. Other lines write nothing.

Read and written under the world's lock, by whoever decides a line. A line that a ceiling left without anything counts
for 0.00, so that it is found again: once what is counted is given back, `freed` has it decided again.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from decimal import Decimal
from typing import NamedTuple

import sqlalchemy as sa

from simulator.claims import released, store
from simulator.claims.model import AdjudicatedLine, Claim, ClaimLine, counts
from simulator.claims.released import Who
from simulator.claims.states import PENDING
from simulator.claims.terms import Granted
from simulator.kit.call import WorldLike
from simulator.kit.money import money_text
from simulator.kit.storage import Row, Tx, metadata, query

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
    sa.Column("about", sa.Text, nullable=False),  # of its claim, with the next two
    sa.Column("section", sa.Text, nullable=False),
    sa.Column("establishment", sa.Text, nullable=False),
    sqlite_with_rowid=False,
)
_c = table.c
_whose = (
    _c.world == sa.bindparam("w"),
    _c.registration_number == sa.bindparam("n"),
    _c.dependant_rank == sa.bindparam("r"),
)
_execution = (*_whose, _c.execution == sa.bindparam("e"))
_place = (*_execution, _c.place == sa.bindparam("p"))
_granted = query(sa.select(table).where(*_whose, _c.counter == sa.bindparam("c")).order_by(_c.day, _c.execution))
_add = query(sa.insert(table))
_of_execution = query(sa.select(_c.counter, _c.amount).where(*_execution))
_take_back = query(sa.delete(table).where(*_execution))
_of_place = query(sa.select(_c.counter, _c.amount).where(*_place))
_release = query(sa.delete(table).where(*_place))


class Where(NamedTuple):
    """A claim, as its table finds it (see `Claim.about`)."""

    about: str
    section: str
    establishment: str


def where(claim: Claim) -> Where:
    return Where(claim.about, claim.section, claim.establishment)


class Counted:
    """What each ceiling has granted to one person, read once it is asked for, and grown by what is decided next."""

    def __init__(self, tx: Tx, world: str, who: Who) -> None:
        self._tx, self._world, self._who = tx, world, who
        self._known: dict[str, list[Granted]] = {}

    def of(self, counter: str) -> tuple[Granted, ...]:
        """`counter`: the key letter that has the ceiling."""
        known = self._known.get(counter)
        if known is None:
            known = [
                Granted(date.fromisoformat(row["day"]), amount, waiting=found is None or _waits(found[1]))
                for row, found in self._rows(counter)
                if (amount := Decimal(row["amount"]))
            ]
            self._known[counter] = known
        return tuple(known)

    def lines(self, counter: str) -> list[tuple[Claim, ClaimLine]]:
        """Every line that the ceiling was applied to, by day of care."""
        return [found for _, found in self._rows(counter) if found is not None]

    def _rows(self, counter: str) -> list[tuple[Row, tuple[Claim, ClaimLine] | None]]:
        """What is counted and the line that it is of; None when its claim is not written yet."""
        number, rank = self._who
        rows = self._tx.all(_granted, w=self._world, n=number, r=rank, c=counter)
        return [(row, self._line(row)) for row in rows]

    def _line(self, row: Row) -> tuple[Claim, ClaimLine] | None:
        claim = store.find(self._tx, self._world, row["about"], row["section"], row["establishment"])
        for line in claim.lines if claim is not None else ():
            if claim is not None and (line.execution, line.place) == (row["execution"], row["place"]):
                return claim, line
        return None

    def grow(self, counter: str, day: date, amount: Decimal) -> None:
        """Count it for the lines that come after, without writing it: it is not decided yet."""
        self._known[counter] = [*self.of(counter), Granted(day, amount, waiting=True)]


def _waits(line: ClaimLine) -> bool:
    return line.status in PENDING and not line.payments


def cut(line: AdjudicatedLine) -> bool:
    """Whether the ceiling left less than the line was worth, and nothing else refused it since."""
    short = any(step.result != step.inputs["cnss_share"] for step in line.explanation if counts(step.inputs))
    return short and bool(line.cnss_share or line.reason == "ceiling-reached")


def add(
    tx: Tx, world: str, who: Who, place_of: Where, execution: str, grants: Iterable[tuple[str, int, Granted]]
) -> None:
    """Write what was granted to lines of an execution of that claim: (counter, `ClaimLine.place`, what).

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
            **place_of._asdict(),
        )


def take_back(tx: Tx, world: WorldLike, who: Who, execution: str, at: datetime) -> None:
    """An execution did not take place: nothing of it counts any more."""
    whose = {"w": world.id, "n": who[0], "r": who[1], "e": execution}
    released.note(tx, world, who, tx.all(_of_execution, **whose), at)
    tx.run(_take_back, **whose)


def release(tx: Tx, world: WorldLike, who: Who, line: ClaimLine, at: datetime) -> None:
    """The line had been granted something, and is refused after all, or is about to be counted anew."""
    place = {"w": world.id, "n": who[0], "r": who[1], "e": line.execution, "p": line.place}
    released.note(tx, world, who, tx.all(_of_place, **place), at)
    tx.run(_release, **place)


def recount(tx: Tx, world: WorldLike, claim: Claim, line: ClaimLine, share: Decimal, at: datetime) -> None:
    """A line under a ceiling, decided again: it counts for that share, MAD, whatever it counted for before."""
    release(tx, world, claim.beneficiary, line, at)
    if share or cut(line.line):
        letter = next(step.inputs["letter"] for step in line.line.explanation if "letter" in step.inputs)
        grant = [(letter, line.place, Granted(line.day, share))]
        add(tx, world.id, claim.beneficiary, where(claim), line.execution, grant)
