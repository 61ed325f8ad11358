"""Where the sections of a sheet stand, as the JSON that is stored and the changes that the audit keeps.

Stored: the sections themselves, a list in the order of the sheet; a line is a list of its values
(``[section, number, state, ordered, executed, owed_by, last]``).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from msgspec import json
from msgspec.structs import replace as changed

from simulator.care_sheets.model import Section
from simulator.kit.recent import Recent

_recent: Recent[Mapping[str, Section]] = Recent(2048)
_encode = json.Encoder(order="deterministic").encode
_decode = json.Decoder(list[Section]).decode


def text(sections: Mapping[str, Section]) -> str:
    """The JSON of the column `standing`."""
    written = _encode(list(sections.values())).decode()
    _recent.add(written, sections)
    return written


def parse(stored: str) -> Mapping[str, Section]:
    """Sections by type: the inverse of `text`. What was just written is remembered: nobody writes in it."""
    known = _recent.get(stored)
    return known if known is not None else {section.type: section for section in _decode(stored)}


def revised(before: Mapping[str, Section], after: Mapping[str, Section]) -> tuple[dict[str, Section], bool]:
    """`after` with the revision of each section whose lines changed moved on; whether the sheet itself changed.

    A request of cancellation changes the sheet, not the section: its holder is not stopped by it.
    """
    sections, touched = dict(after), False
    for kind, section in after.items():
        known = before.get(kind)
        if known is None or known is section:
            continue
        if section.lines != known.lines:
            sections[kind] = changed(section, revision=known.revision + 1)
            touched = True
        touched = touched or bool(section.cancelling - known.cancelling)
    return sections, touched


def changes(before: Mapping[str, Section], after: Mapping[str, Section]) -> dict[str, Any]:
    """Type → what changed there: revision, lease, lines to be cancelled, changed lines (ordered quantity at issue)."""
    found: dict[str, Any] = {}
    for kind, section in after.items():
        known = before.get(kind)
        if section is known or section == known:
            continue
        lines: list[tuple[Any, ...]]
        if known is None:
            lines = [(line.number, line.state, line.executed, line.owed_by, line.ordered) for line in section.lines]
        else:
            lines = [
                (line.number, line.state, line.executed, line.owed_by)
                for line, earlier in zip(section.lines, known.lines, strict=True)
                if line is not earlier and line != earlier
            ]
        found[kind] = {
            "revision": section.revision,
            "lease": section.lease,
            "cancelling": sorted(section.cancelling),
            "lines": lines,
        }
    return found
