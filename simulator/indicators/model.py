"""What is published of the deliveries, and when: lots of at least k patients, never less. Pure.

Every record (one group of medicines at one visit) waits in the pool of its cell. At the end of a day (Morocco) a pool
gives out a *lot*: all its records but those of the k patients that came last, kept so that the last lot is never too
small. When the cell's period ends everything goes, or, with fewer than k patients, joins the pool of the wider cell
(see `grid.parent`). What comes later still (late entries) waits for k patients. A record that is taken back after it
was published leaves with the next lot of the same cell.

All that anybody can read, whatever he asks and whenever, is a sum of lots. Each lot holds records, never published
before, of at least k patients; so in any combination of lots the last one to have been published shows at least these
k, and nobody isolates fewer by adding, subtracting or waiting (docs/adr/0020). It is a function of the audit trail
alone: not of who read it, nor when.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import date, timedelta
from typing import NamedTuple

from msgspec import Struct, field

from simulator.indicators.grid import Node, base, cells, depth, last_day, parent

DAY = timedelta(days=1)
Record = tuple[str, str]
"""(execution, group)."""


class Fact(Struct, frozen=True):
    """One entry of the trail that delivered something or took it back.

    `day`: when it was recorded, in Morocco; never before that of the entry before. `target`: the execution that is
    amended or withdrawn. `week`: of the care. `boxes`: group (the finest) → packs handed over, all above zero.
    """

    day: date
    execution: str
    target: str | None
    patient: str
    region: str
    week: str
    boxes: Mapping[str, int]


class Place(NamedTuple):
    """Where a record is: in the pool of a cell, or published there."""

    node: Node
    patient: str
    boxes: int
    published: bool


class Pool(Struct):
    """What waits in a cell: records by patient, who came first first; and boxes to take off what was published."""

    waiting: dict[str, dict[Record, int]] = field(default_factory=dict)
    off: int = 0
    closed: bool = False


class Publication:
    """Folds facts, in the order of the trail.

    `lots`: boxes that each cell published by itself; `cells`: boxes of every cell of the grid that has a lot, in it or
    below. `day`: of the facts that are being entered.
    """

    def __init__(self, threshold: Callable[[date], int]) -> None:
        self.lots: dict[Node, int] = {}
        self.cells: dict[Node, int] = {}
        self.day = date.min
        self._threshold = threshold
        self._pools: dict[Node, Pool] = {}
        self._open: set[Node] = set()
        self._touched: set[Node] = set()
        self._places: dict[str, dict[Record, Place]] = {}

    def enter(self, fact: Fact) -> None:
        """The next fact."""
        if fact.day > self.day:
            self.advance(fact.day)
        if fact.target is not None:
            self._take_back(fact.target)
        for group, boxes in fact.boxes.items():
            node = base(fact.region, fact.week, group)
            if node not in self._pools:
                self._begin(node, closed=last_day(node.period) < fact.day)
            self._put(node, (fact.execution, group), fact.patient, boxes)

    def advance(self, to: date) -> None:
        """The days before `to` are over."""
        at = self.day + DAY if self.day > date.min else to
        while at <= to:
            self._close(at)
            self._give_out(at)
            at = min((last_day(node.period) for node in self._open), default=to) + DAY
        self.day = to

    def _begin(self, node: Node, *, closed: bool = False) -> None:
        self._pools[node] = Pool(closed=closed)
        if not closed:
            self._open.add(node)

    def _put(self, node: Node, record: Record, patient: str, boxes: int) -> None:
        self._pools[node].waiting.setdefault(patient, {})[record] = boxes
        self._places.setdefault(record[0], {})[record] = Place(node, patient, boxes, False)
        self._touched.add(node)

    def _take_back(self, execution: str) -> None:
        for record, place in self._places.pop(execution, {}).items():
            pool = self._pools[place.node]
            if place.published:
                pool.off += place.boxes
                continue
            mine = pool.waiting[place.patient]
            del mine[record]
            if not mine:
                del pool.waiting[place.patient]

    def _close(self, at: date) -> None:
        """Cells whose period is over, the finest first: what they hold goes out or goes up."""
        ended = {node for node in self._open if last_day(node.period) < at}
        least = self._threshold(at)
        for rank in range(max(map(depth, ended), default=-1), -1, -1):
            for node in sorted(node for node in ended if depth(node) == rank):
                pool = self._pools[node]
                pool.closed = True
                self._open.remove(node)
                wide = parent(node)
                if len(pool.waiting) >= least:
                    self._publish(node, list(pool.waiting))
                elif wide is not None and pool.waiting:
                    if wide not in self._pools:
                        self._begin(wide)
                    if last_day(wide.period) < at:
                        ended.add(wide)
                    self._raise(pool, wide)

    def _raise(self, pool: Pool, wide: Node) -> None:
        for patient, records in pool.waiting.items():
            for record, boxes in records.items():
                self._put(wide, record, patient, boxes)
        pool.waiting = {}

    def _give_out(self, at: date) -> None:
        least = self._threshold(at)
        for node in sorted(self._touched):
            pool = self._pools[node]
            kept = 0 if pool.closed else least
            if len(pool.waiting) >= least + kept:
                self._publish(node, list(pool.waiting)[: len(pool.waiting) - kept])
        self._touched.clear()

    def _publish(self, node: Node, patients: Iterable[str]) -> None:
        pool, sum_ = self._pools[node], 0
        for patient in patients:
            for record, boxes in pool.waiting.pop(patient).items():
                self._places[record[0]][record] = Place(node, patient, boxes, True)
                sum_ += boxes
        self._add(node, sum_ - pool.off)
        pool.off = 0

    def _add(self, node: Node, boxes: int) -> None:
        self.lots[node] = self.lots.get(node, 0) + boxes
        for cell in cells(node):
            self.cells[cell] = self.cells.get(cell, 0) + boxes


def published(facts: Iterable[Fact], today: date, threshold: Callable[[date], int]) -> dict[Node, int]:
    """Boxes of every cell of the grid that has a lot, by the end of the day before `today`. `facts`: recorded until
    then; `threshold`: k on a day.
    """
    publication = Publication(threshold)
    for fact in facts:
        publication.enter(fact)
    publication.advance(today)
    return publication.cells
