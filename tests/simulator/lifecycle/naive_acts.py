"""What each request does to the naive book, and what it is answered: the first refusal in the documented order.

A request is a dictionary: ``{"actor", "client", "op", …arguments}``; names of sheets, leases and executions are the
book's own. `Naive.ask` answers ``{"status", "slug", "replayed", …facts}`` and changes the book only on a success.
"""

from __future__ import annotations

import copy
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from tests.simulator.lifecycle.naive import ACTIVE, LEASE, PEOPLE, REPLACEMENTS, SECTIONS, Book, No, day

STATUS = {
    "insufficient-scope": 403, "role-not-allowed": 403, "replacement-not-in-force": 403, "wrong-backup-code": 403,
    "not-found": 404, "unknown-number": 404, "scan-rotated": 410,
    "sheet-expired": 409, "sheet-cancelled": 409, "sheet-replaced": 409, "cannot-cancel": 409, "cannot-replace": 409,
    "cancellation-requested": 409, "no-section-for-role": 409, "nothing-open": 409, "lease-lost": 409,
    "line-terminal": 409, "line-owed": 409, "over-remainder": 409, "substitution-not-allowed": 409,
    "wrong-session": 409, "execution-not-last": 409, "execution-withdrawn": 409, "claim-settled": 409,
    "late-entry-too-old": 409, "paper-reference-used": 409,
    "precondition-failed": 412, "line-unknown": 422, "section-to-choose": 422, "invalid-payload": 422,
    "idempotency-key-reused": 422, "section-held": 423, "typing-locked": 423,
    "precondition-required": 428, "lease-required": 428,
}  # fmt: skip
LINE_ORDER = (
    "line-unknown", "line-terminal", "line-owed", "cancellation-requested", "over-remainder", "wrong-session",
    "substitution-not-allowed",
)  # fmt: skip
KEPT = timedelta(hours=24)
SETTLED = timedelta(days=8)
WINDOW = timedelta(days=7)
WHO = {
    "issue": ("prescriber",), "cancel": ("prescriber",), "replace": ("prescriber",),
    "reissue": ("prescriber", "patient", "agent"), "read": ("prescriber", "patient", *SECTIONS),
}  # fmt: skip
WITH_KEY = {"issue": 201, "replace": 201, "reissue": 200, "execute": 201, "amend": 201, "withdraw": 200, "late": 201,
            "paper": 201}  # fmt: skip
NOT_IN_FINGERPRINT = ("actor", "client", "key", "match", "lease")


class Naive(Book):
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

    # -- what everybody meets ------------------------------------------------------------------------

    def alive(self, sheet: dict[str, Any]) -> None:
        for state in ("cancelled", "replaced"):
            if self.status(sheet) == state:
                raise No(f"sheet-{state}")
        if self.late(sheet):
            raise No("sheet-expired")

    def section_of(self, who: dict[str, Any], sheet: dict[str, Any], wanted: str | None) -> str:
        """The section that an executor means: his only one on this sheet, or the one he names."""
        mine = [kind for kind in SECTIONS[who["role"]] if kind in sheet["sections"]]
        if wanted is not None:
            mine = [kind for kind in mine if kind == wanted]
        if not mine:
            raise No("no-section-for-role")
        if len(mine) > 1:
            raise No("section-to-choose")
        return mine[0]

    def visited(self, who: dict[str, Any], request: dict[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
        """The sheet and the section of a path, for an establishment that has been there."""
        if request["section"] not in SECTIONS[who["role"]]:
            raise No("role-not-allowed")
        sheet = self.sheets[request["sheet"]]
        section = sheet["sections"].get(request["section"])
        if section is None or who["place"] not in section["visitors"]:
            raise No("not-found")
        return sheet, section

    def is_author(self, who: dict[str, Any], sheet: dict[str, Any]) -> bool:
        if who["inpe"] == sheet["author"]:
            return True
        replaced, since, until = REPLACEMENTS.get(who["inpe"], (None, None, None))
        if replaced != sheet["author"]:
            return False
        if not since <= day(self.now) <= until:
            raise No("replacement-not-in-force")
        return True

    def authored(self, who: dict[str, Any], request: dict[str, Any]) -> dict[str, Any]:
        if request["match"] is None:
            raise No("precondition-required")
        sheet = self.sheets[request["sheet"]]
        if not self.is_author(who, sheet):
            raise No("not-found")
        return sheet

    def matched(self, thing: dict[str, Any], request: dict[str, Any]) -> None:
        if request["match"] != thing["revision"]:
            raise No("precondition-failed")

    def ours(self, who: dict[str, Any], section: dict[str, Any]) -> bool:
        return bool(section["lease"] and section["lease"]["place"] == who["place"])

    def requested(self, sheet: dict[str, Any], section: dict[str, Any]) -> bool:
        return bool(set(self.active(sheet, section)) & section["cancelling"])

    # -- the prescriber ------------------------------------------------------------------------------

    def issue(self, who: dict[str, Any], request: dict[str, Any]) -> dict[str, Any]:
        name = self.open_sheet(who, request["patient"], request["sections"])
        return {"sheet": name}

    def cancel(self, who: dict[str, Any], request: dict[str, Any]) -> dict[str, Any]:
        sheet = self.authored(who, request)
        self.alive(sheet)
        self.matched(sheet, request)
        wanted: dict[str, list[int]] = {}
        for kind, section in sheet["sections"].items():
            if request["section"] in (None, kind):
                active = self.active(sheet, section)
                wanted[kind] = [n for n in active if request["lines"] is None or n in request["lines"]]
        if not any(wanted.values()):
            raise No("cannot-cancel")
        changed = []
        for kind, numbers in wanted.items():
            section = sheet["sections"][kind]
            if not numbers:
                continue
            if section["lease"]:
                section["cancelling"] |= set(numbers)
                continue
            for number in numbers:
                section["lines"][number] |= {"state": "cancelled", "owed_by": None}
            changed.append(section)
        self.touch(sheet, *changed)
        return {"sheet": request["sheet"], "status_of_sheet": self.status(sheet), "revision": sheet["revision"]}

    def replace(self, who: dict[str, Any], request: dict[str, Any]) -> dict[str, Any]:
        sheet = self.authored(who, request)
        self.alive(sheet)
        self.matched(sheet, request)
        asked = [s for kind, s in sheet["sections"].items() if kind != "prescriber"]
        lines = [line for section in asked for line in section["lines"].values()]
        if any(section["lease"] for section in asked) or any(line["state"] != "open" for line in lines):
            raise No("cannot-replace")
        name = self.open_sheet(who, sheet["patient"], request["sections"])
        for section in asked:
            for line in section["lines"].values():
                line["state"] = "cancelled"
        self.touch(sheet, *asked)
        sheet["replaced_by"], self.sheets[name]["replaces"] = name, request["sheet"]
        return {"sheet": name}

    def reissue(self, who: dict[str, Any], request: dict[str, Any]) -> dict[str, Any]:
        sheet = self.sheets[request["sheet"]]
        if request["match"] is None:
            raise No("precondition-required")
        if who["role"] == "prescriber" and not self.is_author(who, sheet):
            raise No("not-found")
        if who["role"] == "patient" and who["patient"] != sheet["patient"]:
            raise No("not-found")
        self.alive(sheet)
        self.matched(sheet, request)
        sheet["rotation"] += 1
        sheet["wrong"] = 0
        self.touch(sheet)
        return {"sheet": request["sheet"], "revision": sheet["revision"]}

    def read(self, who: dict[str, Any], request: dict[str, Any]) -> dict[str, Any]:
        sheet = self.sheets[request["sheet"]]
        if who["role"] == "prescriber" and self.is_author(who, sheet):
            return {"revision": sheet["revision"], "sections_seen": sorted(sheet["sections"])}
        if who["role"] == "patient" and who["patient"] == sheet["patient"]:
            return {"revision": sheet["revision"], "sections_seen": sorted(sheet["sections"])}
        for kind in SECTIONS.get(who["role"], ()):
            section = sheet["sections"].get(kind)
            if section and self.ours(who, section):
                return {"revision": section["revision"], "sections_seen": [kind]}
        raise No("not-found")

    # -- the executor --------------------------------------------------------------------------------

    def proof(self, request: dict[str, Any]) -> dict[str, Any]:
        """The sheet that a scan or a typed code proves; wrong codes are counted."""
        sheet = self.sheets[request["sheet"]]
        if "scan" in request:
            if request["scan"] != sheet["rotation"]:
                raise No("scan-rotated")
            return sheet
        if sheet["wrong"] >= 5:
            raise No("typing-locked")
        if request["typed"] != sheet["rotation"]:
            sheet["wrong"] += 1
            raise No("wrong-backup-code")
        return sheet

    def resolve(self, who: dict[str, Any], request: dict[str, Any]) -> dict[str, Any]:
        sheet = self.proof(request)
        self.alive(sheet)
        kind = self.section_of(who, sheet, request["section"])
        section = sheet["sections"][kind]
        if section["lease"] and not self.ours(who, section):
            raise No("section-held")
        if request["hold"]:
            if not self.active(sheet, section):
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
        self.matched(section, request)
        if not self.active(sheet, section):
            raise No("nothing-open")
        if not self.ours(who, section) or section["lease"]["name"] != request["lease"]:
            raise No("lease-lost")
        return sheet, section

    def execute(self, who: dict[str, Any], request: dict[str, Any]) -> dict[str, Any]:
        sheet, section = self._holding(who, request)
        return self._write(who, request, section, self._deeds(who, sheet, section, request["lines"]), "execution")

    def _deeds(
        self, who: dict[str, Any], sheet: dict[str, Any], section: dict[str, Any], asked: list[dict[str, Any]]
    ) -> dict[int, dict[str, Any]]:
        """Lines after a visit: all of them, or the first refusal in the order of `LINE_ORDER`."""
        refused, after = [], {}
        for deed in asked:
            try:
                after[deed["line"]] = self._deed(who, sheet, section, deed)
            except No as no:
                refused.append(no.slug)
        if refused:
            raise No(min(refused, key=LINE_ORDER.index))
        return after

    def _write(
        self, who: dict[str, Any], request: dict[str, Any], section: dict[str, Any], after: dict[int, Any], kind: str
    ) -> dict[str, Any]:
        """A visit enters the book; a section where nothing is left to do is nobody's any more."""
        name, sheet = f"E{len(self.executions) + 1}", self.sheets[request["sheet"]]
        self.executions[name] = {
            "sheet": request["sheet"], "section": request["section"], "place": who["place"], "kind": kind,
            "at": self.now, "withdrawn": False,
            "before": {n: copy.deepcopy(section["lines"][n]) for n in after},
            "given": {n: line["done"] - section["lines"][n]["done"] for n, line in after.items()},
        }  # fmt: skip
        section["lines"] |= after
        section["visitors"].add(who["place"])
        self.touch(sheet, section)
        if self.ours(who, section) and not self.active(sheet, section):
            self.free(section)
        lines = {n: (self.seen(sheet, section["lines"][n]), self.left(sheet, section["lines"][n])) for n in after}
        return {"execution": name, "revision": section["revision"], "status_of_sheet": self.status(sheet),
                "lines": lines}  # fmt: skip

    def _deed(
        self, who: dict[str, Any], sheet: dict[str, Any], section: dict[str, Any], asked: dict[str, Any]
    ) -> dict[str, Any]:
        """A line after what was done with it."""
        line = section["lines"].get(asked["line"])
        if line is None:
            raise No("line-unknown")
        if self.seen(sheet, line) not in ACTIVE:
            raise No("line-terminal")
        if line["state"] == "owed" and line["owed_by"] != who["place"]:
            raise No("line-owed")
        left, outcome = line["ordered"] - line["done"], asked["outcome"]
        if outcome == "not_executed":
            return {**line, "state": "not_executed", "owed_by": None}
        if outcome == "moved_to_paper":
            return {**line, "state": "moved_to_paper", "owed_by": None}
        if outcome == "given_back":
            if line["state"] != "owed":
                raise No("line-terminal")
            return {**line, "state": "partial" if line["done"] else "open", "owed_by": None}
        quantity: Decimal = asked.get("quantity", Decimal(0)) if outcome == "executed" else Decimal(0)
        owes = outcome == "owed" or asked.get("owed", False)
        if owes and asked["line"] in section["cancelling"]:
            raise No("cancellation-requested")
        if quantity > left or (owes and quantity >= left):
            raise No("over-remainder")
        if "session" in asked and asked["session"] != line["done"] + 1:
            raise No("wrong-session")
        if asked.get("code", line["code"]) != line["code"] and not (line.get("swap") or asked.get("agreed")):
            raise No("substitution-not-allowed")
        done = line["done"] + quantity
        if owes or (line["state"] == "owed" and done < line["ordered"]):
            return {**line, "state": "owed", "done": done, "owed_by": who["place"]}
        return {**line, "state": "executed" if done == line["ordered"] else "partial", "done": done, "owed_by": None}

    def paper(self, who: dict[str, Any], request: dict[str, Any]) -> dict[str, Any]:
        sheet, section = self._holding(who, request)
        if request["reference"] in self.papers:
            raise No("paper-reference-used")
        moved = [{"line": number, "outcome": "moved_to_paper"} for number in request["lines"]]
        after = self._deeds(who, sheet, section, moved)
        self.papers.add(request["reference"])
        return self._write(who, request, section, after, "paper")

    # -- afterwards ----------------------------------------------------------------------------------

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
