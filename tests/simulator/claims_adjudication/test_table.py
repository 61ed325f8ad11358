"""The table of hand-computed cases (`cases/*.yaml`): the arithmetic as it is written, then adjudication against it.

A case has: `case` (what, in French), `catches` (the fault that it is there for), one of `act`, `medicine`, `outside`,
`rights` (regime, sector, open, deceased, holds, declared), `filing` (filed, since, treatment),
`granted` (what a ceiling counts: days and amounts), `born`, `day`, `tariff_set`, the
`arithmetic` written out, and `expected`
(amounts, rate, reason; or the `hole`, the subject no rule is in force for). Every scalar is read as text.
"""

from __future__ import annotations

import json
from collections import Counter
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any, get_args

import pytest
import yaml

import fixtures
from fixtures.model import Regime
from simulator.claims.adjudication import adjudicate
from simulator.claims.answers import to_json
from simulator.claims.model import Claim, ClaimLine
from simulator.claims.page import WIDTH, faults, page
from simulator.claims.rules import rule_set
from simulator.claims.sentences import told
from simulator.claims.terms import ChargedLine, Circumstances, Filing, Granted, HeldCondition, RightsContext
from tests.simulator.claims_adjudication import arithmetic

FILES = sorted((Path(__file__).parent / "cases").glob("*.yaml"))
CASES: list[dict[str, Any]] = [
    case for file in FILES for case in yaml.load(file.read_text(encoding="utf-8"), yaml.BaseLoader)
]
AMOUNTS = {"base": "base", "CNSS": "cnss", "État": "state", "patient": "patient", "dépassement": "excess"}
BETWEEN = ("remboursable", "part", "déjà", "disponible", "couvert")
CEILING = "3000.00"
SHAPES = ("act", "medicine", "outside")
every_case = pytest.mark.parametrize("case", CASES, ids=lambda case: case["case"])


def amounts(case: dict[str, Any]) -> dict[str, str]:
    """The amounts that are expected; those that are not named are nothing."""
    return {name: case["expected"].get(name, "0.00") for name in AMOUNTS.values()}


def given(case: dict[str, Any]) -> dict[str, str]:
    """The line as it is written."""
    (line,) = (case[shape] for shape in SHAPES if shape in case)
    return dict(line)


@every_case
def test_the_arithmetic_is_true_and_about_this_case(case: dict[str, Any]) -> None:
    written, expected, line = arithmetic.read(case["arithmetic"]), case["expected"], given(case)
    known = {line["charged"], line.get("quantity", "1"), expected.get("rate", "0.00")}
    known |= {line[name] for name in ("tariff", "coefficient", "unit_base") if name in line}
    known |= {"0.00"} if "reason" in expected else set()
    known |= {CEILING, *(one.split()[1] for one in case["granted"])} if "granted" in case else set()
    for equation in written:
        assert set(equation.operands) <= known, f"{equation.name}: a number from nowhere"
        known.add(equation.result)
    results = {equation.name: equation.result for equation in written}
    assert len(results) == len(written) and set(results) <= {*AMOUNTS, *BETWEEN}
    if "hole" in expected:
        return
    shown = {AMOUNTS[name]: result for name, result in results.items() if name in AMOUNTS}
    assert {**dict.fromkeys(shown, "0.00"), **{n: a for n, a in amounts(case).items() if Decimal(a)}} == shown
    if "reason" not in expected:
        least = next(equation for equation in written if equation.name == "remboursable")
        assert least.expression == f"min({line['charged']}, {results['base']})"
        share = next(equation for equation in written if equation.name in ("part", "CNSS"))
        assert share.operands == (least.result, expected["rate"])
        if share.name == "part":
            paid = next(equation for equation in written if equation.name == "CNSS")
            assert paid.expression == f"min({share.result}, {results['disponible']})"


@every_case
def test_adjudication_agrees(case: dict[str, Any]) -> None:
    expected = case["expected"]
    rules, day = rule_set(case.get("tariff_set", "tnr-2006")), date.fromisoformat(case.get("day", "2026-11-23"))
    if "hole" in expected:
        with pytest.raises(LookupError, match=f"no rule '{expected['hole']}' in force on {day}"):
            adjudicate(charged(case), rights(case), rules, day, around(case))
        return
    done = adjudicate(charged(case), rights(case), rules, day, around(case))
    found = {
        "base": done.base,
        "cnss": done.cnss_share,
        "state": done.state_share,
        "patient": done.patient_share,
        "excess": done.excess,
    }
    assert {name: str(amount) for name, amount in found.items()} == amounts(case)
    why = "ceiling-reached" if expected.get("decision") == "partial" else expected.get("reason")
    assert (str(done.rate), done.reason) == (expected["rate"], why)
    assert done.decision == expected.get("decision", "rejected" if done.reason else "granted")
    assert (done.remedy is None) == (done.reason is None)
    assert done.payee == expected.get("payee", "insured")
    # What is told is what was decided.
    results = {tuple(step.inputs): step.result for step in done.explanation}
    assert results["charged", "cnss_share", "state_share"] == amounts(case)["patient"]
    if done.decision != "rejected":
        ceiling = [name for name in results if "available" in name]
        assert results[ceiling[0] if ceiling else ("eligible", "rate")] == amounts(case)["cnss"]
        told_of_state = {("eligible", "cnss_share"), ("paid_for", "rate", "cnss_share")} & set(results)
        assert told_of_state or done.state_share == 0


@every_case
def test_the_decision_is_told_in_its_own_words(case: dict[str, Any]) -> None:
    if "hole" in case["expected"]:
        return
    day = date.fromisoformat(case.get("day", "2026-11-23"))
    done = adjudicate(charged(case), rights(case), rule_set(case.get("tariff_set", "tnr-2006")), day, around(case))
    received = datetime(2026, 11, 23, 9, tzinfo=UTC)
    lines = (ClaimLine("exe-a", done, day),)
    claim = Claim("clm-a", "2604817390552494", "prescriber", "CAB-KEN-01", day, received, lines)
    answer = json.loads(to_json(claim))
    assert faults(answer) == []
    assert max(map(len, page(answer).splitlines())) <= WIDTH
    titles = [told(step)[0] for step in answer["lines"][0]["explanation"]]
    assert "Règle" not in titles, "a step without a sentence of its own"
    assert ("Refus" in titles) == (done.decision == "rejected")


def charged(case: dict[str, Any]) -> ChargedLine:
    """The line as adjudication takes it; the tariff is left for the rules to find."""
    line = given(case)
    quantity, amount = Decimal(line.get("quantity", "1")), Decimal(line["charged"])

    def maybe(name: str) -> Decimal | None:
        return Decimal(line[name]) if name in line else None

    if "act" in case:
        return ChargedLine(
            1, "act", "Acte", quantity, amount, line.get("code", "X"), line["letter"], coefficient=maybe("coefficient")
        )
    if "medicine" in case:
        ean13, base = "6118999000018", maybe("unit_base")
        rate, atc = maybe("rate"), line.get("atc")
        attested = line.get("attestation")
        return ChargedLine(
            1,
            "medicine",
            "Médicament",
            quantity,
            amount,
            ean13,
            unit_base=base,
            rate=rate,
            atc=atc,
            attestation=attested,
        )
    return ChargedLine(1, "outside-list", "Hors liste", quantity, amount)


def rights(case: dict[str, Any]) -> RightsContext:
    asked = case.get("rights", {})
    held = (condition.split() for condition in asked.get("holds", ()))
    return RightsContext(
        open=asked.get("open", "yes") == "yes",
        regime=asked.get("regime", "salaried"),
        sector=asked.get("sector", "private"),
        conditions=tuple(HeldCondition(kind, code, Decimal(rate), code) for kind, rate, code in held),
        declared=asked.get("declared"),
        deceased=asked.get("deceased") == "yes",
    )


def around(case: dict[str, Any]) -> Circumstances:
    """What only some cases depend on."""
    filing, granted = case.get("filing"), (one.split() for one in case.get("granted", ()))
    if filing is not None:
        filed, since = (date.fromisoformat(filing[name]) for name in ("filed", "since"))
        filing = Filing(filed, since, filing.get("treatment") == "yes")
    return Circumstances(
        filing,
        tuple(Granted(date.fromisoformat(day), Decimal(amount)) for day, amount in granted),
        date.fromisoformat(case["born"]) if "born" in case else None,
    )


def test_every_case_is_written_whole_and_said_once() -> None:
    assert len(FILES) == 10
    for case in CASES:
        assert case["case"] and case["catches"]
        assert set(case) <= {
            "case",
            "catches",
            *SHAPES,
            "rights",
            "filing",
            "granted",
            "born",
            "day",
            "tariff_set",
            "arithmetic",
            "expected",
        }
        assert set(case.get("rights", {})) <= {"open", "deceased", "regime", "sector", "holds", "declared"}
    for key in ("case", "catches"):
        assert [text for text, times in Counter(case[key] for case in CASES).items() if times > 1] == []


def test_the_table_covers_what_the_rules_hold() -> None:
    """Every letter of both sets, private and public; every regime; every reason; every rate of an ALD."""
    acts = [case for case in CASES if "act" in case and "hole" not in case["expected"]]
    letters = {(case.get("tariff_set", "tnr-2006"), case["act"]["letter"]) for case in acts}
    for tariff_set in fixtures.tariff_sets():
        named = {rule.subject.partition(".")[2] for rule in fixtures.rules_of(tariff_set) if "tariff." in rule.subject}
        assert {(tariff_set, letter) for letter in named} <= letters
    sectors = {(case["act"]["letter"], case.get("rights", {}).get("sector", "private")) for case in acts}
    assert {letter for letter, sector in sectors if sector == "public"} >= {letter for _, letter in letters} - {"SF"}
    assert {rights(case).regime for case in CASES} == set(get_args(Regime))
    refusals = {reason.code for reason in fixtures.reasons() if reason.family == "refusal"}
    outside = {reason for reason in refusals if reason.startswith("prior-approval-")}  # see approvals/test_shares.py
    held = {"document-missing", "medical-refusal", "duplicate"}  # see claims/test_holds.py
    assert {case["expected"]["reason"] for case in CASES if "reason" in case["expected"]} == refusals - outside - held
    held = {text for case in CASES for text in case.get("rights", {}).get("holds", ())}
    assert {text.rpartition(" ")[0] for text in held} >= {"ALD 0.95", "ALD 0.97", "ALD 0.99", "ALC 1.00"}
    assert {text.rpartition(" ")[2] for text in held} <= {known.code for known in fixtures.conditions().values()}


@pytest.mark.parametrize(
    "text",
    [
        "base 80.00 × 1 = 81.00",
        "base 80.00 × 1 : 80.00",
        "80.00 × 1 = 80.00",
        "remboursable min(150.00, 80.00) = 150.00",
        "CNSS 12.55 × 0.70 = 8.785",
        "CNSS 12.55 × 0.70 = 8.785 → 8.78",
        "CNSS 80.00 × 0.70 = 56.00 → 56.00",
        "patient 150.00 − 56.00 − 8.00 = 94.00",
        "patient 150.00 - 56.00 = 94.00",
        "patient 150.00 − __import__ = 94.00",
    ],
)
def test_arithmetic_that_lies_or_cannot_be_read_is_seen(text: str) -> None:
    with pytest.raises(ValueError, match=r"false|rounded wrongly|cannot be read|not a number"):
        arithmetic.read(text)
