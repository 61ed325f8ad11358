"""Rights, told claim by claim: law 54-23, the scheme's manager, maintenance, a death. Texts in `explained/`.

PYTHONPATH=. python tests/simulator/claims/test_law.py    # writes them again, to be read before they are kept
"""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Any

import pytest

import fixtures
from simulator.beneficiaries.service import rights_on
from simulator.claims.adjudication import adjudicate
from simulator.claims.answers import to_json
from simulator.claims.model import Claim, ClaimLine
from simulator.claims.page import Around, faults, page
from simulator.claims.rules import rule_set
from simulator.claims.service import rights_context
from tests.simulator.claims.test_page import GP, act

KEPT = Path(__file__).parent / "explained"
CASES = {
    # name → persona, day of care, whether something is paid: 80.00 × 0.70 = 56.00
    "loi-etudiante-veille": ("student", date(2027, 2, 28), True),
    "loi-etudiante-jour": ("student", date(2027, 3, 1), False),
    "loi-cnops-veille": ("public", date(2027, 2, 28), True),
    "loi-cnss-jour": ("public", date(2027, 3, 1), True),
    # born on 10/05/1997: 26 years old on 10/05/2023, 30 on 10/05/2027
    "loi-enfant-25-ans": ("child-29", date(2023, 5, 9), True),
    "loi-enfant-26-ans": ("child-29", date(2023, 5, 10), False),
    "loi-enfant-29-ans-veille": ("child-29", date(2027, 2, 28), False),
    "loi-enfant-29-ans-jour": ("child-29", date(2027, 3, 1), True),
    "loi-enfant-29-ans-dernier-jour": ("child-29", date(2027, 5, 9), True),
    "loi-enfant-30-ans": ("child-29", date(2027, 5, 10), False),
    # work ended on 31/12/2025, six months maintained
    "droits-maintenus-dernier-jour": ("rights-closed", date(2026, 6, 30), True),
    "droits-maintenus-lendemain": ("rights-closed", date(2026, 7, 1), False),
    "deces-jour": ("deceased", date(2026, 10, 2), True),
    "deces-lendemain": ("deceased", date(2026, 10, 3), False),
    "nouveau-ne": ("newborn", date(2026, 11, 20), True),
    "nouveau-ne-sans-numero": ("newborn", date(2026, 12, 21), False),
    "enfant-mariee-jour": ("child-married", date(2026, 10, 17), True),
    "enfant-mariee-lendemain": ("child-married", date(2026, 10, 18), False),
    "divorce-dernier-jour": ("divorced", date(2027, 5, 15), True),
    "divorce-lendemain": ("divorced", date(2027, 5, 16), False),
    "veuve-dernier-jour": ("widow", date(2028, 10, 2), True),
    "veuve-lendemain": ("widow", date(2028, 10, 3), False),
}
DEATHS = {"deces-lendemain"}


def claim(name: str) -> dict[str, Any]:
    """The JSON of a consultation of that day."""
    persona, day, _ = CASES[name]
    rights = rights_context(rights_on(fixtures.beneficiary(persona), day), "private", None)
    line = adjudicate(act("150.00", GP), rights, rule_set("tnr-2006"), day)
    at = datetime.combine(day, time(9, 5), tzinfo=UTC)
    items = (ClaimLine("exe-7q2m5xk3wz4n6b2d", line, day),)
    return dict(json.loads(to_json(Claim("clm-a", "2604817390552494", "prescriber", "CAB-KEN-01", day, at, items))))


def text(name: str) -> str:
    person = fixtures.beneficiary(CASES[name][0])
    return page(claim(name), Around("default", f"{person.given_name} {person.family_name}", "Cabinet Bennani"))


@pytest.mark.parametrize("name", CASES)
def test_the_text(name: str) -> None:
    assert text(name) + "\n" == (KEPT / f"{name}.txt").read_text(encoding="utf-8")
    assert faults(claim(name)) == []


@pytest.mark.parametrize("name", CASES)
def test_what_is_paid(name: str) -> None:
    (line,) = claim(name)["lines"]
    assert (line["cnss_share"], line.get("reason")) == (
        ("56.00", None) if CASES[name][2] else ("0.00", "deceased" if name in DEATHS else "rights-closed")
    )


@pytest.mark.parametrize("name", CASES)
def test_a_claim_says_what_the_rights_check_says_with_its_rule(name: str) -> None:
    persona, day, paid = CASES[name]
    rights, (line,) = rights_on(fixtures.beneficiary(persona), day), claim(name)["lines"]
    steps = [step for step in line["explanation"] if "rights" in step["inputs"]]
    if rights.why is None:
        assert steps == [], "plainly open: nothing to explain"
        return
    (step,) = steps
    rule = fixtures.named_rules()[rights.rule]
    assert (step["rule"], step["legal_reference"]) == (rule.id, rule.legal_reference)
    assert step["result"] == ("open" if paid else "closed")
    assert [one["inputs"]["why"] for one in line["explanation"] if "why" in one["inputs"]] == [rights.why]


def test_the_remedy_of_a_death_is_not_to_open_rights_again() -> None:
    (line,) = claim("deces-lendemain")["lines"]
    assert "régulariser" not in line["remedy"] and "la famille" in line["remedy"]
    assert "régulariser" in claim("droits-maintenus-lendemain")["lines"][0]["remedy"]


def test_the_days_are_those_of_the_law() -> None:
    law = fixtures.rule("law-54-23.in-force", date(2027, 1, 1)).day
    assert {day for _, day, _ in CASES.values()} >= {law - timedelta(days=1), law}


if __name__ == "__main__":
    for name in CASES:
        (KEPT / f"{name}.txt").write_text(text(name) + "\n", encoding="utf-8")
