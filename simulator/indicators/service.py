"""Use cases of public health: each answers cells of the grid, from what is published, and leaves its trace."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

import fixtures
from simulator.audit import store as audit
from simulator.indicators import asking, following, grid, table
from simulator.indicators.asking import Asked
from simulator.indicators.grid import ALL, ANTIBIOTICS, COUNTRY, OUTSIDE, UNCLASSIFIED, Node
from simulator.kit import clock, pages
from simulator.kit.answer import Answer, Json, Whole
from simulator.kit.call import Call
from simulator.kit.storage import Tx
from simulator.nomenclature.store import codes

Cells = Mapping[Node, int]
_RATIO = Decimal("0.0001")


def antibiotics(tx: Tx, call: Call) -> Answer | Whole:
    """Boxes of antibiotics. Raises Problem invalid-payload, as all of these."""
    cells, today = _published(tx, call)
    asked = asking.asked(call.query, call.headers, today, "week", "month", "year")
    return _answer(tx, call, "antibiotics", asked, today, _cells(asked, [ANTIBIOTICS], today, _boxes(cells)))


def treatments(tx: Tx, call: Call) -> Answer | Whole:
    """Boxes by ATC class of a level."""
    cells, today = _published(tx, call)
    asked = asking.asked(call.query, call.headers, today, "month", "year", region=COUNTRY)
    level = int(pages.chosen(call.query, "atc_level", "1", "2", "3"))
    groups = [*(one for one in _classes(tx, call) if grid.level(one) == level), UNCLASSIFIED, OUTSIDE]
    return _answer(tx, call, "treatments", asked, today, _cells(asked, groups, today, _boxes(cells)), atc_level=level)


def outside_list(tx: Tx, call: Call) -> Answer | Whole:
    """Share of the products that are not in the list."""
    cells, today = _published(tx, call)
    asked = asking.asked(call.query, call.headers, today, "month", "year")

    def said(node: Node) -> Json:
        boxes, total = cells.get(node), cells.get(node._replace(group=ALL))
        share = None if boxes is None or not total else _ratio(boxes, total)
        return {"boxes": boxes, "total": total, "share": share}

    return _answer(tx, call, "outside-list", asked, today, _cells(asked, [OUTSIDE], today, said))


def comparison(tx: Tx, call: Call) -> Answer | Whole:
    """Regions and years, for a thousand inhabitants."""
    cells, today = _published(tx, call)
    asked = asking.asked(call.query, call.headers, today, "year")
    group = asking.group(call.query, [ALL, *_classes(tx, call)])
    people: Mapping[str, int] = fixtures.indicators()["population"]

    def said(node: Node) -> Json:
        boxes, before = cells.get(node), cells.get(node._replace(period=f"{int(node.period) - 1:04}"))
        if boxes is None:
            return {}
        inhabitants = people.get(node.region) or sum(people.values())
        changed = _ratio(boxes - before, before) if before else None
        return {"boxes": boxes, "per_1000": _ratio(boxes * 1000, inhabitants), "change": changed}

    return _answer(tx, call, "comparison", asked, today, _cells(asked, [group], today, said), group=group)


def ahead(tx: Tx, call: Call) -> bool:
    """What stands between the table and now, a page a unit: nobody waits long for the world."""
    return following.catch_up(tx, call.world) or following.fold(tx, call.world, _today(tx, call))


def _published(tx: Tx, call: Call) -> tuple[Cells, date]:
    """(published cells, the day that is not over yet)."""
    while following.catch_up(tx, call.world):
        pass
    today = _today(tx, call)
    return following.cells(tx, call.world, today), today


def _today(tx: Tx, call: Call) -> date:
    return following.today(tx, call.world, clock.day(call.now))


def _classes(tx: Tx, call: Call) -> list[str]:
    """ATC classes of the list in force, of all levels: what may be asked does not depend on what was delivered."""
    found: set[str] = set()
    for atc, antibiotic in codes(tx, call.world.nomenclature):
        group: str | None = grid.leaf(atc, antibiotic)
        while group is not None and grid.level(group):
            found.add(group)
            group = grid.above(group)
    return sorted(found)


def _boxes(cells: Cells) -> Callable[[Node], Json]:
    return lambda node: {"boxes": cells.get(node)}


def _cells(asked: Asked, groups: Iterable[str], today: date, said: Callable[[Node], Json]) -> list[Json]:
    """Every cell that was asked for, whether anything was delivered there or not."""
    found: list[Json] = []
    for region in asked.regions:
        for group in groups:
            for period in asked.periods:
                cell = said(Node(region, period, group))
                head: Json = {"region": region, "period": period, "group": group}
                head |= {"provisional": grid.last_day(period) >= today, "suppressed": cell.get("boxes") is None}
                found.append(head | {name: value for name, value in cell.items() if value is not None})
    return found


def _answer(tx: Tx, call: Call, name: str, asked: Asked, today: date, cells: list[Json], **more: Any) -> Answer | Whole:
    said = fixtures.indicators()["indicators"][name]
    rule = fixtures.rule("indicators.threshold", today)
    first, last = asked.periods[0], asked.periods[-1]
    body: Json = {
        "indicator": name,
        "title": said["title_fr"],
        "definition": said["definition_fr"],
        "method": fixtures.indicators()["method_fr"].format(k=rule.value),
        "unit": said["unit"],
        "by": asked.by,
        "first_period": first,
        "last_period": last,
        "first_day": grid.first_day(first).isoformat(),
        "last_day": grid.last_day(last).isoformat(),
        "threshold": rule.integer,
        "rule": rule.id,
        "as_of": (today - timedelta(days=1)).isoformat(),
        "fidelity": said["fidelity"],
        "source": said["source"],
        "cells": cells,
    }
    read = {"indicator": name, "by": asked.by, "from": first, "to": last, "regions": list(asked.regions), **more}
    audit.append(tx, call, "indicators-read", "", read)
    return table.whole(body) if asked.csv else Answer(body)


def _ratio(part: int, whole: int) -> str:
    return str((Decimal(part) / whole).quantize(_RATIO, rounding=ROUND_HALF_UP))
