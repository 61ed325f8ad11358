"""Typed backup codes: errors counted per sheet and per professional, in the world's time.

Five wrong codes lock the typing of a sheet until its QR is reissued; ten wrong codes or unknown numbers within an
hour stop a professional's typing for the rest of that hour. The scan stays open in both cases: it carries 128 bits
and a signature, nothing is gained by guessing it. Rules `backup-code.*`; hypothesis.

Counts are kept by refusals: raise the Problem that follows `wrong` or `unknown` with ``keep=True``.
"""

from __future__ import annotations

from datetime import datetime, timedelta

import sqlalchemy as sa

import fixtures
from simulator.kit import clock
from simulator.kit.call import Call
from simulator.kit.problems import Problem
from simulator.kit.storage import Tx, metadata, query, upsert

SHEET, PROFESSIONAL = "sheet", "professional"

table = sa.Table(
    "typing_errors",
    metadata,
    sa.Column("world", sa.Text, primary_key=True),
    sa.Column("kind", sa.Text, primary_key=True),
    sa.Column("id", sa.Text, primary_key=True),
    sa.Column("count", sa.Integer, nullable=False),
    sa.Column("since", sa.Text, nullable=False),
    sqlite_with_rowid=False,
)
_here = (table.c.world == sa.bindparam("w"), table.c.kind == sa.bindparam("k"), table.c.id == sa.bindparam("i"))
_read = query(sa.select(table.c.count, table.c.since).where(*_here))
_forget = query(sa.delete(table).where(*_here))
_set = upsert(table)


def check(tx: Tx, call: Call, number: str) -> None:
    """May this professional type a code for this sheet now? Before the number is looked up.

    Raises Problem typing-throttled (with the seconds to wait), typing-locked.
    """
    count, since = _count(tx, call, PROFESSIONAL, call.actor.inpe or "")
    if count >= _rule(call, "attempts.professional"):
        until = since + timedelta(seconds=_rule(call, "window"))
        left = int((until - call.now).total_seconds())
        raise Problem(
            "typing-throttled",
            f"{count} saisies fausses en peu de temps ; la saisie reprendra dans {left} s.",
            retry={"after_s": left},
        )
    most = _rule(call, "attempts")
    if _count(tx, call, SHEET, number)[0] >= most:
        raise Problem("typing-locked", f"{most} codes faux ont été saisis pour cette feuille.")


def wrong(tx: Tx, call: Call, number: str) -> int:
    """A wrong code was typed for a sheet that exists: counted twice; the attempts left on that sheet."""
    unknown(tx, call)
    count = _add(tx, call, SHEET, number)
    return max(0, _rule(call, "attempts") - count)


def unknown(tx: Tx, call: Call) -> None:
    """A number that names no sheet was typed: counted for the professional."""
    _add(tx, call, PROFESSIONAL, call.actor.inpe or "")


def forget(tx: Tx, world: str, number: str) -> None:
    """The sheet has a new code (reissue): its errors no longer count."""
    tx.run(_forget, w=world, k=SHEET, i=number)


def _rule(call: Call, name: str) -> int:
    return fixtures.rule(f"backup-code.{name}", clock.day(call.now)).integer


def _count(tx: Tx, call: Call, kind: str, id: str) -> tuple[int, datetime]:
    """(errors, instant of the first); a professional's are forgotten when their window has passed."""
    row = tx.one(_read, w=call.world.id, k=kind, i=id)
    since = call.now if row is None else clock.parse(row["since"])
    past = kind == PROFESSIONAL and since + timedelta(seconds=_rule(call, "window")) <= call.now
    return (0, call.now) if row is None or past else (row["count"], since)


def _add(tx: Tx, call: Call, kind: str, id: str) -> int:
    count, since = _count(tx, call, kind, id)
    tx.run(_set, world=call.world.id, kind=kind, id=id, count=count + 1, since=clock.to_text(since))
    return count + 1
