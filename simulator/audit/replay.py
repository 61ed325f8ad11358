"""The trail folded again into where every sheet stands: what is stored must be what was recorded, entry by entry.

Each entry that changes a sheet holds what it changed (see `care_sheets.store`): ``{"revision", "rotation"?,
"replaced_by"?, "changes": {type: {"revision", "lease", "cancelling", "lines": [[n, state, executed, owed_by], …]}}}``;
the first one holds every section. Expiry and the end of a lease are read from the clock, so neither is in the trail
nor in what is stored.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Any

import sqlalchemy as sa
from pydantic_core import from_json

from simulator.audit import store
from simulator.care_sheets.store import sheets
from simulator.kit.storage import Database, Row, Tx, query

PAGE = 1000
States = dict[str, dict[str, Any]]
"""Number → ``{"revision", "rotation", "replaced_by", "sections": {type: {"revision", "lease", "cancelling",
"lines": {n: [state, executed, owed_by]}}}}``."""

_stored = query(
    sa.select(sheets.c.number, sheets.c.revision, sheets.c.rotation, sheets.c.replaced_by, sheets.c.standing)
    .where(sheets.c.world == sa.bindparam("w"), sheets.c.number > sa.bindparam("after"))
    .order_by(sheets.c.number)
    .limit(sa.bindparam("many"))
)


def fold(states: States, rows: Iterable[Row]) -> States:
    """Go on with these rows of the trail, oldest first; answers `states`, changed in place."""
    for row in rows:
        data = from_json(row["data"])
        if "changes" in data:
            _apply(states, row["subject"], data)
    return states


def _apply(states: States, number: str, data: dict[str, Any]) -> None:
    sheet = states.setdefault(number, {"revision": 0, "rotation": 0, "replaced_by": None, "sections": {}})
    sheet |= {name: data[name] for name in ("revision", "rotation", "replaced_by") if name in data}
    for kind, change in data["changes"].items():
        section = sheet["sections"].setdefault(kind, {"lines": {}})
        section |= {name: change[name] for name in ("revision", "lease", "cancelling")}
        section["lines"] |= {line[0]: line[1:4] for line in change["lines"]}


def stored(tx: Tx, world: str) -> Iterator[tuple[str, dict[str, Any]]]:
    """(number, where it stands) of every sheet of a world, as its row says."""
    after = ""
    while rows := tx.all(_stored, w=world, after=after, many=PAGE):
        yield from ((row["number"], _standing(row)) for row in rows)
        after = rows[-1]["number"]


def _standing(row: Row) -> dict[str, Any]:
    return {
        "revision": row["revision"],
        "rotation": row["rotation"],
        "replaced_by": row["replaced_by"],
        "sections": {
            section["type"]: {
                "revision": section["revision"],
                "lease": section["lease"],
                "cancelling": section["cancelling"],
                "lines": {n: [state, executed, owed] for _, n, state, _, executed, owed, _ in section["lines"]},
            }
            for section in from_json(row["standing"])
        },
    }


def drift(db: Database, world: str) -> list[str]:
    """Numbers of the sheets that do not stand where the trail leaves them, sorted; none when all is well.

    The trail is folded page by page; only its last page and the comparison share one unit, while nobody writes.
    """
    states: States = {}
    last: int | None = None
    while len(rows := db.call(_next(world, last), world)) == PAGE:
        fold(states, rows)
        last = rows[-1]["seq"]
    return db.call(lambda tx: _differing(tx, world, states, last), world)


def _next(world: str, after: int | None) -> Callable[[Tx], list[Row]]:
    return lambda tx: store.page(tx, world, after, PAGE)


def _differing(tx: Tx, world: str, states: States, last: int | None) -> list[str]:
    while rows := store.page(tx, world, last, PAGE):
        fold(states, rows)
        last = rows[-1]["seq"]
    differing = {number for number, standing in stored(tx, world) if states.pop(number, None) != standing}
    return sorted(differing | states.keys())
