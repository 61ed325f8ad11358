"""Gathers what the decision on some lines depends on besides the line itself (see `terms.Circumstances`)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from simulator.care_sheets.model import Section
from simulator.claims.refusals import late
from simulator.claims.terms import ChargedLine, Filing, RuleSet

SESSIONS = "physiotherapy"
"""The section whose lines are sessions of one continuous treatment. Fidelity: hypothesis."""


def filing(section: Section, charged: Sequence[ChargedLine], day: date, filed: date, rules: RuleSet) -> Filing | None:
    """The filing of a visit of that day, None when it is in time, so that its lines are decided as any other.

    `section` as it stood before the visit. A treatment by sessions runs until its last session was done.
    """
    if filed <= day:
        return None
    treatment = section.type == SESSIONS
    found = Filing(filed, filed if treatment and _runs(section, charged) else day, treatment)
    rule = rules.find("claim.filing", day)
    return found if rule is None or late(found, rule) else None


def _runs(section: Section, charged: Sequence[ChargedLine]) -> bool:
    done = {line.line: line.quantity for line in charged}
    return any(line.active and line.remaining > done.get(line.number, 0) for line in section.lines)
