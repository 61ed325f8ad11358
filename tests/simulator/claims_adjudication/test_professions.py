"""What each profession charges, from the code it executed to the shares: the arithmetic is written out."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from types import SimpleNamespace
from typing import Any, cast

import pytest

import fixtures
from simulator.claims.adjudication import adjudicate
from simulator.claims.rules import rule_set
from simulator.claims.terms import HeldCondition, RightsContext
from simulator.executions.content import charged, charged_lines
from simulator.executions.schemas import ExecutedLine
from simulator.kit.problems import Problem
from simulator.kit.storage import Tx
from simulator.nomenclature.store import Listed

DAY = date(2026, 11, 23)
AMOXIRAM = "6118999000018"
TX = cast(
    Tx, SimpleNamespace(kept={("v", AMOXIRAM): Listed("Amoxiram", Decimal("42.30"), Decimal("42.30"), Decimal("0.70"))})
)
ALC = {"conditions": (HeldCondition("ALC", "Insuffisance rénale", Decimal("1.00")),), "declared": "ALC"}


def done(quantity: str, amount: str, line: int = 1, **said: Any) -> ExecutedLine:
    return ExecutedLine(line=line, outcome="executed", quantity=Decimal(quantity), charged=Decimal(amount), **said)


def asked(code: str, line: int = 1) -> dict[str, Any]:
    act = next(act for act in fixtures.acts() if act.code == code)
    return {"line": line, "act_code": code, "label": act.label_fr, "quantity": "1", "listed": True}


CASES: list[tuple[str, str, str, str, dict[str, Any], tuple[str, str, str, str]]] = [
    # section, act, quantity, charged, context → base, CNSS share, State share, patient share
    # B 40 × 1.00 = 40 ; min(60, 40) × 0.70 = 28 ; 60 − 28 = 32
    ("biology", "B-NFS", "1", "60.00", {}, ("40.00", "28.00", "0.00", "32.00")),
    # two B 15 × 1.00 = 30 ; min(25.55, 30) × 0.70 = 17.885 → 17.89 ; 25.55 − 17.89 = 7.66
    ("biology", "B-GLY", "2", "25.55", {}, ("30.00", "17.89", "0.00", "7.66")),
    # public laboratory, Tadamon: 40 × 0.90 = 36 ; State 40 − 36 = 4 ; patient 0
    ("biology", "B-NFS", "1", "40.00", {"sector": "public", "regime": "tadamon"}, ("40.00", "36.00", "4.00", "0.00")),
    # Z 250 × 10 = 2500 ; × 0.70 = 1750 ; 2800 − 1750 = 1050
    ("imaging", "Z-IRM", "1", "2800.00", {}, ("2500.00", "1750.00", "0.00", "1050.00")),
    # the same under an ALC: 2500 × 1.00 ; 2800 − 2500 = 300
    ("imaging", "Z-IRM", "1", "2800.00", ALC, ("2500.00", "2500.00", "0.00", "300.00")),
    # one session: AMM 8 × 5 = 40 ; min(100, 40) × 0.70 = 28 ; 100 − 28 = 72
    ("physiotherapy", "AMM-REEDUC", "1", "100.00", {}, ("40.00", "28.00", "0.00", "72.00")),
    # three sessions in one visit's line: 3 × 40 = 120 ; × 0.70 = 84 ; 300 − 84 = 216
    ("physiotherapy", "AMM-REEDUC", "3", "300.00", {}, ("120.00", "84.00", "0.00", "216.00")),
    # care D 12 × 17.50 = 210 ; × 0.70 = 147 ; 250 − 147 = 103
    ("dental", "D-OBT1", "1", "250.00", {}, ("210.00", "147.00", "0.00", "103.00")),
    # prosthesis 60 × 12.50 = 750 ; × 0.70 = 525 ; 1500 − 525 = 975
    ("dental", "DP-COUR", "1", "1500.00", {}, ("750.00", "525.00", "0.00", "975.00")),
    # AMI 1.5 × 5 = 7.50 ; min(20, 7.50) × 0.70 = 5.25 ; 20 − 5.25 = 14.75
    ("nursing", "AMI-PRELEV", "1", "20.00", {}, ("7.50", "5.25", "0.00", "14.75")),
    # midwife, SFI 4 × 5 = 20 ; × 0.70 = 14 ; 60 − 14 = 46
    ("nursing", "SFI-PRENAT", "1", "60.00", {}, ("20.00", "14.00", "0.00", "46.00")),
    # two lenses at 150 = 300 ; min(520, 300) × 0.70 = 210 ; 520 − 210 = 310
    ("devices", "DM-VERRE", "2", "520.00", {}, ("300.00", "210.00", "0.00", "310.00")),
    # a pair priced by the pair: 350 × 0.70 = 245 ; 400 − 245 = 155
    ("devices", "DM-SEMELLES", "1", "400.00", {}, ("350.00", "245.00", "0.00", "155.00")),
]


@pytest.mark.parametrize(("section", "code", "quantity", "amount", "context", "expected"), CASES)
def test_case(
    section: str, code: str, quantity: str, amount: str, context: dict[str, Any], expected: tuple[str, ...]
) -> None:
    line, warnings = charged(TX, "v", section, asked(code), done(quantity, amount))
    rights = RightsContext(**{"open": True, "regime": "salaried", **context})
    decided = adjudicate(line, rights, rule_set("tnr-2006"), DAY)
    shares = (decided.base, decided.cnss_share, decided.state_share, decided.patient_share)
    assert tuple(str(share) for share in shares) == expected
    assert (decided.decision, warnings, line.code) == ("granted", [], code)


def test_every_act_that_somebody_can_be_asked_has_a_price() -> None:
    for act in fixtures.acts():
        if act.section != "prescriber":
            line, _ = charged(TX, "v", act.section, asked(act.code), done("1", "1.00"))
            assert adjudicate(line, RightsContext(True, "tns"), rule_set("tnr-2006"), DAY).base > 0, act.code


@pytest.mark.parametrize("section", ["biology", "imaging", "physiotherapy", "dental", "nursing", "devices"])
def test_an_act_outside_the_list_is_never_blocked_nor_paid(section: str) -> None:
    order = {"line": 1, "outside_list": {"label": "Acte rare", "reason": "Nouveau"}, "label": "Acte rare"}
    line, warnings = charged(TX, "v", section, order, done("1", "90.00"))
    decided = adjudicate(line, RightsContext(True, "salaried"), rule_set("tnr-2006"), DAY)
    assert (decided.reason, decided.patient_share, decided.label) == ("outside-list", Decimal("90.00"), "Acte rare")
    assert [item["code"] for item in warnings] == ["outside-list"]


def visited(content: dict[str, Any], lines: Any, day: date) -> Any:
    """What `charged_lines` makes of a visit of a section as issued."""
    return charged_lines(TX, "v", content["type"], {line["line"]: line for line in content["lines"]}, lines, day)


def test_a_whole_visit_of_a_laboratory_adds_its_rounded_lines() -> None:
    content = {"type": "biology", "lines": [asked("B-NFS", 1), asked("B-GLY", 2), asked("B-CRP", 3)]}
    lines, warnings = visited(content, [done("1", "40.00", 1), done("1", "15.00", 3)], DAY)
    assert [(line.line, line.code) for line in lines] == [(1, "B-NFS"), (3, "B-CRP")]
    assert warnings == []


def test_a_missing_lot_is_a_warning_with_its_date_then_an_error() -> None:
    content = {"type": "pharmacy", "lines": [{"line": 1, "ean13": AMOXIRAM, "label": "Amoxiram", "listed": True}]}
    without, with_lot = done("1", "42.30", ean13=AMOXIRAM), done("1", "42.30", ean13=AMOXIRAM, lot="A1")
    lines, warnings = visited(content, [without], date(2027, 6, 30))
    assert [(w["code"], w["becomes_error_on"]) for w in warnings] == [("lot-missing", "2027-07-01")]
    assert len(lines) == 1
    with pytest.raises(Problem) as refused:
        visited(content, [with_lot, without], date(2027, 7, 1))
    assert refused.value.slug == "invalid-payload"
    assert [(e["pointer"], e["code"]) for e in refused.value.errors] == [("/lines/1/lot", "lot-missing")]
    assert visited(content, [with_lot], date(2027, 7, 1))[1] == []


def test_a_missing_session_is_a_warning_with_its_date_then_an_error() -> None:
    content = {"type": "physiotherapy", "lines": [{**asked("AMM-REEDUC", 1), "unit": "session"}]}
    without, numbered = done("1", "100.00", 1), done("1", "100.00", 1, session=1)
    _, warnings = visited(content, [without], date(2027, 6, 30))
    assert [(w["code"], w["becomes_error_on"]) for w in warnings] == [("session-missing", "2027-07-01")]
    with pytest.raises(Problem) as refused:
        visited(content, [numbered, without], date(2027, 7, 1))
    assert refused.value.slug == "invalid-payload"
    assert [(e["pointer"], e["code"]) for e in refused.value.errors] == [("/lines/1/session", "session-missing")]
    assert visited(content, [numbered], date(2027, 7, 1))[1] == []


def test_a_product_outside_the_list_needs_no_lot() -> None:
    order = {"line": 1, "outside_list": {"label": "Sirop", "reason": "Local"}, "label": "Sirop", "listed": False}
    _, warnings = visited({"type": "pharmacy", "lines": [order]}, [done("1", "30.00")], DAY)
    assert [item["code"] for item in warnings] == ["outside-list"]


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ({"quantity": "1", "act_code": "Z-IRM"}, ("/lines/0/act_code", "wrong-section")),
        ({"quantity": "1.5"}, ("/lines/0/quantity", "whole-sessions")),
    ],
)
def test_what_cannot_be_an_act_of_this_section(said: dict[str, str], expected: tuple[str, str]) -> None:
    order = {"line": 1, "label": "Séances", "unit": "session", "outside_list": {}, "listed": False}
    content = {"type": "physiotherapy", "lines": [order]}
    with pytest.raises(Problem) as refused:
        visited(content, [done(amount="90.00", **said)], DAY)
    assert [(error["pointer"], error["code"]) for error in refused.value.errors] == [expected]
    assert visited(content, [done("1", "90.00", act_code="AMM-RESP")], DAY)[0][0].kind == "act"
