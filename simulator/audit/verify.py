"""Is the trail of a world intact? A walk along its chain, a page at a time: the memory it takes does not grow.

What the chain shows by itself: a row that was changed, removed, put in or moved. What it cannot show: rows cut off
its end, or a whole chain written anew. Both show against a head that was noted elsewhere (`Head`).
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Literal

from simulator.audit import store
from simulator.kit.storage import Database, Row, Tx

PAGE = 1000
Kind = Literal["missing", "unexpected", "altered", "cut", "rewritten"]


@dataclass(frozen=True, slots=True)
class Head:
    """A link noted earlier, out of reach of whoever may write in the database."""

    seq: int
    hash: str

    @classmethod
    def of(cls, text: str) -> Head:
        """From ``seq:hash``. Raises ValueError."""
        found = re.fullmatch(r"([1-9][0-9]{0,9}):([0-9a-f]{64})", text.strip().lower())
        if found is None:
            raise ValueError(f"no head of a chain: {text!r}")
        return cls(int(found[1]), found[2])


@dataclass(frozen=True, slots=True)
class Break:
    """The first link that does not hold.

    missing: no row `seq`, the next one is `found`; unexpected: row `found` stands where `seq` should;
    altered: row `seq` does not follow from the one before, or its content is not what was hashed;
    cut: the chain ends before the noted head `seq`; rewritten: row `seq` is not the noted head.
    """

    kind: Kind
    seq: int
    found: int | None = None


@dataclass(frozen=True, slots=True)
class Verdict:
    """What was found in one world: the links that hold, the last of them, and the first that does not."""

    world: str
    links: int
    head: str
    broken: Break | None = None

    @property
    def sound(self) -> bool:
        return self.broken is None


class Walk:
    """Along a chain, oldest row first. `noted`: a head to meet on the way."""

    def __init__(self, world: str, noted: Head | None = None) -> None:
        self.world, self.noted = world, noted
        self.last: int | None = None
        self._links, self._hash = 0, store.GENESIS
        self._broken: Break | None = None

    def page(self, tx: Tx) -> list[Row]:
        """The rows that come next."""
        return store.page(tx, self.world, self.last, PAGE)

    def follow(self, rows: Iterable[Row]) -> bool:
        """Go on with these rows; False once there is no need to go further."""
        for row in rows:
            self._broken = self._fault(row)
            if self._broken is not None:
                return False
            self.last = self._links = self._links + 1
            self._hash = row["hash"]
        return True

    def _fault(self, row: Row) -> Break | None:
        expected, seq = self._links + 1, row["seq"]
        if seq != expected:
            return Break("missing" if _is_after(seq, expected) else "unexpected", expected, seq)
        if row["hash"] != store.link(self._hash, row):
            return Break("altered", expected)
        if self.noted is not None and self.noted.seq == seq and self.noted.hash != row["hash"]:
            return Break("rewritten", expected)
        return None

    def verdict(self) -> Verdict:
        """What the rows followed so far show."""
        broken = self._broken
        if broken is None and self.noted is not None and self.noted.seq > self._links:
            broken = Break("cut", self.noted.seq)
        return Verdict(self.world, self._links, self._hash, broken)


def _is_after(seq: Any, expected: int) -> bool:
    return isinstance(seq, int) and seq > expected


def world(db: Database, world_id: str, noted: Head | None = None) -> Verdict:
    """Walk along one world, from a command line."""
    walk = Walk(world_id, noted)
    while (rows := db.call(walk.page, world_id)) and walk.follow(rows):
        pass
    return walk.verdict()


async def world_served(db: Database, world_id: str, noted: Head | None = None) -> Verdict:
    """The same inside a server: other requests pass between two pages."""
    walk = Walk(world_id, noted)
    while (rows := await db.read(walk.page, world_id)) and walk.follow(rows):
        pass
    return walk.verdict()


def as_json(verdict: Verdict) -> dict[str, Any]:
    """``{"world", "sound", "links", "head": {"seq", "hash"}, "broken"?: {"kind", "seq", "found"?}}``."""
    said: dict[str, Any] = {
        "world": verdict.world,
        "sound": verdict.sound,
        "links": verdict.links,
        "head": {"seq": verdict.links, "hash": verdict.head},
    }
    if (broken := verdict.broken) is not None:
        said["broken"] = {"kind": broken.kind, "seq": broken.seq}
        if broken.found is not None:
            said["broken"]["found"] = broken.found
    return said


_SENTENCES: dict[Kind, str] = {
    "missing": "le maillon {seq} manque, le suivant est le {found}",
    "unexpected": "un maillon {found} se trouve là où le {seq} était attendu",
    "altered": "le maillon {seq} a été modifié, ou celui d'avant n'est plus le même",
    "cut": "la chaîne s'arrête avant le maillon {seq}, noté ailleurs",
    "rewritten": "le maillon {seq} n'a pas l'empreinte notée ailleurs",
}


def in_french(broken: Break) -> str:
    """One sentence without its capital and full stop."""
    return _SENTENCES[broken.kind].format(seq=broken.seq, found=broken.found)
