"""What adjudication says of its steps, of a hole in the rules, of nonsense; the amounts are in `test_table`."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from simulator.claims.adjudication import adjudicate
from simulator.claims.model import claim_decision, totals
from simulator.claims.rules import rule_set
from simulator.claims.terms import ChargedLine, RightsContext

DAY = date(2026, 11, 23)


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
