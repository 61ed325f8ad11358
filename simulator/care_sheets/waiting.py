"""What the clock will bring to sheets: nothing is written then, they are read otherwise."""

from __future__ import annotations

from datetime import date, timedelta

import sqlalchemy as sa

from simulator.care_sheets import standing
from simulator.care_sheets.store import sheets
from simulator.kit import clock
from simulator.kit.agenda import Coming
from simulator.kit.call import WorldLike
from simulator.kit.storage import Tx, query

MOST = 2_000
"""Sheets that are looked at: the agenda of a world full of people shows what comes first among them."""
_mine = sheets.c.world == sa.bindparam("w")
_held = query(
    sa.select(sheets.c.number, sheets.c.standing)
    .where(_mine, sheets.c.standing.like('%"lease":{%'))
    .order_by(sheets.c.issued_at.desc(), sheets.c.number)
    .limit(MOST)
)
_valid = query(
    sa.select(sheets.c.number, sheets.c.valid_until, sheets.c.standing)
    .where(_mine, sheets.c.replaced_by.is_(None), sheets.c.valid_until >= sa.bindparam("today"))
    .order_by(sheets.c.valid_until, sheets.c.number)
    .limit(MOST)
)


def coming(tx: Tx, world: WorldLike, many: int) -> list[Coming]:
    """The first leases that end and the first sheets that may no longer be executed, soonest first."""
    now = world.now()
    found = []
    for row in tx.all(_held, w=world.id):
        leases = [section.lease for section in standing.parse(row["standing"]).values()]
        found += [Coming(one.expires_at, "lease-end", row["number"]) for one in leases if one and one.expires_at > now]
    expiring = 0
    for row in tx.all(_valid, w=world.id, today=clock.day(now).isoformat()):
        sections = standing.parse(row["standing"]).values()
        if expiring < many and any(line.active for section in sections for line in section.lines):
            after = date.fromisoformat(row["valid_until"]) + timedelta(days=1)
            found.append(Coming(clock.start_of(after), "sheet-expiry", row["number"]))
            expiring += 1
    return sorted(found)[:many]
