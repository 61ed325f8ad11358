"""Whose data a patient may see: his own, and for the insured person those of dependants who are not of age.

Source: announced patient space of the CNSS; that minors are seen through the insured person is a hypothesis (rule
`patient.majority`).
"""

from __future__ import annotations

from datetime import date

from fixtures.model import Beneficiary
from simulator.beneficiaries.model import Key, Register
from simulator.kit.problems import Problem

INSURED = 0
"""Rank of the insured person; the others are dependants."""


def sees(viewer: Key, person: Beneficiary, day: date, majority: int) -> bool:
    """May `viewer` see that person's data on that day? `majority` in years."""
    number, rank = viewer
    if person.registration_number != number:
        return False
    if person.dependant_rank == rank:
        return True
    return rank == INSURED and person.age_on(day) < majority


def find(people: Register, viewer: Key, rank: int, day: date, majority: int) -> Beneficiary:
    """The person of that rank in the viewer's family. Raises Problem not-found: unknown or not his to see."""
    person = people.people.get((viewer[0], rank))
    if person is None or not sees(viewer, person, day, majority):
        raise Problem("not-found", "Aucun ayant droit de ce rang ne vous est accessible.")
    return person
