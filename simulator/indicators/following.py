"""The table of the indicators caught up with the audit trail, a page at a time."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal

from msgspec import Struct

import fixtures
from simulator.care_sheets.units import PACKS
from simulator.indicators import store
from simulator.indicators.grid import COUNTRY, OUTSIDE, Node, leaf, week_of
from simulator.indicators.model import Fact, Publication
from simulator.kit import clock
from simulator.kit.call import WorldLike
from simulator.kit.keyed import mac
from simulator.kit.storage import Row, Tx
from simulator.nomenclature.store import find_medicine
from simulator.professionals.service import establishments

PAGE = 200
WORLDS = 32
"""Of how many worlds a process remembers what it has folded."""


class Known(Struct):
    """What a process has folded of a world, until the entry `seq`, whose hash stands for all those before it."""

    publication: Publication
    seq: int = 0
    hash: str = ""


def threshold(day: date) -> int:
    """k: the fewest patients that a published number is made of."""
    return fixtures.rule("indicators.threshold", day).integer


def catch_up(tx: Tx, world: WorldLike) -> bool:
    """Take in the next page of the trail; whether there may be more.

    An entry counts on the day of its recording, in Morocco, never before that of an entry (or a reading) before it:
    what was published until a day cannot change afterwards.
    """
    after, day = store.reached(tx, world.id)
    entries = store.following(tx, world.id, after, PAGE)
    new: list[tuple[Row, Fact]] = []
    groups: dict[str, str] = {}
    for entry in entries:
        day = max(day, clock.day(clock.parse(entry["at"])))
        if entry["event"] != store.READ and entry["id"] is not None and entry["registration_number"] is not None:
            new.append((entry, _fact(tx, world, entry, day, groups)))
    if entries:
        store.keep(tx, world.id, new, entries[-1]["seq"], day)
    return len(entries) == PAGE


def fold(tx: Tx, world: WorldLike, today: date) -> bool:
    """Go on, by one page of what was caught up before `today`, with what this process knows; whether there may be more.

    What it knows is thrown away where the table says otherwise: a unit was undone, or another world took the name.
    """
    known = _known(tx, world)
    if known.publication.day > today:
        known = _forget(tx, world)
    rows = store.after(tx, world.id, known.seq, today, PAGE)
    if rows and rows[0][2].day < known.publication.day:
        known = _forget(tx, world)
        rows = store.after(tx, world.id, known.seq, today, PAGE)
    for known.seq, known.hash, fact in rows:
        known.publication.enter(fact)
    return len(rows) == PAGE


def cells(tx: Tx, world: WorldLike, today: date) -> Mapping[Node, int]:
    """Boxes of every published cell, until the eve of `today`. The trail was caught up until now."""
    while fold(tx, world, today):
        pass
    publication = _known(tx, world).publication
    if publication.day < today:
        publication.advance(today)
    return publication.cells


def _known(tx: Tx, world: WorldLike) -> Known:
    held: dict[str, Known] = tx.kept.setdefault("indicators", {})
    known = held.get(world.id)
    if known is None or (known.seq and not store.stands(tx, world.id, known.seq, known.hash)):
        return _forget(tx, world)
    return known


def _forget(tx: Tx, world: WorldLike) -> Known:
    held: dict[str, Known] = tx.kept.setdefault("indicators", {})
    if len(held) >= WORLDS:
        held.pop(next(iter(held)))
    held[world.id] = fresh = Known(Publication(threshold))
    return fresh


def today(tx: Tx, world: WorldLike, now: date) -> date:
    """The day that is not over yet: of the world, or of the last entry that was caught up."""
    return max(now, store.reached(tx, world.id)[1])


def _fact(tx: Tx, world: WorldLike, entry: Row, day: date, groups: dict[str, str]) -> Fact:
    boxes: dict[str, int] = {}
    if entry["section"] == "pharmacy":
        for prescribed, done in store.lines(entry):
            if done.get("outcome") == "executed" and prescribed.get("unit") in PACKS:
                group = _group(tx, world, done.get("ean13"), groups)
                boxes[group] = boxes.get(group, 0) + int(Decimal(done["quantity"]))
    place = establishments(world).get(entry["establishment"])
    return Fact(
        day=day,
        execution=entry["id"],
        target=entry["target"],
        patient=_digest(world, f"{entry['registration_number']}/{entry['dependant_rank']}"),
        region=place.province[:2] if place else COUNTRY,
        week=week_of(clock.day(clock.parse(entry["performed_at"]))),
        boxes={group: packs for group, packs in boxes.items() if packs > 0},
    )


def _group(tx: Tx, world: WorldLike, ean13: str | None, groups: dict[str, str]) -> str:
    """The finest group of a product handed over, by the list of the world."""
    if ean13 is None:
        return OUTSIDE
    if ean13 not in groups:
        found = find_medicine(tx, world.nomenclature, ean13)
        groups[ean13] = OUTSIDE if found is None else leaf(found.atc, found.antibiotic)
    return groups[ean13]


def _digest(world: WorldLike, person: str) -> str:
    return mac(world.keys.platform_secret, f"fse-indicators\0{person}".encode())[:12].hex()
