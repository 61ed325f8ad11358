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
        wanted = self._wanted(sheet, request)
        if not any(wanted.values()):
            raise No("cannot-cancel")
        changed, asked = [], False
        for kind, numbers in wanted.items():
            section = sheet["sections"][kind]
            if section["lease"]:
                asked = asked or not set(numbers) <= section["cancelling"]
                section["cancelling"] |= set(numbers)
            elif numbers:
                for number in numbers:
                    section["lines"][number] |= {"state": "cancelled", "owed_by": None}
                changed.append(section)
        if changed or asked:
            self.touch(sheet, *changed)
        return {"sheet": request["sheet"], "status_of_sheet": self.status(sheet), "revision": sheet["revision"]}

    def _wanted(self, sheet: dict[str, Any], request: dict[str, Any]) -> dict[str, list[int]]:
        """Section → the lines to cancel."""
        if request["section"] is None:
            others = {kind: section for kind, section in sheet["sections"].items() if kind != "prescriber"}
            return {kind: self.active(sheet, section) for kind, section in others.items()}
        section = sheet["sections"][request["section"]]
        active = self.active(sheet, section)
        if request["lines"] is None:
            return {request["section"]: active}
        if not set(request["lines"]) <= set(active):
            raise No("line-terminal")
        return {request["section"]: request["lines"]}

    def replace(self, who: dict[str, Any], request: dict[str, Any]) -> dict[str, Any]:
        sheet = self.authored(who, request)
        self.alive(sheet)
        self.matched(sheet, request)
        asked = [s for kind, s in sheet["sections"].items() if kind != "prescriber"]
        states = {line["state"] for section in asked for line in section["lines"].values()}
        if not asked or any(section["lease"] for section in asked) or not states <= {"open", "cancelled"}:
            raise No("cannot-replace")
        name = self.open_sheet(who, sheet["patient"], request["sections"])
        changed = [s for s in asked if any(line["state"] == "open" for line in s["lines"].values())]
        for section in changed:
            for line in section["lines"].values():
                line["state"] = "cancelled"
        self.touch(sheet, *changed)
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
        sheet["reissued"].append(self.now)
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
