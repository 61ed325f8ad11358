"""A care sheet of version 0001 as version 0002 keeps it: pure conversions, rows in, rows out.

Of 0001: lines ``[[section, line, state, ordered, executed], …]`` in the sheet, leases and executions in rows of
their own, one revision for all. Each section starts with the sheet's revision: an executor who had read it before
the conversion still matches.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

Old = Mapping[str, Any]
New = dict[str, Any]
GENESIS = "0" * 64
LEASE = ("id", "section", "establishment", "inpe", "expires_at")


@dataclass(frozen=True)
class Clients:
    """The software of each deed, as the audit knows it: by sheet number, by execution id, by number and section."""

    issued: Mapping[str, str]
    executed: Mapping[str, str]
    visited: Mapping[tuple[str, str], Sequence[str]]


def clients(entries: Sequence[Old]) -> Clients:
    """From the audit of a world; an actor is ``client/inpe``."""
    issued: dict[str, str] = {}
    executed: dict[str, str] = {}
    visited: dict[tuple[str, str], list[str]] = {}
    for entry in entries:
        client, event, data = entry["actor"].rpartition("/")[0], entry["event"], json.loads(entry["data"])
        if event == "care-sheet-issued":
            issued[entry["subject"]] = client
        if event == "section-executed":
            executed[data["execution"]] = client
        if event == "section-executed" or (event == "care-sheet-resolved" and data["hold"]):
            known = visited.setdefault((entry["subject"], data["section"]), [])
            known += [] if client in known else [client]
    return Clients(issued, executed, visited)


def executions(sheet: Old, rows: Sequence[Old], known: Clients) -> list[New]:
    """The executions of a sheet, oldest first: who recorded them, and where each line stood before."""
    author = known.issued.get(sheet["number"], "")
    last: dict[tuple[str, int], str] = {}
    done: dict[tuple[str, int], Decimal] = {}
    found = []
    for row in rows:
        lines = []
        for line in json.loads(row["content"]):
            key = (row["section"], line["line"])
            before = "partial" if done.get(key) else "open"
            lines.append({**line, "before": [before, None, last.get(key)]})
            last[key] = row["id"]
            done[key] = done.get(key, Decimal(0)) + Decimal(line.get("quantity") or 0)
        client = known.executed.get(row["id"], author)
        kept = {"client": client, "kind": "execution", "content": text({"lines": lines}), "to_reconcile": 0}
        found.append({**row, **kept, "target": None})
    return found


def sections(sheet: Old, leases: Sequence[Old], executed: Sequence[New], known: Clients) -> dict[str, New]:
    """Where each section stands, in the order of the sheet's content; `leases` oldest first."""
    last = {
        (row["section"], line["line"]): row["id"] for row in executed for line in json.loads(row["content"])["lines"]
    }
    found: dict[str, New] = {}
    for kind in [section["type"] for section in json.loads(sheet["content"])["sections"]]:
        mine = [lease for lease in leases if lease["section"] == kind]
        live = [lease for lease in mine if lease["released_at"] is None]
        found[kind] = {
            "type": kind,
            "revision": sheet["revision"],
            "lease": {name: live[-1][name] for name in LEASE} if live else None,
            "leases": len(leases),  # more than there were here: the next id is a new one
            "visitors": list(dict.fromkeys(lease["establishment"] for lease in mine)),
            "cancelling": [],
            "executions": [row["id"] for row in executed if row["section"] == kind],
            "clients": list(known.visited.get((sheet["number"], kind), ())),
            "lines": [
                [kind, number, state, ordered, done, None, last.get((kind, number))]
                for section, number, state, ordered, done in json.loads(sheet["lines"])
                if section == kind
            ],
        }
    return found


def sheet(old: Old, standing: Mapping[str, New], known: Clients) -> New:
    """The row of a sheet."""
    kept = {name: value for name, value in old.items() if name != "lines"}
    who = json.loads(old["content"])["beneficiary"]
    return {
        **kept,
        "client": known.issued.get(old["number"], ""),
        "registration_number": who["registration_number"],
        "dependant_rank": who["dependant_rank"],
        "replaces": None,
        "standing": text(list(standing.values())),
    }


def claim(old: Old, who: tuple[str, int]) -> New:
    """The row of a claim: adjudicated when it was received, to be ordered six days later where it brings money."""
    content = json.loads(old["content"])
    received = content["received_at"]
    due = (datetime.fromisoformat(received) + timedelta(days=6)).strftime("%Y-%m-%dT%H:%M:%SZ")
    lines, waits = [], False
    for line in content["lines"]:
        way = {"date_of_care": content["date_of_care"], "status": "adjudicated", "payee": "insured", "since": received}
        if Decimal(line["cnss_share"]) + Decimal(line["state_share"]):
            way["due_at"], waits = due, True
        lines.append(_inserted(line, "execution", way))
    whole = _inserted({**content, "lines": lines}, "number", {"origin": "electronic"})
    row = {**old, "content": text(whole).encode(), "due": due if waits else None}
    return {**row, "registration_number": who[0], "dependant_rank": who[1]}


def _inserted(source: Old, after: str, more: Old) -> New:
    """The same object with further members after one of its own: the order is that of the documented shape."""
    found: New = {}
    for name, value in source.items():
        found[name] = value
        if name == after:
            found |= more
    return found


def entry(old: Old, standing: Mapping[str, New]) -> New:
    """What the audit keeps of the conversion: the whole standing, from which later entries go on."""
    changes = {
        kind: {
            **{name: section[name] for name in ("revision", "lease", "cancelling")},
            "lines": [
                [number, state, done, debtor, ordered]
                for _, number, state, ordered, done, debtor, _ in section["lines"]
            ],
        }
        for kind, section in standing.items()
    }
    turned = {name: old[name] for name in ("revision", "rotation", "replaced_by")}
    return {**turned, "changes": changes, "version": "0001"}


def link(previous: str, row: Old) -> str:
    """The hash of an audit row, given the one before."""
    parts = [previous, *(row[name] for name in ("seq", "at", "actor", "event", "subject", "trace", "data"))]
    return hashlib.sha256(text(parts).encode()).hexdigest()


def text(value: Any) -> str:
    """Compact JSON."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
