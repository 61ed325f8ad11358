"""The directory of a world: fixtures under that world's suspensions."""

from datetime import date

import pytest

import fixtures
from simulator.kit.problems import Problem
from simulator.professionals.model import EXECUTORS, SECTIONS, Directory, quality

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


GP, SPECIALIST, REPLACING, ENDED = "100000011", "100000029", "100000052", "100000060"
DAY, PRACTICE = date(2026, 11, 23), "CAB-KEN-01"


def test_a_replacing_doctor_acts_for_the_author_within_his_dates() -> None:
    directory = Directory(PEOPLE)
    assert directory.acting_for(GP, GP, PRACTICE, DAY) and directory.acting_for(REPLACING, GP, PRACTICE, DAY)
    assert not directory.acting_for(SPECIALIST, GP, PRACTICE, DAY) and not directory.acting_for(
        REPLACING, SPECIALIST, PRACTICE, DAY
    )
    assert directory.acting_for(REPLACING, GP, PRACTICE, date(2026, 12, 31)) and directory.acting_for(
        ENDED, ENDED, PRACTICE, DAY
    )
    for inpe, day in ((ENDED, DAY), (REPLACING, date(2026, 10, 31)), (REPLACING, date(2027, 1, 1))):
        with pytest.raises(Problem, match="replacement-not-in-force"):
            directory.acting_for(inpe, GP, PRACTICE, day)
    assert directory.acting_for(ENDED, GP, PRACTICE, date(2026, 10, 31))


def test_the_doctor_who_was_replaced_acts_on_what_was_issued_in_her_practice() -> None:
    directory = Directory(PEOPLE)
    for replacing in (REPLACING, ENDED):  # whenever it was
        assert directory.acting_for(GP, replacing, PRACTICE, DAY)
        assert not directory.acting_for(GP, replacing, "CAB-RAB-01", DAY)
        assert not directory.acting_for(SPECIALIST, replacing, PRACTICE, DAY)
    assert not directory.acting_for(REPLACING, ENDED, PRACTICE, DAY)
    with pytest.raises(Problem, match="professional-suspended"):
        Directory(PEOPLE, {GP}).acting_for(GP, REPLACING, PRACTICE, DAY)


def test_somebody_who_only_replaces_practises_within_the_dates() -> None:
    directory = Directory(PEOPLE)
    assert directory.practising(REPLACING, DAY).inpe == REPLACING and directory.practising(GP, DAY).inpe == GP
    assert directory.practising(ENDED, date(2026, 10, 31)).inpe == ENDED
    with pytest.raises(Problem, match="replacement-not-in-force"):
        directory.practising(ENDED, DAY)


def test_a_suspended_author_may_still_be_replaced_but_not_by_a_suspended_one() -> None:
    assert Directory(PEOPLE, frozenset({GP})).acting_for(REPLACING, GP, PRACTICE, DAY)
    with pytest.raises(Problem, match="professional-suspended"):
        Directory(PEOPLE, frozenset({REPLACING})).acting_for(REPLACING, GP, PRACTICE, DAY)


def test_every_professional_has_a_role_of_the_table_and_every_section_an_executor() -> None:
    assert {p.role for p in fixtures.professionals()} == set(SECTIONS)
    assert {kind for role in EXECUTORS for kind in SECTIONS[role]} == {
        "pharmacy",
        "biology",
        "imaging",
        "physiotherapy",
        "dental",
        "nursing",
        "devices",
    }
