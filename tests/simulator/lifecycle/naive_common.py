"""What every request of the naive book meets: refusals and their status, who may be where, whose sheet it is."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from tests.simulator.lifecycle.naive import REPLACEMENTS, SECTIONS, Book, No, day

STATUS = {
    "insufficient-scope": 403, "role-not-allowed": 403, "replacement-not-in-force": 403, "wrong-backup-code": 403,
    "not-found": 404, "unknown-number": 404, "scan-rotated": 410,
    "sheet-expired": 409, "sheet-cancelled": 409, "sheet-replaced": 409, "cannot-cancel": 409, "cannot-replace": 409,
    "cancellation-requested": 409, "no-section-for-role": 409, "nothing-open": 409, "lease-lost": 409,
    "line-terminal": 409, "line-owed": 409, "line-not-owed": 409, "over-remainder": 409,
    "substitution-not-allowed": 409,
    "wrong-session": 409, "execution-not-last": 409, "execution-withdrawn": 409, "claim-settled": 409,
    "late-entry-too-old": 409, "already-recorded": 409, "paper-reference-used": 409,
    "precondition-failed": 412, "line-unknown": 422, "section-to-choose": 422, "invalid-payload": 422,
    "idempotency-key-reused": 422, "section-held": 423, "typing-locked": 423,
    "precondition-required": 428,
    "typing-throttled": 429, "lease-required": 428,
}  # fmt: skip
LINE_ORDER = (
    "line-unknown", "line-terminal", "line-owed", "line-not-owed", "cancellation-requested", "wrong-session",
    "over-remainder",
    "substitution-not-allowed",
)  # fmt: skip
KEPT = timedelta(hours=24)
CLOCKS = timedelta(minutes=5)
SETTLED = timedelta(days=8)
WINDOW = timedelta(days=7)
WHO = {
    "issue": ("prescriber",), "cancel": ("prescriber",), "replace": ("prescriber",),
    "reissue": ("prescriber", "patient", "agent"), "read": ("prescriber", "patient", *SECTIONS),
}  # fmt: skip
WITH_KEY = {"issue": 201, "replace": 201, "reissue": 200, "execute": 201, "amend": 201, "withdraw": 200,
            "late_entry": 201, "paper": 201}  # fmt: skip
NOT_IN_FINGERPRINT = ("actor", "client", "key", "match", "lease")


class Meeting(Book):
    """Checks that several requests share."""

    def alive(self, sheet: dict[str, Any], on: date | None = None) -> None:
        for state in ("cancelled", "replaced"):
            if self.status(sheet) == state:
                raise No(f"sheet-{state}")
        if self.late(sheet, on):
            raise No("sheet-expired")

    def section_of(self, who: dict[str, Any], sheet: dict[str, Any], wanted: str | None) -> str:
        """The section that an executor means: his only one on this sheet, or the one he names."""
        if wanted is not None and wanted not in SECTIONS[who["role"]]:
            raise No("role-not-allowed")
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
        if who["inpe"] == REPLACEMENTS.get(sheet["author"], (None,))[0]:
            return True
        replaced, since, until = REPLACEMENTS.get(who["inpe"], (None, None, None))
        if replaced != sheet["author"]:
            return False
        if not since <= day(self.now) <= until:
            raise No("replacement-not-in-force")
        return True

    def is_his(self, who: dict[str, Any], sheet: dict[str, Any]) -> bool:
        """The patient himself, or the insured person whose child he is (rank 2 is a child of eight)."""
        return sheet["patient"] == who["patient"] or sheet["patient"] == (who["patient"][0], 2)

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

    def may_do(self, who: dict[str, Any], sheet: dict[str, Any], section: dict[str, Any]) -> bool:
        """Something is left that this establishment may do: what another owes is that other's."""
        lines = [section["lines"][n] for n in self.active(sheet, section)]
        return any(line["owed_by"] in (None, who["place"]) for line in lines)

    def requested(self, sheet: dict[str, Any], section: dict[str, Any]) -> bool:
        return bool(set(self.active(sheet, section)) & section["cancelling"])
