"""The directory of a world: fixtures under that world's suspensions."""

import pytest

import fixtures
from simulator.kit.problems import Problem
from simulator.professionals.model import Directory, quality

PEOPLE = {person.inpe: person for person in fixtures.professionals()}


def test_an_active_professional_is_found() -> None:
    found = Directory(PEOPLE).active("100000011")
    assert (found.name, found.establishment.id) == ("Dr Salma Bennani", "CAB-KEN-01")


@pytest.mark.parametrize(
    ("inpe", "suspended", "slug"),
    [
        ("100000037", frozenset(), "professional-suspended"),
        ("100000011", frozenset({"100000011"}), "professional-suspended"),
        ("999999999", frozenset(), "role-not-allowed"),
        (None, frozenset(), "role-not-allowed"),
    ],
)
def test_others_may_not_practise(inpe: str | None, suspended: frozenset[str], slug: str) -> None:
    with pytest.raises(Problem, match=slug):
        Directory(PEOPLE, suspended).active(inpe)


def test_every_persona_has_a_quality_to_print() -> None:
    assert {quality(p.speciality) for p in fixtures.professionals()} & {
        p.speciality for p in fixtures.professionals()
    } == set()
    assert quality("XYZ") == "XYZ"
