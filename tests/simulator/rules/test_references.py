"""The day of law 54-23 is written once: changing it moves all that the law changes; a set that disagrees is told."""

from __future__ import annotations

import shutil
from datetime import date, timedelta
from pathlib import Path

import pytest

import fixtures
from fixtures import loader
from fixtures.dated import Reference, reference
from simulator.beneficiaries.entitlement import of_rights
from simulator.beneficiaries.model import Rights, rights_on
from simulator.claims.adjudication import adjudicate
from simulator.claims.rules import rule_set
from simulator.claims.terms import RightsContext, RuleSet
from simulator.rules import checking, project, written
from tests.simulator.claims.test_page import GP, act

LAW = (fixtures.FOLDER / "rules" / "law-54-23.yaml").read_text(encoding="utf-8")
RIGHTS = (fixtures.FOLDER / "rules" / "rights.yaml").read_text(encoding="utf-8")
NEW = date(2027, 2, 15)
EVE = NEW - timedelta(days=1)
MOVED = LAW.replace('value: "2027-03-01"', 'value: "2027-02-15"')


@pytest.fixture(scope="module")
def rules(tmp_path_factory: pytest.TempPathFactory) -> tuple[fixtures.Rule, ...]:
    """The rules of the project, where that one value was changed."""
    folder = tmp_path_factory.mktemp("regles")
    for path in (fixtures.FOLDER / "rules").glob("*.yaml"):
        shutil.copy(path, folder)
    (folder / "law-54-23.yaml").write_text(MOVED, encoding="utf-8")
    return loader.rules_in(folder)


def test_the_day_is_written_once() -> None:
    assert LAW.count("2027-03-01") == 1 and "2027-03-01" not in RIGHTS and "2027-02-28" not in LAW + RIGHTS
    assert reference("eve of law-54-23.in-force") == Reference("law-54-23.in-force", True)
    assert [reference(text) for text in ("2027-03-01", "0.70", "CNSS", "eve of rien", None)] == [None] * 5


def test_each_boundary_moves(rules: tuple[fixtures.Rule, ...]) -> None:
    dated = of_rights(rules)

    def on(persona: str, day: date) -> Rights:
        return rights_on(fixtures.beneficiary(persona), day, dated)

    student, law = (on("student", EVE), on("student", NEW)), (on("child-29", EVE), on("child-29", NEW))
    assert [one.open for one in student] == [True, False]
    assert student[0].open_until == EVE and student[1].why == "Ce régime a pris fin le 14/02/2027."
    assert [on("public", day).managed_by for day in (EVE, NEW)] == ["CNOPS", "CNSS"]
    assert [on("student", day).managed_by for day in (EVE, NEW)] == ["CNOPS", None]
    assert [(one.open, one.rule) for one in law] == [
        (False, "RGL-ENFANT-ETUDIANT-26"),
        (True, "RGL-ENFANT-ETUDIANT-30"),
    ]


def test_the_explanation_of_a_claim_moves(rules: tuple[fixtures.Rule, ...]) -> None:
    known = rule_set("tnr-2006")
    mine = [rule for rule in rules if rule.tariff_set in (None, "tnr-2006")]
    moved = RuleSet("tnr-2006", fixtures.DatedRules(mine), known.remedies, known.capped, known.aged)
    public = RightsContext(open=True, regime="public")
    steps = [adjudicate(act("150.00", GP), public, moved, day).explanation[0] for day in (EVE, NEW)]
    assert [(step.rule, step.result) for step in steps] == [
        ("RGL-GESTION-PUBLIC-CNOPS", "CNOPS"),
        ("RGL-GESTION-PUBLIC-CNSS", "CNSS"),
    ]


def test_no_rule_keeps_the_former_day(rules: tuple[fixtures.Rule, ...]) -> None:
    before = {rule.id: rule for rule in fixtures.rules()}
    former = (date(2027, 3, 1), date(2027, 2, 28))
    told = {rule.id for rule in before.values() if {rule.valid_from, rule.valid_until} & set(former)}
    told |= {rule.id for rule in before.values() if rule.value in map(str, former)}
    assert len(told) == 7
    for rule in rules:
        assert not {rule.valid_from, rule.valid_until, rule.value} & {*former, *map(str, former)}
        assert (rule.id in told) == (rule != before[rule.id])


def check(*files: tuple[str, str], alone: bool = False) -> list[tuple[str, str, str]]:
    own = project.sheets()
    sheets = [written.read(text.encode(), name) for name, text in files]
    faults = checking.check(sheets, own, project.words(own), alone=alone)
    return [(fault.code, fault.rule, fault.received) for fault in faults]


def test_a_new_day_alone_is_no_fault() -> None:
    assert check(("law-54-23.yaml", MOVED)) == check(("law-54-23.yaml", MOVED), alone=True) == []


def test_a_set_whose_days_disagree_is_told() -> None:
    apart = "dates-apart"
    for alone in (False, True):
        text = MOVED.replace("value: eve of law-54-23.in-force", 'value: "2027-06-30"')
        assert check(("law-54-23.yaml", text), alone=alone) == [(apart, "RGL-ETUDIANTS-FIN", "value: 2027-06-30")]
        # Both sides of an age written by hand, at the former day.
        text = MOVED.replace("valid_until: eve of law-54-23.in-force", "valid_until: 2027-02-28")
        text = text.replace("valid_from: law-54-23.in-force", "valid_from: 2027-03-01")
        assert check(("law-54-23.yaml", text), alone=alone) == [
            (apart, "RGL-ENFANT-ETUDIANT-26", "valid_until: 2027-02-28"),
            (apart, "RGL-ENFANT-ETUDIANT-30", "valid_from: 2027-03-01"),
        ]
    # The day in one file, the manager of the scheme in the other.
    text = RIGHTS.replace("valid_until: eve of law-54-23.in-force", "valid_until: 2027-02-28")
    text = text.replace("valid_from: law-54-23.in-force", "valid_from: 2027-03-01")
    assert check(("rights.yaml", text)) == [], "the day that the law has today"
    told = check(("law-54-23.yaml", MOVED), ("rights.yaml", text))
    assert {rule for _, rule, _ in told} == {
        "RGL-GESTION-PUBLIC-CNOPS",
        "RGL-GESTION-PUBLIC-CNSS",
        "RGL-GESTION-ETUDIANTS",
    }
    assert {code for code, _, _ in told} == {apart}


def test_a_later_change_of_the_same_subject_is_none() -> None:
    """A decree of 2030 that changes the age again agrees with the law as it entered into force."""
    line = next(line for line in LAW.splitlines() if "RGL-ENFANT-ETUDIANT-30" in line)
    later = line.replace("ETUDIANT-30", "ETUDIANT-32").replace('"30"', '"32"')
    later = later.replace("valid_from: law-54-23.in-force", "valid_from: 2030-01-01")
    ended = line.replace("valid_from: law-54-23.in-force", "valid_from: law-54-23.in-force, valid_until: 2029-12-31")
    assert check(("law-54-23.yaml", LAW.replace(line, f"{ended}\n{later}"))) == []


def test_the_loader_names_a_rule_that_refers_to_nothing(tmp_path: Path) -> None:
    (tmp_path / "law.yaml").write_text(
        LAW.replace("subject: law-54-23.in-force", "subject: law.other"), encoding="utf-8"
    )
    with pytest.raises(ValueError, match=r"law\.yaml: RGL-ENFANT-ETUDIANT-26: 'law-54-23\.in-force'"):
        loader.rules_in(tmp_path)
