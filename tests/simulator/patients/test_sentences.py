"""Each access in a sentence; every event that the code records has one, or a reason not to be shown."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from types import MappingProxyType
from typing import get_args

import pytest

import fixtures
import simulator
from simulator.audit import store as audit
from simulator.beneficiaries.model import Register
from simulator.care_sheets.store import SheetEvent
from simulator.kit import problems
from simulator.kit.clock import parse
from simulator.kit.problems import Problem
from simulator.patients import model, people
from simulator.patients.refusals import REFUSALS, TOLD
from simulator.patients.sentences import NOT_SHOWN, SENTENCES, moment, sentence
from simulator.professionals.model import SECTIONS as BY_ROLE
from simulator.professionals.words import NAMES, ROLES, SECTIONS, listed
from simulator.worlds.trust import RevocationKind

AT = parse("2026-11-23T09:05:00Z")
NUMBER = "2604817390552494"
PROFESSIONALS = {person.inpe: person for person in fixtures.professionals()}
PATIENTS = {(person.registration_number, person.dependant_rank): person for person in fixtures.beneficiaries()}
HASSAN, MERYEM, YASMINE = ("100000001", 0), ("100000001", 1), ("100000001", 2)
WHY = {"problem": "wrong-backup-code"}
ROOT = Path(simulator.__file__).parent
WRITERS = {"audit": 2, "append": 2, "append_each": 2, "by_platform": 3, "save": 4}
"""Functions that record an event, and the place of its name among their arguments."""
TYPED = {
    "event": get_args(SheetEvent),
    "act.event": get_args(SheetEvent),
    "f'{kind}-revoked'": [f"{kind}-revoked" for kind in get_args(RevocationKind)],
}
"""How an event may be written other than in full, and what mypy knows of it then."""


def who(actor: str, viewer: tuple[str, int] = HASSAN) -> people.Who:
    return people.who(actor, viewer, PROFESSIONALS, PATIENTS)


@pytest.mark.parametrize(
    ("actor", "event", "data", "expected"),
    [
        (
            "essai/200000012",
            "care-sheet-read",
            {"section": "pharmacy"},
            "la pharmacie Al Amal (Nadia Chraibi) a lu la section pharmacie de votre feuille 2604 8173 9055 2494.",
        ),
        (
            "essai/200000012+prep-ken-01",
            "section-executed",
            {"section": "pharmacy"},
            "la pharmacie Al Amal (Nadia Chraibi, par Hamza Lahlou) a enregistré ce qui a été fait pour la section "
            "pharmacie de votre feuille 2604 8173 9055 2494.",
        ),
        (
            "essai/100000011",
            "care-sheet-read",
            {},
            "le cabinet Bennani (Dr Salma Bennani) a lu votre feuille 2604 8173 9055 2494.",
        ),
        (
            "essai/900000020",
            "care-sheet-read",
            {},
            "la clinique de la Mamora a lu votre feuille 2604 8173 9055 2494.",
        ),
        (
            "essai/800000019",
            "care-sheet-read",
            {},
            "l'établissement Optique et orthopédie du Gharb (Jalal Sefrioui) a lu votre feuille 2604 8173 9055 2494.",
        ),
        (
            "essai/990000011",
            "care-sheet-read",
            {},
            "l'agence CNSS de Kénitra (Rim Ouahbi) a lu votre feuille 2604 8173 9055 2494.",
        ),
        ("essai/ben:100000001/0", "care-sheet-read", {}, "vous avez lu votre feuille 2604 8173 9055 2494."),
        ("essai/ben:100000001/1", "care-sheet-read", {}, "Meryem a lu votre feuille 2604 8173 9055 2494."),
        (
            "essai/ben:100000002/0",
            "refused",
            {"problem": "not-found"},
            "un autre patient a tenté d'accéder à votre feuille 2604 8173 9055 2494 : refusé (rien ne lui en est "
            "ouvert).",
        ),
        ("essai/-", "care-sheet-read", {}, "le logiciel essai a lu votre feuille 2604 8173 9055 2494."),
        (
            "cnss/-",
            "prior-approval-granted",
            {"section": "physiotherapy"},
            "la CNSS a donné son accord préalable pour la section kinésithérapie de votre feuille 2604 8173 9055 2494.",
        ),
        ("-/-", "care-sheet-read", {}, "un logiciel non identifié a lu votre feuille 2604 8173 9055 2494."),
    ],
)
def test_a_sentence(actor: str, event: str, data: dict[str, str], expected: str) -> None:
    assert sentence(AT, who(actor), event, NUMBER, data, None) == f"Le 23 novembre 2026 à 10 h 05, {expected}"


def test_about_the_person_and_about_a_child() -> None:
    gp = who("essai/100000011")
    start = "Le 23 novembre 2026 à 10 h 05, le cabinet Bennani (Dr Salma Bennani) a"
    assert sentence(AT, gp, "rights-checked", None, {}, None) == f"{start} vérifié vos droits."
    of_her = sentence(AT, gp, "rights-checked", None, {}, "Yasmine")
    assert of_her == f"{start} vérifié les droits de Yasmine."
    sheet = sentence(AT, gp, "care-sheet-issued", NUMBER, {}, "Imane")
    assert sheet == f"{start} émis la feuille 2604 8173 9055 2494 d'Imane."


def test_the_time_is_that_of_morocco() -> None:
    assert moment(parse("2026-11-30T23:30:00Z")) == "1er décembre 2026 à 0 h 30"
    assert moment(parse("2027-02-20T09:00:00Z")) == "20 février 2027 à 9 h 00", "Ramadan: UTC+0"


@pytest.mark.parametrize("event", SENTENCES)
@pytest.mark.parametrize("whose", [None, "Yasmine"])
def test_every_template_can_be_filled(event: str, whose: str | None) -> None:
    for number in (NUMBER, None):
        said = sentence(AT, who("essai/100000011"), event, number, {"section": "pharmacy", **WHY}, whose)
        assert said.endswith(".")
        assert "{" not in said
    with_number = sentence(AT, who("essai/100000011"), event, NUMBER, WHY, whose)
    assert "  " not in with_number


def test_another_familys_patient_is_never_named() -> None:
    assert who("essai/ben:100000002/0").name == "Un autre patient"
    assert who("essai/ben:100000001/1").name == "Meryem"
    assert who("essai/ben:100000001/0").me
    assert not who("essai/ben:100000001/0", YASMINE).me
    assert who("essai/ben:100000001/0", YASMINE).name == "Hassan"


def test_every_section_and_role_has_a_name() -> None:
    assert set(SECTIONS) == set(NAMES) == {"prescriber", *(kind for kinds in BY_ROLE.values() for kind in kinds)}
    assert set(ROLES) == {*BY_ROLE, "patient"}
    assert listed(["pharmacy"]) == "« pharmacie »"
    assert listed(["biology", "imaging", "nursing"]) == "« biologie », « imagerie » ou « soins infirmiers »"


def test_every_refusal_of_the_catalogue_is_told_or_kept_back() -> None:
    assert set(REFUSALS) == set(problems.catalogue())
    assert {slug for slug, told in REFUSALS.items() if told is not None} == set(TOLD)


@pytest.mark.parametrize("slug", TOLD)
def test_a_refusal_is_told_in_words_for_a_patient(slug: str) -> None:
    title = problems.catalogue()[slug].title["fr"]
    for actor in ("essai/200000012", "essai/ben:100000001/0"):
        said = sentence(AT, who(actor), "refused", NUMBER, {"problem": slug}, None)
        assert f"refusé ({title})" not in said and "{" not in said
        assert said.endswith(").")


def recorded(source: str) -> Iterator[str]:
    """Events named in a module; an event that is not written in full raises."""
    for node in ast.walk(ast.parse(source)):
        if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Attribute):
            continue
        place = WRITERS.get(node.func.attr)
        if place is None or len(node.args) <= place or not _takes_a_transaction(node):
            continue
        event = node.args[place]
        for choice in [event.body, event.orelse] if isinstance(event, ast.IfExp) else [event]:
            if isinstance(choice, ast.Constant):
                yield str(choice.value)
            elif (written := ast.unparse(choice)) in TYPED:
                yield from TYPED[written]
            else:
                raise AssertionError(f"line {node.lineno}: the event is not written in full: {written}")


def _takes_a_transaction(node: ast.Call) -> bool:
    """A transaction and a call, or what the clock does, which has no call."""
    names = [arg.id for arg in node.args[:2] if isinstance(arg, ast.Name)]
    return names == ["tx", "call"] or (isinstance(node.func, ast.Attribute) and node.func.attr == "by_platform")


def events() -> set[str]:
    """Those written in full, those that the type of `care_sheets.store.save` allows, and the one of a migration."""
    found = {event for path in ROOT.rglob("*.py") for event in recorded(path.read_text(encoding="utf-8"))}
    return {*found, *get_args(SheetEvent), audit.REFUSED, "care-sheet-carried-over"}


def test_every_event_has_a_sentence_or_a_reason() -> None:
    assert set(SENTENCES) | set(NOT_SHOWN) == events()
    assert not set(SENTENCES) & set(NOT_SHOWN)


def test_the_search_for_events_can_fail() -> None:
    assert list(recorded('audit.append(tx, call, "a", number, {})')) == ["a"]
    assert list(recorded('lines.append(tx, call, "a")\nitems.append(line)')) == ["a"]
    with pytest.raises(AssertionError, match="in full"):
        list(recorded("audit.append(tx, call, name, number, {})"))


@pytest.mark.parametrize(
    ("viewer", "rank", "seen"),
    [
        (HASSAN, 0, True),
        (HASSAN, 2, True),
        (HASSAN, 1, False),
        (HASSAN, 9, False),
        (MERYEM, 1, True),
        (MERYEM, 0, False),
        (MERYEM, 2, False),
        (YASMINE, 2, True),
        (YASMINE, 0, False),
        (("100000013", 0), 3, False),
        (("100000014", 0), 4, True),
    ],
)
def test_whom_one_sees(viewer: tuple[str, int], rank: int, seen: bool) -> None:
    register, day = Register(MappingProxyType(PATIENTS)), date(2026, 11, 23)
    if seen:
        assert model.find(register, viewer, rank, day, 18).dependant_rank == rank
    else:
        with pytest.raises(Problem, match="not-found"):
            model.find(register, viewer, rank, day, 18)


def test_a_child_is_seen_until_the_day_before_majority() -> None:
    yasmine = PATIENTS[YASMINE]
    assert yasmine.birth_date == date(2018, 4, 12)
    assert model.sees(HASSAN, yasmine, date(2036, 4, 11), 18)
    assert not model.sees(HASSAN, yasmine, date(2036, 4, 12), 18)
    assert model.sees(YASMINE, yasmine, date(2036, 4, 12), 18)
