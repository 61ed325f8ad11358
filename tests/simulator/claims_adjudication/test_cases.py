"""Hand-computed cases: the arithmetic of each is written out beside it."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from simulator.claims.adjudication import adjudicate
from simulator.claims.model import claim_decision, totals
from simulator.claims.rules import rule_set
from simulator.claims.terms import ChargedLine, HeldCondition, RightsContext

DAY = date(2026, 11, 23)
ALD = HeldCondition("ALD", "Diabète", Decimal("0.97"))
ALC = HeldCondition("ALC", "Insuffisance rénale", Decimal("1.00"))


def act(charged: str, letter: str = "C", coefficient: str | None = "1", quantity: str = "1") -> ChargedLine:
    factor = None if coefficient is None else Decimal(coefficient)
    return ChargedLine(
        1, "act", "Acte", Decimal(quantity), Decimal(charged), code=letter, letter=letter, coefficient=factor
    )


def box(charged: str, base: str | None, rate: str = "0.70", quantity: str = "1") -> ChargedLine:
    unit = None if base is None else Decimal(base)
    return ChargedLine(
        1,
        "medicine",
        "Médicament",
        Decimal(quantity),
        Decimal(charged),
        code="6118999000018",
        unit_base=unit,
        rate=Decimal(rate),
    )


def outside(charged: str) -> ChargedLine:
    return ChargedLine(1, "outside-list", "Hors liste", Decimal(1), Decimal(charged))


@dataclass
class Case:
    name: str
    line: ChargedLine
    # base, rate, CNSS, State, patient, excess, reason
    expected: tuple[str, str, str, str, str, str, str | None]
    context: dict[str, Any] = field(default_factory=dict)
    tariff_set: str = "tnr-2006"


CASES = [
    # min(150, 80) = 80 ; 80 × 0.70 = 56.00 ; 150 − 56 = 94 ; 150 − 80 = 70
    Case("C, 150 facturés", act("150.00"), ("80.00", "0.70", "56.00", "0.00", "94.00", "70.00", None)),
    # min(60, 80) = 60 ; 60 × 0.70 = 42.00 ; 60 − 42 = 18 ; 60 − 60 = 0
    Case("C sous le tarif", act("60.00"), ("80.00", "0.70", "42.00", "0.00", "18.00", "0.00", None)),
    # min(300, 150) = 150 ; 150 × 0.70 = 105.00 ; 300 − 105 = 195 ; 300 − 150 = 150
    Case("CS", act("300.00", "CS"), ("150.00", "0.70", "105.00", "0.00", "195.00", "150.00", None)),
    # 17.50 × 15 = 262.50 ; min(250, 262.50) = 250 ; 250 × 0.70 = 175.00 ; 250 − 175 = 75
    Case("D × 15", act("250.00", "D", "15"), ("262.50", "0.70", "175.00", "0.00", "75.00", "0.00", None)),
    # 80 × 1 × 2 = 160 ; min(300, 160) = 160 ; 160 × 0.70 = 112.00 ; 300 − 112 = 188 ; 300 − 160 = 140
    Case(
        "C, quantité 2",
        act("300.00", quantity="2"),
        ("160.00", "0.70", "112.00", "0.00", "188.00", "140.00", None),
    ),
    # 80 × 0.90 = 72.00 ; 80 − 72 = 8
    Case(
        "C dans le public",
        act("80.00"),
        ("80.00", "0.90", "72.00", "0.00", "8.00", "0.00", None),
        {"sector": "public"},
    ),
    # 80 × 0.90 = 72.00 ; État 80 − 72 = 8.00 ; patient 80 − 72 − 8 = 0
    Case(
        "Tadamon dans le public",
        act("80.00"),
        ("80.00", "0.90", "72.00", "8.00", "0.00", "0.00", None),
        {"sector": "public", "regime": "tadamon"},
    ),
    # min(100, 80) = 80 ; 80 × 0.90 = 72 ; État 80 − 72 = 8 ; patient 100 − 72 − 8 = 20 = dépassement
    Case(
        "Tadamon, dépassement",
        act("100.00"),
        ("80.00", "0.90", "72.00", "8.00", "20.00", "20.00", None),
        {"sector": "public", "regime": "tadamon"},
    ),
    # État seulement dans le public : 150 − 56 = 94
    Case(
        "Tadamon dans le privé",
        act("150.00"),
        ("80.00", "0.70", "56.00", "0.00", "94.00", "70.00", None),
        {"regime": "tadamon"},
    ),
    # min(56.80, 42.30) = 42.30 ; 42.30 × 0.70 = 29.61 ; 56.80 − 29.61 = 27.19 ; 56.80 − 42.30 = 14.50
    Case(
        "princeps, base < prix",
        box("56.80", "42.30"),
        ("42.30", "0.70", "29.61", "0.00", "27.19", "14.50", None),
    ),
    # base 42.30 × 2 = 84.60 ; 84.60 × 0.70 = 59.22 ; 84.60 − 59.22 = 25.38
    Case(
        "deux boîtes",
        box("84.60", "42.30", quantity="2"),
        ("84.60", "0.70", "59.22", "0.00", "25.38", "0.00", None),
    ),
    # demi-centime vers le haut : 0.05 × 0.70 = 0.035 → 0.04 ; 0.05 − 0.04 = 0.01
    Case("demi-centime", box("0.05", "0.05"), ("0.05", "0.70", "0.04", "0.00", "0.01", "0.00", None)),
    # 12.55 × 0.70 = 8.785 → 8.79 (l'arrondi au pair donnerait 8.78) ; 12.55 − 8.79 = 3.76
    Case(
        "demi-centime, chiffre pair",
        box("12.55", "12.55"),
        ("12.55", "0.70", "8.79", "0.00", "3.76", "0.00", None),
    ),
    # juste dessous : 12.54 × 0.70 = 8.778 → 8.78 ; 12.54 − 8.78 = 3.76
    Case(
        "sous le demi-centime",
        box("12.54", "12.54"),
        ("12.54", "0.70", "8.78", "0.00", "3.76", "0.00", None),
    ),
    # base 33.33 × 0.5 = 16.665 → 16.67 ; min(16.67, 16.67) ; × 0.70 = 11.669 → 11.67 ; reste 5.00
    Case(
        "demi-boîte",
        box("16.67", "33.33", quantity="0.5"),
        ("16.67", "0.70", "11.67", "0.00", "5.00", "0.00", None),
    ),
    # taux 0 : la base est connue, rien n'est remboursé
    Case(
        "taux 0",
        box("38.00", "38.00", "0.00"),
        ("38.00", "0.00", "0.00", "0.00", "38.00", "0.00", "not-reimbursable"),
    ),
    # sans base : assiette 0, tout est dépassement
    Case(
        "sans base",
        box("38.00", None, "0.70"),
        ("0.00", "0.00", "0.00", "0.00", "38.00", "38.00", "not-reimbursable"),
    ),
    # ALD déclarée : 80 × 0.97 = 77.60 ; 150 − 77.60 = 72.40
    Case(
        "ALD 97 %",
        act("150.00"),
        ("80.00", "0.97", "77.60", "0.00", "72.40", "70.00", None),
        {"conditions": (ALD,), "declared": "ALD"},
    ),
    # ALD sur un médicament : 42.30 × 0.97 = 41.031 → 41.03 ; 42.30 − 41.03 = 1.27
    Case(
        "ALD, médicament",
        box("42.30", "42.30"),
        ("42.30", "0.97", "41.03", "0.00", "1.27", "0.00", None),
        {"conditions": (ALD,), "declared": "ALD"},
    ),
    # condition non déclarée sur la feuille : taux ordinaire
    Case(
        "ALD non déclarée",
        act("150.00"),
        ("80.00", "0.70", "56.00", "0.00", "94.00", "70.00", None),
        {"conditions": (ALD,)},
    ),
    # condition déclarée mais que le bénéficiaire n'a pas : taux ordinaire
    Case(
        "ALD sans titre",
        act("150.00"),
        ("80.00", "0.70", "56.00", "0.00", "94.00", "70.00", None),
        {"declared": "ALD"},
    ),
    # ALC : 80 × 1.00 = 80 ; 150 − 80 = 70 = dépassement
    Case(
        "ALC 100 %",
        act("150.00"),
        ("80.00", "1.00", "80.00", "0.00", "70.00", "70.00", None),
        {"conditions": (ALC,), "declared": "ALC"},
    ),
    # l'ALC ne rend pas remboursable ce qui ne l'est pas
    Case(
        "ALC, taux 0",
        box("38.00", "38.00", "0.00"),
        ("38.00", "0.00", "0.00", "0.00", "38.00", "0.00", "not-reimbursable"),
        {"conditions": (ALC,), "declared": "ALC"},
    ),
    Case(
        "droits fermés",
        act("150.00"),
        ("80.00", "0.00", "0.00", "0.00", "150.00", "70.00", "rights-closed"),
        {"open": False},
    ),
    Case("hors liste", outside("25.00"), ("0.00", "0.00", "0.00", "0.00", "25.00", "25.00", "outside-list")),
    # un seul motif, le plus général d'abord
    Case(
        "droits fermés et hors liste",
        outside("25.00"),
        ("0.00", "0.00", "0.00", "0.00", "25.00", "25.00", "rights-closed"),
        {"open": False},
    ),
    Case(
        "lettre sans valeur",
        act("90.00", "SF"),
        ("0.00", "0.00", "0.00", "0.00", "90.00", "90.00", "not-reimbursable"),
    ),
    Case(
        "coefficient inconnu",
        act("90.00", "K", None),
        ("0.00", "0.00", "0.00", "0.00", "90.00", "90.00", "not-reimbursable"),
    ),
    # conventions de 2020, si on les active : 150 × 0.80 = 120.00 ; 150 − 120 = 30
    Case(
        "conventions 2020",
        act("150.00"),
        ("150.00", "0.80", "120.00", "0.00", "30.00", "0.00", None),
        tariff_set="conventions-2020",
    ),
    # ce qu'elles ne fixent pas vient de la TNR : 17.50 × 10 = 175 ; 175 × 0.80 = 140.00
    Case(
        "conventions 2020, dentaire",
        act("175.00", "D", "10"),
        ("175.00", "0.80", "140.00", "0.00", "35.00", "0.00", None),
        tariff_set="conventions-2020",
    ),
    Case("rien facturé", act("0.00"), ("80.00", "0.70", "0.00", "0.00", "0.00", "0.00", None)),
]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_case(case: Case) -> None:
    context = RightsContext(**{"open": True, "regime": "salaried", **case.context})
    line = adjudicate(case.line, context, rule_set(case.tariff_set), DAY)
    amounts = (line.base, line.rate, line.cnss_share, line.state_share, line.patient_share, line.excess)
    assert (*(str(amount) for amount in amounts), line.reason) == case.expected
    assert line.decision == ("granted" if line.reason is None else "rejected")
    assert (line.remedy is None) == (line.reason is None)


def test_every_step_of_the_worked_case_is_explained() -> None:
    line = adjudicate(act("150.00"), RightsContext(True, "salaried"), rule_set("tnr-2006"), DAY)
    told = [(step.rule, step.result) for step in line.explanation]
    assert told == [
        ("RGL-TNR-C", "80.00"),
        ("RGL-ELIGIBLE", "80.00"),
        ("RGL-TAUX-PRIVE", "0.70"),
        ("RGL-PART-CNSS", "56.00"),
        ("RGL-PART-PATIENT", "94.00"),
    ]
    assert line.explanation[0].inputs == {
        "letter": "C",
        "value": "80.00",
        "coefficient": "1",
        "quantity": "1",
    }
    for step in line.explanation:
        assert step.label_fr and step.legal_reference
        assert step.fidelity in ("official", "deduced", "hypothesis")
        assert all(isinstance(value, str) for value in step.inputs.values())


def test_the_rule_of_the_date_of_care_applies() -> None:
    """The 2020 conventions have no value before they were signed: the TNR they extend does."""
    context = RightsContext(True, "salaried")
    before = adjudicate(act("150.00"), context, rule_set("conventions-2020"), date(2020, 1, 12))
    after = adjudicate(act("150.00"), context, rule_set("conventions-2020"), date(2020, 1, 13))
    assert (before.cnss_share, after.cnss_share) == (Decimal("56.00"), Decimal("120.00"))


def test_a_hole_in_the_rules_is_not_hidden() -> None:
    with pytest.raises(LookupError, match="in force on 1999-01-01"):
        adjudicate(outside("1.00"), RightsContext(False, "tns"), rule_set("tnr-2006"), date(1999, 1, 1))


def test_a_line_refuses_nonsense_and_takes_zero() -> None:
    assert act("0.00").charged == 0
    with pytest.raises(ValueError, match="negative"):
        act("-0.01")
    with pytest.raises(ValueError, match="positive"):
        act("1.00", quantity="0")


def test_totals_are_sums_of_rounded_lines() -> None:
    """Three times 0.05 × 0.70 = 0.035 → 0.04 make 0.12, where one sum would make 0.105 → 0.11."""
    context = RightsContext(True, "salaried")
    lines = [adjudicate(box("0.05", "0.05"), context, rule_set("tnr-2006"), DAY) for _ in range(3)]
    assert totals(lines).cnss_share == Decimal("0.12")
    assert totals(lines).patient_share == Decimal("0.03")


def test_the_decision_on_a_claim() -> None:
    rules, context = rule_set("tnr-2006"), RightsContext(True, "salaried")
    granted = adjudicate(act("80.00"), context, rules, DAY)
    rejected = adjudicate(outside("5.00"), context, rules, DAY)
    assert claim_decision([granted, granted]) == "granted"
    assert claim_decision([granted, rejected]) == "partial"
    assert claim_decision([rejected]) == "rejected"
    assert claim_decision([]) is None


def test_an_unknown_tariff_set_is_named() -> None:
    with pytest.raises(KeyError, match="tnr-1990"):
        rule_set("tnr-1990")
