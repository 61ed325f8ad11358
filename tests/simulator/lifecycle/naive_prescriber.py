"""What a prescriber, his replacement, a patient or an agent asks of the naive book."""

from __future__ import annotations

from typing import Any

from tests.simulator.lifecycle.naive import SECTIONS, No
from tests.simulator.lifecycle.naive_common import Meeting


class Prescribing(Meeting):
    """Issue, cancel, replace, reissue, read."""

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
        if who["role"] == "patient" and not self.is_his(who, sheet):
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
        if who["role"] == "patient" and self.is_his(who, sheet):
            return {"revision": sheet["revision"], "sections_seen": sorted(sheet["sections"])}
        for kind in SECTIONS.get(who["role"], ()):
            section = sheet["sections"].get(kind)
            if section and self.ours(who, section):
                return {"revision": section["revision"], "sections_seen": [kind]}
        raise No("not-found")
