"""The table of rights computed by hand (rights_cases.yaml), and people of one name told apart."""

from datetime import date
from pathlib import Path
from typing import Any

import pytest
import yaml

import fixtures
from fixtures import loader
from simulator.beneficiaries.model import Register
from simulator.beneficiaries.service import rights_on

TABLE = yaml.safe_load(Path(__file__).with_name("rights_cases.yaml").read_text(encoding="utf-8"))
CASES = [pytest.param(row, day, id=f"{row['case']}-{day['day']}") for row in TABLE for day in row["days"]]
ANYBODY = {"persona": "anybody", "registration_number": "100000099", "dependant_rank": 0, "relation": "insured"} | {
    "family_name": "A",
    "given_name": "B",
    "birth_date": date(1980, 1, 1),
    "sex": "F",
    "note": "",
}


def person(row: dict[str, Any]) -> fixtures.Beneficiary:
    return fixtures.beneficiary(row["persona"]) if "persona" in row else loader._beneficiary(ANYBODY | row["facts"])


@pytest.mark.parametrize(("row", "expected"), CASES)
def test_a_day_computed_by_hand(row: dict[str, Any], expected: dict[str, Any]) -> None:
    found = rights_on(person(row), expected["day"])
    assert found.reason == expected.get("closed"), expected["how"]
    assert found.open == ("open" in expected)
    assert found.rule == expected["rule"], expected["how"]
    assert found.maintained_until == expected.get("until"), expected["how"]
    assert found.regime == expected.get("open", found.regime)
    assert found.managed_by == expected.get("by", found.managed_by)
    assert found.open or found.why
    if found.open and found.maintained_until:
        assert found.why and f"Droits maintenus jusqu'au {found.maintained_until:%d/%m/%Y}" in found.why


def test_the_table_is_sound() -> None:
    assert len(CASES) >= 100
    known = {rule.id for rule in fixtures.rules()}
    assert all(day["rule"] in known and day["how"] and ("open" in day) != ("closed" in day) for _, day in _pairs())
    regimes = {day["open"] for _, day in _pairs() if "open" in day}
    assert regimes == {"salaried", "tns", "tadamon", "achamil", "domestic", "public", "student"}


def _pairs() -> list[tuple[Any, Any]]:
    return [(row, day) for row in TABLE for day in row["days"]]


def test_the_reasons_are_said_in_plain_french() -> None:
    def why(persona: str, day: date) -> str | None:
        return rights_on(fixtures.beneficiary(persona), day).why

    assert why("salaried", fixtures.SUITE_DATE) is None
    assert why("rights-closed", date(2026, 6, 30)) == (
        "Droits maintenus jusqu'au 30/06/2026 : 6 mois après la fin du travail (31/12/2025)."
    )
    assert why("rights-closed", date(2026, 7, 1)) == (
        "Les droits, maintenus 6 mois après la fin du travail (31/12/2025), ont pris fin le 30/06/2026."
    )
    assert why("child-29", fixtures.SUITE_DATE) == (
        "Un enfant qui étudie n'est plus couvert à 26 ans, atteints le 10/05/2023."
    )
    assert why("deceased", date(2026, 10, 3)) == "Décès le 02/10/2026 : les droits sont fermés depuis le lendemain."
    assert why("child-married", date(2026, 10, 18)) == (
        "Mariage le 17/10/2026 : les droits d'enfant sont fermés depuis le lendemain."
    )
    assert why("newborn", date(2026, 12, 20)) == (
        "Nouveau-né rattaché au numéro de sa mère, à régulariser d'ici au 20/12/2026."
    )
    assert why("newborn", date(2040, 1, 1)) == (
        "Enfant né le 20/11/2026, toujours sans numéro après 30 jours : ses droits ont pris fin le 20/12/2026."
    )
    assert [code for code, _ in rights_on(fixtures.beneficiary("newborn"), date(2040, 1, 1)).warnings] == [
        "rights-closed"
    ]
    assert why("student", date(2027, 3, 1)) == "Ce régime a pris fin le 28/02/2027."


def test_homonyms_are_told_apart_by_number_and_rank() -> None:
    """A father and his son of one name under one number, and a stranger of that name under another."""
    name = {"family_name": "Alaoui", "given_name": "Mohammed"}
    ended = {"regime": "salaried", "from": date(2010, 1, 1), "until": date(2026, 1, 1)}
    son = {"relation": "child", "dependant_rank": 1, "birth_date": date(2005, 1, 1)}
    rows = [
        {"affiliations": [{"regime": "salaried", "from": date(2010, 1, 1)}]},
        son | {"affiliations": [{"regime": "salaried", "from": date(2010, 1, 1)}]},
        {"registration_number": "100000098", "affiliations": [ended]},
    ]
    people = [loader._beneficiary(ANYBODY | name | row) for row in rows]
    register = Register({(p.registration_number, p.dependant_rank): p for p in people})
    keys = [("100000099", 0), ("100000099", 1), ("100000098", 0)]
    told = [rights_on(register.find(*key), fixtures.SUITE_DATE) for key in keys]
    assert [one.rule for one in told] == ["RGL-AFFILIATION", "RGL-ENFANT-21", "RGL-AFFILIATION"]
    # The son turned 21 on 1 January 2026; the stranger's affiliation ended that day, without maintenance.
    assert [one.open for one in told] == [True, False, False]
