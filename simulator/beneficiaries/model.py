"""Rights of a beneficiary on a date of care.

Computed from his facts and the dated rules (`entitlement`). Closed for `deceased` from the day after the death,
else for `rights-closed`; `why` says it in French. Source: announced regimes of the AMO; fidelity: that of the
rule that decided.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from types import MappingProxyType

from msgspec import Struct

from fixtures.dated import DatedRules
from fixtures.model import Affiliation, Beneficiary, LongTermCondition
from simulator.beneficiaries.entitlement import stretches
from simulator.kit.problems import Problem

Key = tuple[str, int]
"""Registration number and dependant's rank."""


class Rights(Struct, frozen=True):
    """What holds on one day. When closed, the period is the last one known before that day.

    `rule`: id of the rule that decided. `why`: the reason in French, when closed, maintained or bounded by age.
    `maintained_until`: last day of maintained rights, even past. `managed_by`: CNSS or CNOPS, None when no rule says.
    """

    day: date
    open: bool
    regime: str
    open_from: date
    open_until: date | None
    reason: str | None
    conditions: tuple[LongTermCondition, ...]
    warnings: tuple[tuple[str, str], ...]
    rule: str
    why: str | None
    maintained_until: date | None
    managed_by: str | None


class Register(Struct, frozen=True):
    """The beneficiaries a world knows; `registered`: affiliations that the CNSS registered late, beyond theirs."""

    people: Mapping[Key, Beneficiary]
    registered: Mapping[Key, tuple[Affiliation, ...]] = MappingProxyType({})

    def find(self, registration_number: str, dependant_rank: int, *, pointer: str = "") -> Beneficiary:
        """Raises Problem unknown-beneficiary; `pointer` is the place of the reference in the request."""
        found = self.people.get((registration_number, dependant_rank))
        if found is None:
            detail = "Aucun bénéficiaire ne porte ce numéro d'immatriculation et ce rang."
            errors = [{"pointer": pointer, "code": "unknown-beneficiary", "detail": detail}]
            raise Problem("unknown-beneficiary", detail, errors=errors if pointer else ())
        if more := self.registered.get((registration_number, dependant_rank)):
            return replace(found, affiliations=(*found.affiliations, *more), provisional=False)
        return found


def rights_on(person: Beneficiary, day: date, rules: DatedRules) -> Rights:
    """Rights of a person on a day in Morocco: a scan of his few stretches of days, worked out once."""
    for found in stretches(person, rules):
        if found.until is None or day <= found.until:
            break
    decided = found.decision
    warnings: list[tuple[str, str]] = []
    if not decided.open:
        warnings.append(("rights-closed", f"Les droits ne sont pas ouverts le {day:%d/%m/%Y}. {decided.why}"))
    if person.provisional and decided.open:
        warnings.append(("provisional-registration", "Nouveau-né rattaché au numéro de sa mère, à régulariser."))
    return Rights(
        day=day,
        open=decided.open,
        regime=decided.regime,
        open_from=found.open_from,
        open_until=found.open_until,
        reason=decided.code,
        conditions=person.conditions_on(day) if decided.open else (),
        warnings=tuple(warnings),
        rule=decided.rule,
        why=decided.why,
        maintained_until=decided.maintained_until,
        managed_by=decided.managed_by,
    )
