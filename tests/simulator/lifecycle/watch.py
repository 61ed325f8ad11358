"""Comparison of the simulator with the naive book: answers, what is stored, and the audit trail."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

import sqlalchemy as sa

from simulator.audit import replay, verify
from simulator.audit import store as audit
from simulator.care_sheets import store as sheets
from simulator.care_sheets.model import Sheet
from simulator.kit.money import quantity_text
from simulator.kit.storage import Tx, query
from simulator.resolutions.model import Lease
from tests.simulator.lifecycle.door import Reply, World
from tests.simulator.lifecycle.naive import PEOPLE
from tests.simulator.lifecycle.naive_acts import Naive
from tests.simulator.lifecycle.wire import Wire

__all__ = ["PEOPLE", "START", "Watch", "a_lease", "instant", "shown", "told"]
_since = query(
    sa.select(audit.table.c.seq, audit.table.c.subject, audit.table.c.event).where(
        audit.table.c.world == sa.bindparam("w"), audit.table.c.seq > sa.bindparam("s")
    )
)


def instant(text: str) -> datetime:
    return datetime.fromisoformat(text)


START = instant("2026-11-23T09:00:00Z")


def a_lease(establishment: str) -> Lease:
    """A live lease at `START`."""
    return Lease("lea-1", "pharmacy", establishment, "200000012", START + timedelta(hours=1))


def shown(request: Mapping[str, Any]) -> str:
    """A request, short."""
    return ", ".join(f"{name}={value}" for name, value in request.items() if value not in (None, "essai"))


def told(request: Mapping[str, Any], reply: Reply) -> str:
    """A request and its answer, for the message of a divergence."""
    return f"\nasked: {shown(request)}\nanswer: {reply.status} {reply.body.decode()[:1500]}"


class Watch:
    """Looks at one world while the machine acts on it."""

    def __init__(self, world: World, naive: Naive, wire: Wire) -> None:
        self.world, self.naive, self.wire = world, naive, wire
        self.db = world.door.simulator.db
        self._seq = 0

    # -- answers -------------------------------------------------------------------------------------

    def answer(self, request: Mapping[str, Any], expected: Mapping[str, Any], reply: Reply) -> None:
        """The status, the slug and the facts of an answer are those the book foretold."""
        where = told(request, reply)
        assert (reply.status, reply.slug) == (expected["status"], expected["slug"]), f"expected {expected}{where}"
        if expected["slug"] is not None or expected.get("replayed") or not reply.body:
            return
        body = reply.json()
        seen = {
            "revision": body.get("revision"),
            "status_of_sheet": body.get("status"),
            "sections_seen": sorted(s["type"] for s in body.get("sections", [])),
            "section": body["section"]["type"] if isinstance(body.get("section"), dict) else body.get("section"),
            "outcomes": [item.get("reason", item["outcome"]) for item in body.get("items", [])],
        }
        for name in seen.keys() & expected.keys():
            assert seen[name] == expected[name], f"{name}: expected {expected[name]}, seen {seen[name]}{where}"
        if expected.get("lease") is not None:
            ends = body["lease"]["expires_at"] if "lease" in body else body["expires_at"]
            assert instant(ends) == expected["lease"]["until"], f"the lease ends at another time{where}"
        if "lease" in expected and expected["lease"] is None:
            assert "lease" not in body, f"a lease that nobody took{where}"
        if "revision" in expected and "etag" in reply.headers:
            assert reply.headers["etag"] == f'"{expected["revision"]}"', where
        self._lines(expected, body, where)

    def _lines(self, expected: Mapping[str, Any], body: Any, where: str) -> None:
        if "lines" not in expected:
            return
        if "items" in body:
            lines = [item for item in body["items"] if item["outcome"] == "matched"]
        else:
            lines = body["lines"] if "lines" in body else body["section"]["lines"]
        seen = {line["line"]: (line["state"], Decimal(line["remaining"])) for line in lines}
        assert seen == expected["lines"], f"lines: expected {expected['lines']}, seen {seen}{where}"

    def bind(self, request: Mapping[str, Any], expected: Mapping[str, Any], reply: Reply) -> None:
        """Learn the numbers, ids and secrets that this first answer gave."""
        if not reply.body:
            return
        body = reply.json()
        if request["op"] in ("issue", "replace", "reissue"):
            self.wire.paper(expected["sheet"], body)
        if expected.get("lease"):
            lease = body.get("lease", body)
            known = self.wire.leases.setdefault(expected["lease"]["name"], lease["id"])
            assert known == lease["id"], "a lease keeps its id while it lives"
        if "execution" in expected:
            self.wire.executions[expected["execution"]] = body["id"]

    # -- what stands ---------------------------------------------------------------------------------

    def stands(self, before: Mapping[str, Any] | None) -> None:
        """Every sheet stands as the book says; after a request, one that changed has its entry in the trail.

        And never more is executed than prescribed, an executed line is executed whole.
        """
        found, told = self.db.call(self._look, self.world.id)
        for name, sheet in found.items():
            expected, seen = self.naive.view(name), self._view(sheet)
            assert seen == expected, f"{name} differs:\nexpected {expected}\nstored   {seen}"
            if before is not None and before.get(name) != expected:
                assert sheet.number in told, f"{name} changed without an audit entry"
            for line in sheet.lines:
                assert 0 <= line.executed <= line.ordered, f"{name}: {line}"
                assert (line.state.value == "executed") <= (line.executed == line.ordered), f"{name}: {line}"

    def _look(self, tx: Tx) -> tuple[dict[str, Sheet], set[str]]:
        """Every sheet as stored, read now; and the subjects of the entries made since the last look."""
        found = {}
        for name, number in self.wire.numbers.items():
            sheet = sheets.find(tx, self.world.id, number, self.naive.now)
            assert sheet is not None, f"{name} is not stored"
            found[name] = sheet
        rows = tx.all(_since, w=self.world.id, s=self._seq)
        self._seq = max((row["seq"] for row in rows), default=self._seq)
        return found, {row["subject"] for row in rows if row["event"] != "refused"}

    def _view(self, sheet: Sheet) -> dict[str, Any]:
        names = {number: name for name, number in self.wire.numbers.items()}
        ids = {real: name for name, real in self.wire.executions.items()}
        executions = [e for kind, s in sheet.sections.items() if kind != "prescriber" for e in s.executions]
        return {
            "status": sheet.status.value,
            "cancellation_requested": bool(sheet.closing),
            "revision": sheet.revision,
            "rotation": sheet.rotation,
            "replaced_by": names[sheet.replaced_by] if sheet.replaced_by else None,
            "executions": sorted((ids[e] for e in executions), key=lambda e: int(e[1:])),
            "sections": {
                kind: {
                    "revision": section.revision,
                    "lease": section.lease and (section.lease.establishment, section.lease.expires_at),
                    "cancelling": [x.number for x in section.lines if x.active and x.number in section.cancelling],
                    "lines": {x.number: (x.state.value, x.remaining, x.owed_by) for x in section.lines},
                }
                for kind, section in sheet.sections.items()
            },
        }

    def audit(self) -> None:
        """The chain of the world verifies, and replaying it rebuilds what is stored."""
        rows = self.db.call(lambda tx: audit.rows(tx, self.world.id), self.world.id)
        verdict = verify.world(self.db, self.world.id)
        assert verdict.broken is None, verdict
        rebuilt = replay.fold({}, rows)
        stored, _ = self.db.call(self._look, self.world.id)
        for name, found in stored.items():
            number = found.number
            told = rebuilt[number]
            fallen = sum(section.revision - found.stored[kind].revision for kind, section in found.sections.items())
            assert (told["revision"], told["rotation"], told["replaced_by"]) == (
                found.revision - fallen,  # a lease that ended is read, not written
                found.rotation,
                found.replaced_by,
            ), f"{name}: the trail says {told}"
            for kind, section in found.stored.items():
                lines = {x.number: [x.state.value, quantity_text(x.executed), x.owed_by] for x in section.lines}
                kept = {
                    "revision": section.revision,
                    "cancelling": sorted(section.cancelling),
                    "lease": section.lease and section.lease.id,
                    "lines": lines,
                }
                said = {**told["sections"][kind]}
                said["lease"] = said["lease"] and said["lease"]["id"]
                assert said == kept, f"{name}/{kind}: the trail says {said}, the row {kept}"
