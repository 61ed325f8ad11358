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
from tests.simulator.lifecycle.naive_common import KEPT, NOT_IN_FINGERPRINT, SETTLED, STATUS, WHO, WINDOW, WITH_KEY
from tests.simulator.lifecycle.naive_visits import Visiting


class Correcting(Visiting):
    """After a visit: withdraw, amend, enter late."""

    def _undo(self, who: dict[str, Any], request: dict[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
        """The section as if the execution had not been; nothing is written yet."""
        if request["match"] is None:
            raise No("precondition-required")
        execution = self.executions[request["execution"]]
        if execution["place"] != who["place"]:
            raise No("not-found")
        section = self.sheets[execution["sheet"]]["sections"][execution["section"]]
        self.matched(section, request)
        if execution["withdrawn"]:
            raise No("execution-withdrawn")
        later = [x for e, x in self.executions.items() if int(e[1:]) > int(request["execution"][1:])]
        for other in later:
            same = (other["sheet"], other["section"]) == (execution["sheet"], execution["section"])
            if same and not other["withdrawn"] and set(other["before"]) & set(execution["before"]):
                raise No("execution-not-last")
        if self.now >= execution["at"] + SETTLED:
            raise No("claim-settled")
        if section["lease"] and not self.ours(who, section):
            raise No("section-held")
        after = {}
        for number, before in execution["before"].items():
            line = section["lines"][number]
            if line["state"] in ("cancelled", "moved_to_paper"):
                after[number] = {**line, "done": line["done"] - execution["given"][number]}
            else:
                after[number] = copy.deepcopy(before)
        return execution, after

    def withdraw(self, who: dict[str, Any], request: dict[str, Any]) -> dict[str, Any]:
        execution, after = self._undo(who, request)
        sheet = self.sheets[execution["sheet"]]
        section = sheet["sections"][execution["section"]]
        section["lines"] |= after
        execution["withdrawn"] = True
        self.touch(sheet, section)
        return {"revision": section["revision"], "status_of_sheet": self.status(sheet)}

    def amend(self, who: dict[str, Any], request: dict[str, Any]) -> dict[str, Any]:
        execution, restored = self._undo(who, request)
        sheet = self.sheets[execution["sheet"]]
        section = sheet["sections"][execution["section"]]
        trial = copy.deepcopy(section)
        trial["lines"] |= copy.deepcopy(restored)
        after = self._deeds(who, sheet, trial, request["lines"])
        section["lines"] |= restored
        execution["withdrawn"] = True
        place = {"sheet": execution["sheet"], "section": execution["section"]}
        return self._write(who, place, section, after, "amendment")

    def late_entry(self, who: dict[str, Any], request: dict[str, Any]) -> dict[str, Any]:
        sheet = self.proof(request)
        performed: datetime = request["performed_at"]
        on = day(performed)
        kind = self.section_of(who, sheet, request["section"])
        section = sheet["sections"][kind]
        if self.now > performed + WINDOW:
            raise No("late-entry-too-old")
        if section["lease"] and not self.ours(who, section):
            raise No("section-held")
        after: dict[int, dict[str, Any]] = {}
        outcomes = []
        for item in request["items"]:
            number = next((n for n, x in section["lines"].items() if x["code"] == item["code"]), None)
            if number is None:
                outcomes.append("no-such-line")
                continue
            line = after.get(number, section["lines"][number])
            owed_elsewhere = line["state"] == "owed" and line["owed_by"] != who["place"]
            if self.seen(sheet, line, on) not in ACTIVE or owed_elsewhere:
                outcomes.append("line-closed")
                continue
            if item["quantity"] > line["ordered"] - line["done"]:
                raise No("over-remainder")
            done = line["done"] + item["quantity"]
            state = "executed" if done == line["ordered"] else "owed" if line["state"] == "owed" else "partial"
            after[number] = {
                **line,
                "state": state,
                "done": done,
                "owed_by": line["owed_by"] if state == "owed" else None,
            }
            outcomes.append("matched")
        place = {"sheet": request["sheet"], "section": kind}
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
