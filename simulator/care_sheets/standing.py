"""Where the sections of a sheet stand, as the JSON that is stored and the changes that the audit keeps.

Stored: ``{type: {"revision", "lease", "leases", "visitors", "cancelling", "executions", "clients",
"lines": [[number, state, ordered, executed, owed_by, last], …]}}``.
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from pydantic_core import from_json, to_json

from simulator.care_sheets.model import Section
from simulator.care_sheets.states import Line, LineState
from simulator.kit import clock
from simulator.kit.changed import changed
from simulator.kit.money import quantity_text
from simulator.resolutions.model import Lease

_STATES = {state.value: state for state in LineState}


def text(sections: Mapping[str, Section]) -> str:
    """The JSON of the column `standing`."""
    return to_json({kind: _section(section) for kind, section in sections.items()}).decode()


def parse(stored: str) -> dict[str, Section]:
    """Sections by type: the inverse of `text`."""
    return {
        kind: Section(
            type=kind,
            revision=one["revision"],
            lines=tuple(
                [
                    Line(kind, n, _STATES[state], Decimal(ordered), Decimal(executed), owed_by, last)
                    for n, state, ordered, executed, owed_by, last in one["lines"]
                ]
            ),
            lease=_lease(kind, one["lease"]),
            leases=one["leases"],
            visitors=tuple(one["visitors"]),
            cancelling=frozenset(one["cancelling"]),
            executions=tuple(one["executions"]),
            clients=tuple(one["clients"]),
        )
        for kind, one in from_json(stored).items()
    }


def revised(before: Mapping[str, Section], after: Mapping[str, Section]) -> tuple[dict[str, Section], bool]:
    """`after` with the revision of each section whose lines changed moved on; whether the sheet itself changed.

    A request of cancellation changes the sheet, not the section: its holder is not stopped by it.
    """
    sections, touched = {}, False
    for kind, section in after.items():
        known = before.get(kind)
        if known is not None and section.lines != known.lines:
            section = changed(section, revision=known.revision + 1)
            touched = True
        touched = touched or (known is not None and bool(section.cancelling - known.cancelling))
        sections[kind] = section
    return sections, touched


def changes(before: Mapping[str, Section], after: Mapping[str, Section]) -> dict[str, Any]:
    """Type → what changed there: revision, lease, lines to be cancelled, changed lines (ordered quantity at issue)."""
    found: dict[str, Any] = {}
    for kind, section in after.items():
        known = before.get(kind)
        if section == known:
            continue
        lines = [
            [line.number, line.state.value, quantity_text(line.executed), line.owed_by]
            + ([] if known else [quantity_text(line.ordered)])
            for place, line in enumerate(section.lines)
            if known is None or line != known.lines[place]
        ]
        found[kind] = {
            "revision": section.revision,
            "lease": _lease_text(section.lease),
            "cancelling": sorted(section.cancelling),
            "lines": lines,
        }
    return found


def _section(section: Section) -> dict[str, Any]:
    return {
        "revision": section.revision,
        "lease": _lease_text(section.lease),
        "leases": section.leases,
        "visitors": section.visitors,
        "cancelling": sorted(section.cancelling),
        "executions": section.executions,
        "clients": section.clients,
        "lines": [
            (
                line.number,
                line.state.value,
                quantity_text(line.ordered),
                quantity_text(line.executed),
                line.owed_by,
                line.last,
            )
            for line in section.lines
        ],
    }


def _lease_text(lease: Lease | None) -> dict[str, str] | None:
    if lease is None:
        return None
    return {
        "id": lease.id,
        "establishment": lease.establishment,
        "inpe": lease.inpe,
        "expires_at": clock.to_text(lease.expires_at),
    }


def _lease(kind: str, kept: Mapping[str, str] | None) -> Lease | None:
    if kept is None:
        return None
    return Lease(kept["id"], kind, kept["establishment"], kept["inpe"], clock.parse(kept["expires_at"]))
