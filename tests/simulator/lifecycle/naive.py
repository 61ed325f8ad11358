"""The life of care sheets told a second time, with dictionaries and lists: what stands, and what time does to it.

Written from the domain model and the agreement of this project, not from the simulator: nothing is imported of it,
neither a table nor a line of code. `naive_acts` adds what each request does. Slow, plain, and meant to stay so.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

MOROCCO = ZoneInfo("Africa/Casablanca")
LEASE = timedelta(hours=2)
VALIDITY = timedelta(days=90)
ACTIVE = ("open", "partial", "owed")

PEOPLE: dict[str, dict[str, Any]] = {
    "gp": {"inpe": "100000011", "role": "prescriber", "place": "CAB-KEN-01"},
    "specialist": {"inpe": "100000029", "role": "prescriber", "place": "CAB-RAB-01"},
    "replacing": {"inpe": "100000052", "role": "prescriber", "place": "CAB-KEN-01"},
    "replacement-ended": {"inpe": "100000060", "role": "prescriber", "place": "CAB-KEN-01"},
    "pharmacy": {"inpe": "200000012", "role": "pharmacy", "place": "PHA-KEN-01"},
    "pharmacy-b": {"inpe": "200000020", "role": "pharmacy", "place": "PHA-KEN-02"},
    "biology": {"inpe": "300000013", "role": "biology", "place": "LAB-KEN-01"},
    "physiotherapy": {"inpe": "500000015", "role": "physiotherapy", "place": "KIN-KEN-01"},
    "nursing": {"inpe": "700000017", "role": "nursing", "place": "INF-KEN-01"},
    "clinic": {"inpe": "900000020", "role": "clinic", "place": "CLI-KEN-01"},
    "agent": {"inpe": "990000011", "role": "agent", "place": ""},
    "patient:salaried": {"role": "patient", "patient": ("100000001", 0)},
    "patient:tns": {"role": "patient", "patient": ("100000002", 0)},
}
REPLACEMENTS = {
    "100000052": ("100000011", date(2026, 11, 1), date(2026, 12, 31)),
    "100000060": ("100000011", date(2026, 9, 1), date(2026, 10, 31)),
}
SECTIONS: dict[str, tuple[str, ...]] = {
    "pharmacy": ("pharmacy",),
    "biology": ("biology",),
    "physiotherapy": ("physiotherapy",),
    "nursing": ("nursing",),
    "clinic": ("biology", "imaging", "physiotherapy", "nursing"),
}


class No(Exception):
    """A refusal: its slug."""

    def __init__(self, slug: str) -> None:
        super().__init__(slug)
        self.slug = slug


def day(instant: datetime) -> date:
    """The day in Morocco."""
    return instant.astimezone(MOROCCO).date()


class Book:
    """Everything that stands: sheets by a symbolic name (``S1``), executions (``E1``), leases (``L1``)."""

    def __init__(self, now: datetime) -> None:
        self.now = now
        self.sheets: dict[str, dict[str, Any]] = {}
        self.executions: dict[str, dict[str, Any]] = {}
        self.papers: set[str] = set()
        self.leases = 0
        self.typos: dict[str, tuple[int, datetime]] = {}

    def open_sheet(self, author: dict[str, Any], patient: tuple[str, int], sections: dict[str, list[Any]]) -> str:
        """A new sheet; `sections`: type → [{"ordered": Decimal, "code": …, "swap": bool}, …]."""
        name = f"S{len(self.sheets) + 1}"
        self.sheets[name] = {
            "author": author["inpe"],
            "place": author["place"],
            "patient": patient,
            "issued": self.now,
            "until": day(self.now) + VALIDITY,
            "revision": 1,
            "rotation": 0,
            "reissued": [],
            "replaced_by": None,
            "replaces": None,
            "wrong": 0,
            "sections": {kind: self._section(kind, lines) for kind, lines in sections.items()},
        }
        return name

    def _section(self, kind: str, lines: list[Any]) -> dict[str, Any]:
        own = kind == "prescriber"
        return {
            "revision": 1,
            "lease": None,
            "visitors": set(),
            "cancelling": set(),
            "lines": {
                number: {
                    **asked,
                    "state": "executed" if own else "open",
                    "done": asked["ordered"] if own else Decimal(0),
                    "owed_by": None,
                }
                for number, asked in enumerate(lines, start=1)
            },
        }

    def let_time_pass(self) -> None:
        """Leases end; with them, what was asked to be cancelled is cancelled."""
        for sheet in self.sheets.values():
            for section in sheet["sections"].values():
                if section["lease"] and self.now >= section["lease"]["until"] and self.free(section):
                    self.touch(sheet, section)

    def free(self, section: dict[str, Any]) -> bool:
        """The section is nobody's any more; True when that cancelled something."""
        section["lease"] = None
        fallen = [n for n in section["cancelling"] if section["lines"][n]["state"] in ACTIVE]
        for number in fallen:
            section["lines"][number] |= {"state": "cancelled", "owed_by": None}
        section["cancelling"] -= set(fallen)  # the wish stays on what was done, should it be taken back
        return bool(fallen)

    def late(self, sheet: dict[str, Any], on: date | None = None) -> bool:
        return (on or day(self.now)) > sheet["until"]

    def seen(self, sheet: dict[str, Any], line: dict[str, Any], on: date | None = None) -> str:
        """The state that anybody sees: an active line of a sheet past its last day is expired."""
        return "expired" if line["state"] in ACTIVE and self.late(sheet, on) else str(line["state"])

    def left(self, sheet: dict[str, Any], line: dict[str, Any], on: date | None = None) -> Decimal:
        """What may still be done of a line."""
        active = self.seen(sheet, line, on) in ACTIVE
        return Decimal(line["ordered"] - line["done"]) if active else Decimal(0)

    def debtor(self, sheet: dict[str, Any], line: dict[str, Any]) -> str | None:
        """Who owes the remainder; nobody any more once it has expired."""
        return line["owed_by"] if self.seen(sheet, line) == "owed" else None

    def active(self, sheet: dict[str, Any], section: dict[str, Any], on: date | None = None) -> list[int]:
        return [n for n, line in section["lines"].items() if self.seen(sheet, line, on) in ACTIVE]

    def status(self, sheet: dict[str, Any]) -> str:
        """issued → in_progress → executed | partly_executed; or cancelled, expired, replaced."""
        if sheet["replaced_by"]:
            return "replaced"
        asked = [
            (self.seen(sheet, line), line["done"])
            for kind, section in sheet["sections"].items()
            for line in section["lines"].values()
            if kind != "prescriber" or len(sheet["sections"]) == 1
        ]
        states = [state for state, _ in asked]
        touched = any(done > 0 for _, done in asked) or any(
            state in ("partial", "owed", "executed", "not_executed", "moved_to_paper") for state in states
        )
        if any(state in ACTIVE for state in states):
            return "in_progress" if touched else "issued"
        if all(state == "executed" for state in states):
            return "executed"
        if touched:
            return "partly_executed"
        return "expired" if "expired" in states else "cancelled"

    def pending(self, sheet: dict[str, Any]) -> bool:
        """A cancellation waits for the holder of a section."""
        return any(
            section["lease"] and set(self.active(sheet, section)) & section["cancelling"]
            for section in sheet["sections"].values()
        )

    def touch(self, sheet: dict[str, Any], *sections: dict[str, Any]) -> None:
        """A revision of the sheet, and of the sections whose lines changed."""
        sheet["revision"] += 1
        for section in sections:
            section["revision"] += 1

    def view(self, name: str) -> dict[str, Any]:
        """One sheet, in the shape the machine compares."""
        sheet = self.sheets[name]
        return {
            "status": self.status(sheet),
            "cancellation_requested": self.pending(sheet),
            "revision": sheet["revision"],
            "rotation": sheet["rotation"],
            "replaced_by": sheet["replaced_by"],
            "executions": [e for e, x in self.executions.items() if x["sheet"] == name],
            "sections": {
                kind: {
                    "revision": section["revision"],
                    "lease": section["lease"] and (section["lease"]["place"], section["lease"]["until"]),
                    "cancelling": sorted(section["cancelling"] & set(self.active(sheet, section))),
                    "lines": {
                        number: (self.seen(sheet, line), self.left(sheet, line), self.debtor(sheet, line))
                        for number, line in section["lines"].items()
                    },
                }
                for kind, section in sheet["sections"].items()
            },
        }
