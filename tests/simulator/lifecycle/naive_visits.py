"""What an executor asks of the naive book: resolve, hold, execute, fall back to paper."""

from __future__ import annotations

import copy
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from tests.simulator.lifecycle.naive import ACTIVE, LEASE, No, day
from tests.simulator.lifecycle.naive_common import LINE_ORDER
from tests.simulator.lifecycle.naive_prescriber import Prescribing

NUMBERED = date(2027, 7, 1)
TYPING_WINDOW = timedelta(hours=1)


class Visiting(Prescribing):
    """From the paper to what was done."""

    def proof(self, who: dict[str, Any], request: dict[str, Any]) -> dict[str, Any]:
        """The sheet that a scan or a typed code proves; wrong codes are counted, on the sheet and on who types."""
        sheet = self.sheets[request["sheet"]]
        if "scan" in request:
            old = request["scan"] != sheet["rotation"]
            if old and (request["op"] != "late_entry" or request["performed_at"] >= sheet["reissued"][request["scan"]]):
                raise No("scan-rotated")
            return sheet
        count, since = self.typos.get(who["inpe"], (0, self.now))
        if since + TYPING_WINDOW <= self.now:
            count, since = 0, self.now
        if count >= 10:
            raise No("typing-throttled")
        if sheet["wrong"] >= 5:
            raise No("typing-locked")
        if request["typed"] != sheet["rotation"]:
            sheet["wrong"] += 1
            self.typos[who["inpe"]] = (count + 1, since)
            raise No("wrong-backup-code")
        return sheet

    def resolve(self, who: dict[str, Any], request: dict[str, Any]) -> dict[str, Any]:
        sheet = self.proof(who, request)
        self.alive(sheet)
        kind = self.section_of(who, sheet, request["section"])
        section = sheet["sections"][kind]
        if section["lease"] and not self.ours(who, section):
            raise No("section-held")
        if request["hold"]:
            if not self.may_do(who, sheet, section):
                raise No("nothing-open")
            self._take(who, sheet, section)
        shown = {n: (self.seen(sheet, x), self.left(sheet, x)) for n, x in section["lines"].items()}
        lease = section["lease"]
        return {"revision": section["revision"], "section": kind, "lines": shown,
                "lease": lease and {"name": lease["name"], "until": lease["until"]}}  # fmt: skip

    def _take(self, who: dict[str, Any], sheet: dict[str, Any], section: dict[str, Any]) -> None:
        if not section["lease"]:
            self.leases += 1
            section["lease"] = {"name": f"L{self.leases}", "place": who["place"], "until": self.now + LEASE}
            section["visitors"].add(who["place"])
        elif not self.requested(sheet, section):
            section["lease"]["until"] = self.now + LEASE

    def read_lease(self, who: dict[str, Any], request: dict[str, Any]) -> dict[str, Any]:
        _, section = self.visited(who, request)
        if not self.ours(who, section):
            raise No("lease-lost")
        return {"lease": {"name": section["lease"]["name"], "until": section["lease"]["until"]}}

    def extend(self, who: dict[str, Any], request: dict[str, Any]) -> dict[str, Any]:
        sheet, section = self.visited(who, request)
        self.alive(sheet)
        if not self.ours(who, section):
            raise No("lease-lost")
        if self.requested(sheet, section):
            raise No("cancellation-requested")
        section["lease"]["until"] = self.now + LEASE
        return {"lease": {"name": section["lease"]["name"], "until": section["lease"]["until"]}}

    def release(self, who: dict[str, Any], request: dict[str, Any]) -> dict[str, Any]:
        sheet, section = self.visited(who, request)
        if self.ours(who, section) and self.free(section):
            self.touch(sheet, section)
        return {}

    def _holding(self, who: dict[str, Any], request: dict[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
        if request["match"] is None:
            raise No("precondition-required")
        if request["lease"] is None:
            raise No("lease-required")
        sheet, section = self.visited(who, request)
        self.alive(sheet)
        here = (request["sheet"], request["section"], who["place"])
        done = [(one["sheet"], one["section"], one["place"]) for one in self.executions.values()]
        if self.ours(who, section) or here in done:
            self.matched(section, request)
        if not self.may_do(who, sheet, section):
            raise No("nothing-open")
        if not self.ours(who, section) or section["lease"]["name"] != request["lease"]:
            raise No("lease-lost")
        return sheet, section

    def execute(self, who: dict[str, Any], request: dict[str, Any]) -> dict[str, Any]:
        sheet, section = self._holding(who, request)
        after = self._deeds(who, sheet, section, request["lines"])
        return self._write(who, {**request, **self._said(request)}, section, after, "execution")

    def _said(self, request: dict[str, Any]) -> dict[str, Any]:
        """When a visit took place and what it delivered: code → quantity."""
        deeds = request.get("items") or [deed for deed in request["lines"] if deed["outcome"] == "executed"]
        said: dict[str, Decimal] = {}
        for deed in deeds:
            said[deed["code"]] = said.get(deed["code"], Decimal(0)) + deed["quantity"]
        salt = 0 if "items" in request else request["salt"]
        return {"performed": request["performed_at"] - timedelta(seconds=salt), "said": said}

    def _deeds(
        self,
        who: dict[str, Any],
        sheet: dict[str, Any],
        section: dict[str, Any],
        asked: list[dict[str, Any]],
        on: date | None = None,
    ) -> dict[int, dict[str, Any]]:
        """Lines after a visit: all of them, or the first refusal in the order of `LINE_ORDER`."""
        refused, after = [], {}
        for deed in asked:
            try:
                after[deed["line"]] = self._deed(who, sheet, section, deed, on)
            except No as no:
                refused.append(no.slug)
        if refused:
            raise No(min(refused, key=LINE_ORDER.index))
        unnumbered = [x for x in asked if x.get("code") == "AMM-REEDUC" and "session" not in x]
        if unnumbered and day(self.now) >= NUMBERED:
            raise No("invalid-payload")
        return after

    def _write(
        self, who: dict[str, Any], request: dict[str, Any], section: dict[str, Any], after: dict[int, Any], kind: str
    ) -> dict[str, Any]:
        """A visit enters the book; a section where nothing is left to do is nobody's any more."""
        name, sheet = f"E{len(self.executions) + 1}", self.sheets[request["sheet"]]
        self.executions[name] = {
            "sheet": request["sheet"],
            "section": request["section"],
            "place": who["place"],
            "kind": kind,
            "at": self.now,
            "first": request.get("first", self.now),
            "performed": request.get("performed"),
            "said": request.get("said"),
            "corrects": request.get("corrects"),
            "withdrawn": kind == "withdrawal",
            "before": {n: copy.deepcopy(section["lines"][n]) for n in after},
            "given": {n: line["done"] - section["lines"][n]["done"] for n, line in after.items()},
        }
        section["lines"] |= after
        section["visitors"].add(who["place"])
        if after:
            self.touch(sheet, section)
        if not section["lease"] or (self.ours(who, section) and not self.active(sheet, section)):
            self.free(section)
        lines = {n: (self.seen(sheet, section["lines"][n]), self.left(sheet, section["lines"][n])) for n in after}
        return {
            "execution": name,
            "revision": section["revision"],
            "status_of_sheet": self.status({**sheet, "replaced_by": None, "sections": {request["section"]: section}}),
            "lines": lines,
        }

    def _deed(
        self,
        who: dict[str, Any],
        sheet: dict[str, Any],
        section: dict[str, Any],
        asked: dict[str, Any],
        on: date | None,
    ) -> dict[str, Any]:
        """A line after what was done with it."""
        line = section["lines"].get(asked["line"])
        if line is None:
            raise No("line-unknown")
        outcome, left = asked["outcome"], line["ordered"] - line["done"]
        if outcome == "given_back" and self.seen(sheet, line, on) != "owed":
            raise No("line-not-owed")
        if self.seen(sheet, line, on) not in ACTIVE:
            raise No("line-terminal")
        if line["state"] == "owed" and line["owed_by"] != who["place"]:
            raise No("line-owed")
        if outcome == "given_back":
            return {**line, "state": "partial" if line["done"] else "open", "owed_by": None}
        if outcome in ("not_executed", "moved_to_paper"):
            return {**line, "state": outcome, "owed_by": None}
        quantity: Decimal = asked["quantity"] if outcome == "executed" else Decimal(0)
        owes = outcome == "owed" or (asked.get("owed", False) and quantity != left)
        if owes and asked["line"] in section["cancelling"]:
            raise No("cancellation-requested")
        already_owed = line["state"] == "owed"
        if quantity > left or (owes and quantity == 0 and already_owed):
            raise No("over-remainder")
        if "session" in asked and asked["session"] != line["done"] + 1:
            raise No("wrong-session")
        if asked.get("code", line["code"]) != line["code"] and not (line.get("swap") or asked.get("agreed")):
            raise No("substitution-not-allowed")
        done = line["done"] + quantity
        if done == line["ordered"]:
            return {**line, "state": "executed", "done": done, "owed_by": None}
        if owes or already_owed:
            return {**line, "state": "owed", "done": done, "owed_by": who["place"]}
        return {**line, "state": "partial", "done": done, "owed_by": None}

    def paper(self, who: dict[str, Any], request: dict[str, Any]) -> dict[str, Any]:
        sheet, section = self._holding(who, request)
        before = {n: self.left(sheet, line) for n, line in section["lines"].items()}
        moved = [{"line": number, "outcome": "moved_to_paper"} for number in request["lines"]]
        after = self._deeds(who, sheet, section, moved)
        if request["reference"] in self.papers:
            raise No("paper-reference-used")
        self.papers.add(request["reference"])
        answer = self._write(who, request, section, after, "paper")
        return {**answer, "lines": {n: (state, before[n]) for n, (state, _) in answer["lines"].items()}}
