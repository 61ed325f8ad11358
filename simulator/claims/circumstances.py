"""Gathers what the decision on some lines depends on besides the line itself (see `terms.Circumstances`)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from fixtures.model import Beneficiary
from simulator.care_sheets.model import Section
from simulator.claims import counters
from simulator.claims.counters import Counted
from simulator.claims.decisions import decide
from simulator.claims.model import ClaimLine
from simulator.claims.refusals import late
from simulator.claims.rules import rule_set
from simulator.claims.terms import ORDINARY, ChargedLine, Circumstances, Filing, Granted, RightsContext, RuleSet
from simulator.kit.call import WorldLike
from simulator.kit.storage import Tx

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


def around(
    line: ChargedLine, rules: RuleSet, person: Beneficiary, counted: Counted, filing: Filing | None = None
) -> Circumstances:
    """The circumstances of one line of that person: `ORDINARY` for nearly all of them."""
    letter = line.letter
    if filing is None and letter not in rules.capped and letter not in rules.aged:
        return ORDINARY
    return Circumstances(
        filing,
        counted.of(letter) if letter in rules.capped and letter else (),
        person.birth_date if letter in rules.aged else None,
    )


def decide_all(
    tx: Tx,
    world: WorldLike,
    person: Beneficiary,
    charged: Sequence[ChargedLine],
    context: RightsContext,
    day: date,
    execution: str,
    place_of: counters.Where,
    filing: Filing | None = None,
) -> tuple[ClaimLine, ...]:
    """The claim lines of one execution, or of one paper claim, in their order; ceilings are counted.

    `day`: date of care. `execution`: id under which `counters.take_back` gives back what was counted. `place_of`: where
    the claim is, or will be.
    """
    rules, who = rule_set(world.tariff_set), (person.registration_number, person.dependant_rank)
    counted = Counted(tx, world.id, who)
    decided: list[ClaimLine] = []
    grants: list[tuple[str, int, Granted]] = []
    for place, line in enumerate(charged):
        if filing is None and line.letter is None:  # a medicine in time: nearly all of them
            decided.append(decide(line, context, world.tariff_set, day, execution, place=place))
            continue
        facts = around(line, rules, person, counted, filing)
        one = decide(line, context, world.tariff_set, day, execution, facts, place)
        decided.append(one)
        share = one.line.cnss_share
        if line.letter in rules.capped and (share or counters.cut(one.line)):
            counted.grow(line.letter or "", day, share)
            grants.append((line.letter or "", place, Granted(day, share)))
    if grants:
        counters.add(tx, world.id, who, place_of, execution, grants)
    return tuple(decided)
