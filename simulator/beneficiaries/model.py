"""Rights of a beneficiary on a date of care.

The dated periods decide alone (law 54-23 is already translated into them). Reasons of closure:
`deceased` from the day after the death, else `rights-closed`. Source: announced regimes of the AMO;
fidelity: deduced for the principle, hypothesis for the codes.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from msgspec import Struct

from fixtures.model import Beneficiary, LongTermCondition
from simulator.kit.problems import Problem

Key = tuple[str, int]
"""Registration number and dependant's rank."""


class Rights(Struct, frozen=True):
    """What holds on one day. When closed, the period is the last one known before that day."""

    day: date
    open: bool
    regime: str
    open_from: date
    open_until: date | None
    reason: str | None
    conditions: tuple[LongTermCondition, ...]
    warnings: tuple[tuple[str, str], ...]


class Register(Struct, frozen=True):
    """The beneficiaries a world knows."""

    people: Mapping[Key, Beneficiary]

    def find(self, registration_number: str, dependant_rank: int, *, pointer: str = "") -> Beneficiary:
        """Raises Problem unknown-beneficiary; `pointer` is the place of the reference in the request."""
        found = self.people.get((registration_number, dependant_rank))
        if found is None:
            detail = "Aucun bénéficiaire ne porte ce numéro d'immatriculation et ce rang."
            errors = [{"pointer": pointer, "code": "unknown-beneficiary", "detail": detail}]
            raise Problem("unknown-beneficiary", detail, errors=errors if pointer else ())
        return found


def rights_on(person: Beneficiary, day: date) -> Rights:
    """Rights of a person on a day in Morocco."""
    period = person.rights_on(day)
    warnings: list[tuple[str, str]] = []
    reason = None
    if period is None:
        reason = "deceased" if person.death_date and day > person.death_date else "rights-closed"
        warnings.append(("rights-closed", f"Les droits ne sont pas ouverts le {day:%d/%m/%Y}."))
    if person.provisional:
        warnings.append(("provisional-registration", "Nouveau-né rattaché au numéro de sa mère, à régulariser."))
    shown = period or ([p for p in person.rights if p.open_from <= day] or list(person.rights[:1]))[-1]
    return Rights(
        day=day,
        open=period is not None,
        regime=person.regime_on(day),
        open_from=shown.open_from,
        open_until=shown.open_until,
        reason=reason,
        conditions=person.conditions_on(day) if period else (),
        warnings=tuple(warnings),
    )
