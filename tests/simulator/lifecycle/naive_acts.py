"""The naive book as the machine asks it: corrections and late entries, then `Naive.ask`, with its idempotent replays.

A request is a dictionary: ``{"actor", "client", "op", …arguments}``; names of sheets, leases and executions are the
book's own. `Naive.ask` answers ``{"status", "slug", "replayed", …facts}``: the first refusal in the documented order,
or a success, the only thing that changes the book.
"""

from __future__ import annotations

import copy
from datetime import datetime
from typing import Any

from tests.simulator.lifecycle.naive import ACTIVE, PEOPLE, SECTIONS, No, day
from tests.simulator.lifecycle.naive_common import (
    CLOCKS,
    KEPT,
    NOT_IN_FINGERPRINT,
    SETTLED,
    STATUS,
    WHO,
    WINDOW,
    WITH_KEY,
)
from tests.simulator.lifecycle.naive_visits import Visiting


class Correcting(Visiting):
    """After a visit: withdraw, amend, enter late."""

    def _mine(self, who: dict[str, Any], request: dict[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
        """An execution of one's own establishment that may still change, and its section."""
        if request["match"] is None:
            raise No("precondition-required")
        execution = self.executions[request["execution"]]
        if execution["place"] != who["place"]:
            raise No("not-found")
        section = self.sheets[execution["sheet"]]["sections"][execution["section"]]
        if execution["withdrawn"]:
            raise No("execution-withdrawn")
        self.matched(section, request)
        if section["lease"] and not self.ours(who, section):
            raise No("section-held")
        if self.now >= execution["first"] + SETTLED:
            raise No("claim-settled")
        return execution, section

    def _undone(self, execution: dict[str, Any], section: dict[str, Any], name: str) -> dict[int, dict[str, Any]]:
        """Its lines as if the execution had not been: it must be the last one of each."""
        for other_name, other in self.executions.items():
            later = int(other_name[1:]) > int(name[1:]) and not other["withdrawn"]
            same = (other["sheet"], other["section"]) == (execution["sheet"], execution["section"])
            if later and same and set(other["before"]) & set(execution["before"]):
                raise No("execution-not-last")
        after = {}
        for number, before in execution["before"].items():
            line = section["lines"][number]
            if line["state"] == "moved_to_paper":
                raise No("line-terminal")
            if line["state"] == "cancelled":
                after[number] = {**line, "done": line["done"] - execution["given"][number]}
            else:
                after[number] = copy.deepcopy(before)
        return after

    def withdraw(self, who: dict[str, Any], request: dict[str, Any]) -> dict[str, Any]:
        execution, section = self._mine(who, request)
        after = self._undone(execution, section, request["execution"])
        execution["withdrawn"] = True
        place = {"sheet": execution["sheet"], "section": execution["section"]}
        return self._write(who, place, section, after, "withdrawal")

    def amend(self, who: dict[str, Any], request: dict[str, Any]) -> dict[str, Any]:
        execution, section = self._mine(who, request)
        sheet = self.sheets[execution["sheet"]]
        said = self._said(request)
        performed = said["performed"]
        if self.late(sheet, day(performed)):
            raise No("sheet-expired")
        restored = self._undone(execution, section, request["execution"])
        trial = {**section, "lines": {**section["lines"], **copy.deepcopy(restored)}}
        if not section["lease"] or self.late(sheet):
            for deed in request["lines"]:
                had = execution["given"].get(deed["line"])
                if had is None or (deed["outcome"] == "executed" and deed["quantity"] > had):
                    raise No("lease-required")
        after = self._deeds(who, sheet, trial, request["lines"], day(performed))
        section["lines"] |= restored
        execution["withdrawn"] = True
        place = {"sheet": execution["sheet"], "section": execution["section"], "first": execution["first"]}
        place |= {**said, "corrects": request["execution"]}
        return self._write(who, place, section, after, "amendment")

    def _already(self, who: dict[str, Any], request: dict[str, Any], kind: str) -> bool:
        """That visit stands: as it was said or as it was corrected, unless it was withdrawn."""
        here = {"sheet": request["sheet"], "section": kind, "place": who["place"], **self._said(request)}
        for execution in self.executions.values():
            version = None if execution["withdrawn"] else execution
            while version is not None:
                if {name: version[name] for name in here} == here:
                    return True
                version = self.executions.get(version["corrects"])
        return False

    def late_entry(self, who: dict[str, Any], request: dict[str, Any]) -> dict[str, Any]:
        sheet = self.proof(who, request)
        performed: datetime = request["performed_at"]
        on = day(performed)
        if not sheet["issued"] - CLOCKS <= performed <= self.now + CLOCKS:
            raise No("invalid-payload")
        kind = self.section_of(who, sheet, request["section"])
        section = sheet["sections"][kind]
        if self._already(who, request, kind):
            raise No("already-recorded")
        if self.now > performed + WINDOW:
            raise No("late-entry-too-old")
        if self.late(sheet, on):
            raise No("sheet-expired")
        if section["lease"] and not self.ours(who, section):
            raise No("section-held")
        after: dict[int, dict[str, Any]] = {}
        outcomes, refused = [], []
        for item in request["items"]:
            named = [n for n, line in section["lines"].items() if line["code"] == item["code"]]
            lines = {n: after.get(n, section["lines"][n]) for n in named}
            taking = [n for n in named if lines[n]["state"] in (*ACTIVE, "executed")]
            if not taking and any(lines[n]["state"] == "moved_to_paper" for n in named):
                refused.append("line-terminal")
                continue
            if not taking:
                outcomes.append("line-closed" if named else "no-such-line")
                continue
            fits = [n for n in taking if lines[n]["ordered"] - lines[n]["done"] >= item["quantity"]]
            number = (fits or taking)[0]
            line = lines[number]
            if not fits:
                refused.append("over-remainder")
                continue
            if line["state"] == "owed" and line["owed_by"] != who["place"]:
                refused.append("line-owed")
            done = line["done"] + item["quantity"]
            whole = done == line["ordered"]
            state = "executed" if whole else "owed" if line["state"] == "owed" else "partial"
            after[number] = {**line, "done": done, "state": state, "owed_by": None if whole else line["owed_by"]}
            outcomes.append("matched")
        if refused:
            raise No(next((slug for slug in refused if slug != "line-owed"), "line-owed"))
        place = {"sheet": request["sheet"], "section": kind, **self._said(request)}
        return {**self._write(who, place, section, after, "late"), "outcomes": outcomes}


class Naive(Correcting):
    """The book, and requests on it."""

    def __init__(self, now: datetime) -> None:
        super().__init__(now)
        self.kept: dict[Any, Any] = {}

    def ask(self, request: dict[str, Any]) -> dict[str, Any]:
        self.let_time_pass()
        who, op = PEOPLE[request["actor"]], request["op"]
        try:
            if who["role"] not in WHO.get(op, tuple(SECTIONS)):
                raise No("insufficient-scope")
            if op not in WITH_KEY:
                return {"status": 204 if op == "release" else 200, "slug": None, **getattr(self, op)(who, request)}
            return self._once(who, request)
        except No as no:
            return {"status": STATUS[no.slug], "slug": no.slug}

    def _once(self, who: dict[str, Any], request: dict[str, Any]) -> dict[str, Any]:
        op = request["op"]
        scope = (request["client"], request["actor"], op, request["key"])
        same = {name: value for name, value in request.items() if name not in NOT_IN_FINGERPRINT}
        known = self.kept.get(scope)
        if known and self.now < known["at"] + KEPT:
            if known["same"] != same:
                raise No("idempotency-key-reused")
            return {**known["answer"], "replayed": True}
        answer = {"status": WITH_KEY[op], "slug": None, **getattr(self, op)(who, request)}
        self.kept[scope] = {"at": self.now, "same": copy.deepcopy(same), "answer": answer}
        return answer
