"""`fse rules` and `fse rules show`: the rules of a day and the history of one, for a person and for a program."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

import pytest
import typer
from typer.testing import CliRunner

import fixtures
from simulator.kit import clock
from simulator.reference import rules as reference
from simulator.rules import cli, dated
from simulator.rules.units import day_of, readable, said
from simulator.rules.words import BADGES, FAMILIES, family

EVE, DAY = "2027-02-28", "2027-03-01"


def run(*words: str) -> Any:
    app = typer.Typer()
    cli.register(app)
    app.command("other")(lambda: None)
    return CliRunner().invoke(app, ["rules", *words])


def listed(*words: str) -> dict[str, Any]:
    answer = json.loads(run(*words, "--json").stdout)
    return {rule["subject"]: rule for rule in answer["rules"]}


def test_every_rule_of_the_day_is_listed_with_its_source_and_fidelity_in_80_columns() -> None:
    told = run("--on", DAY).stdout
    assert max(map(len, told.splitlines())) <= 80
    flat = " ".join(told.split())
    shown = dated.in_force(date(2027, 3, 1), "tnr-2006")
    assert len(shown) > 40 and {rule.fidelity for rule in shown} == set(BADGES)
    for rule in shown:
        heading = f"{rule.id} {said(rule.value, rule.unit)} [{BADGES[rule.fidelity]}] {rule.label_fr} {rule.subject}"
        assert heading in flat and f"source : {rule.source}" in flat, rule.id


def test_the_day_the_set_and_the_subject_choose() -> None:
    assert listed("--on", EVE)["child.age-limit.studying"]["value"] == "26"
    assert listed("--on", DAY)["child.age-limit.studying"]["value"] == "30"
    assert listed("--on", EVE)["rate.private"]["value"] == "0.70"
    assert listed("--on", EVE, "--set", "conventions-2020")["rate.private"]["value"] == "0.80"
    assert listed("--on", "2020-01-12", "--set", "conventions-2020")["rate.private"]["value"] == "0.70"
    assert set(listed("--on", EVE, "--subject", "rate.")) == {
        f"rate.{x}" for x in ("private", "public", "medicine", "ald", "alc")
    }
    empty = run("--on", "1990-01-01")
    assert empty.exit_code == 0 and empty.stdout == "Aucune règle en vigueur le 1990-01-01, jeu de tarifs tnr-2006.\n"


def test_without_a_day_it_is_today_in_morocco(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock, "real_now", lambda: datetime(2027, 6, 30, 23, 30, tzinfo=UTC))
    assert json.loads(run("--json").stdout)["on"] == "2027-07-01"


def test_a_rule_says_what_it_replaces_and_what_replaces_it() -> None:
    before = json.loads(run("show", "rgl-enfant-etudiant-26", "--on", EVE, "--json").stdout)
    assert before["in_force"] is True
    assert (before["replaces"], before["replaced_by"]) == (None, "RGL-ENFANT-ETUDIANT-30")
    after = json.loads(run("show", "RGL-ENFANT-ETUDIANT-30", "--on", EVE, "--json").stdout)
    assert after["in_force"] is False
    assert (after["replaces"], after["replaced_by"]) == ("RGL-ENFANT-ETUDIANT-26", None)
    told = run("show", "RGL-ENFANT-ETUDIANT-26", "--on", EVE).stdout
    assert "en vigueur le 2027-02-28" in told and "Après elle :\n  RGL-ENFANT-ETUDIANT-30  30 ans" in told
    assert max(map(len, told.splitlines())) <= 80


def test_another_tariff_set_is_told_apart_from_history() -> None:
    told = json.loads(run("show", "RGL-TAUX-PRIVE", "--on", EVE, "--json").stdout)
    assert told["before"] == told["after"] == []
    assert [rule["id"] for rule in told["elsewhere"]] == ["RGL-CNV-TAUX"]
    assert "Dans un autre jeu de tarifs :\n  RGL-CNV-TAUX" in run("show", "RGL-TAUX-PRIVE").stdout


@pytest.mark.parametrize("rule", fixtures.rules(), ids=lambda rule: rule.id)
def test_every_rule_can_be_shown(rule: fixtures.Rule) -> None:
    answer = run("show", rule.id, "--on", DAY)
    assert answer.exit_code == 0 and max(map(len, answer.stdout.splitlines())) <= 80
    assert rule.legal_reference in " ".join(answer.stdout.split())


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["--on", "2026-02-30"], "--on attend un jour du calendrier, comme 2027-03-01 ; reçu « 2026-02-30 »"),
        (["--on", "20270301"], "reçu « 20270301 »"),
        (["show", "RGL-TAUX-PRIVE", "--on", "hier"], "reçu « hier »"),
        (["--set", "tnr"], "le jeu de tarifs « tnr » n'existe pas ; les jeux : tnr-2006, conventions-2020."),
        (["--subject", "rate.privee"], "aucun sujet ne commence par « rate.privee ». Voulez-vous dire rate.private"),
        (["show", "RGL-TAUX-PRIVES"], "n'existe pas. Voulez-vous dire RGL-TAUX-PRIVE"),
    ],
)
def test_a_wrong_request_is_one_french_line_and_code_2(words: list[str], says: str) -> None:
    answer = run(*words)
    assert answer.exit_code == 2 and answer.stdout == ""
    assert answer.stderr.startswith("Erreur : ") and says in answer.stderr


@pytest.mark.parametrize(
    ("value", "unit", "told"),
    [
        ("80.00", "MAD", "80,00 MAD"),
        ("0.70", "rate", "70 %"),
        ("0.985", "rate", "98,5 %"),
        ("1.00", "rate", "100 %"),
        ("1", "days", "1 jour"),
        ("90", "days", "90 jours"),
        ("7200", "seconds", "2 heures"),
        ("300", "seconds", "5 minutes"),
        ("5", "seconds", "5 secondes"),
        ("5 300 7200", "delays", "5 secondes, 5 minutes, 2 heures"),
        ("10", "count", "10"),
        ("2027-03-01", "date", "2027-03-01"),
        ("soixante", "days", "soixante (days)"),
        ("3", "parsecs", "3 (parsecs)"),
    ],
)
def test_a_value_is_said_with_its_unit(value: str, unit: str, told: str) -> None:
    assert said(value, unit) == told


def test_every_value_of_the_project_is_readable() -> None:
    assert [rule.id for rule in fixtures.rules() if not readable(rule.value, rule.unit)] == []
    assert day_of("2027-02-29") is None and day_of("2028-02-29") == date(2028, 2, 29)


def test_every_family_has_a_french_title() -> None:
    assert {family(rule.subject) for rule in fixtures.rules()} <= set(FAMILIES)


def test_the_page_has_every_rule_and_marks_every_hypothesis() -> None:
    text = reference.page().markdown("")
    for rule in fixtures.rules():
        (row,) = re.findall(rf"^\| \*\*{rule.id}\*\* .*$", text, re.M)
        wanted = (f"`{rule.subject}`", str(rule.valid_from), rule.source, rule.legal_reference)
        assert all(one in row for one in wanted), rule.id
        assert ("⚠ **hypothèse**" in row) == (rule.fidelity == "hypothesis"), rule.id
    assert "| 2027-03-01 | `child.age-limit.studying` : 26 ans (RGL-ENFANT-ETUDIANT-26) devient 30 ans." in text
    assert "| 2027-03-01 | Entrée en vigueur supposée de la loi 54-23" in text


def test_the_page_follows_the_data(monkeypatch: pytest.MonkeyPatch) -> None:
    last = fixtures.rules()[-1]
    changed = replace(last, value="11", valid_from=date(2028, 1, 1), id="RGL-NOUVELLE")
    ended = replace(last, valid_until=date(2027, 12, 31))
    monkeypatch.setattr(fixtures, "rules", lambda: (*fixtures.loader.rules()[:-1], ended, changed))
    text = reference.page().markdown("")
    assert f"`{last.subject}` : {last.value} ({last.id}) devient 11." in text
