"""What an approval makes of a computed line: cases by hand, and properties against the whole line."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from simulator.claims.adjudication import adjudicate
from simulator.claims.approval import under_approval
from simulator.claims.model import AdjudicatedLine
from simulator.claims.rules import rule_set
from simulator.claims.sentences import told
from simulator.claims.terms import ChargedLine, RightsContext

DAY = date(2026, 11, 23)
RULES = rule_set("tnr-2006")
PRIVATE = RightsContext(open=True, regime="salaried", sector="private")
TADAMON = RightsContext(open=True, regime="tadamon", sector="public")


def sessions(quantity: str, charged: str, context: RightsContext = PRIVATE) -> AdjudicatedLine:
    """Sessions of physiotherapy (AMM × 8) as arithmetic decides them."""
    line = ChargedLine(1, "act", "Séance", Decimal(quantity), Decimal(charged), "AMM-REEDUC", "AMM", Decimal(8))
    return adjudicate(line, context, RULES, DAY)


def covered(
    line: AdjudicatedLine, quantity: str, part: str, reason: Any = "prior-approval-exceeded"
) -> AdjudicatedLine:
    return under_approval(line, Decimal(quantity), Decimal(part), reason, RULES.on(DAY), RULES.remedies)


def amounts(line: AdjudicatedLine) -> tuple[str, ...]:
    return tuple(str(each) for each in (line.cnss_share, line.state_share, line.patient_share, line.charged))


VALUE = RULES.on(DAY)["tariff.AMM"].decimal * 8
"""The tariff of a session."""


@pytest.mark.parametrize(
    ("context", "charged", "part", "expected"),
    [
        # three sessions at 10.00 each, below their tariff; 2 of 3 granted: 20.00 × 70 % = 14.00
        (PRIVATE, "30.00", "2", ("14.00", "0.00", "16.00", "30.00")),
        # 1 of 3: 10.00 × 70 % = 7.00
        (PRIVATE, "30.00", "1", ("7.00", "0.00", "23.00", "30.00")),
        # 10.01 for three, 2 granted: 10.01 × 2/3 = 6.6733…; × 70 % = 4.67133… → 4.67
        (PRIVATE, "10.01", "2", ("4.67", "0.00", "5.34", "10.01")),
        # Tadamon in public care, 30.00, 2 of 3: 20.00 × 90 % = 18.00, the State the other 2.00
        (TADAMON, "30.00", "2", ("18.00", "2.00", "10.00", "30.00")),
    ],
)
def test_part_of_the_sessions(context: RightsContext, charged: str, part: str, expected: tuple[str, ...]) -> None:
    assert VALUE > 10, "the charges below are under the tariff"
    line = covered(sessions("3", charged, context), "3", part)
    assert amounts(line) == expected
    assert (line.decision, line.reason) == ("partial", "prior-approval-exceeded")
    assert line.remedy == RULES.remedies["prior-approval-exceeded"]


def test_above_the_tariff_the_part_is_that_of_the_tariff() -> None:
    line = covered(sessions("2", "1000.00"), "2", "1")
    assert line.cnss_share == (VALUE * Decimal("0.70")).quantize(Decimal("0.01"))
    assert line.excess == 1000 - 2 * VALUE, "the excess stays that of the whole line"


@pytest.mark.parametrize("reason", ["prior-approval-missing", "prior-approval-refused", "prior-approval-exceeded"])
def test_nothing_covered_is_refused_with_its_reason(reason: str) -> None:
    line = covered(sessions("3", "30.00"), "3", "0", reason)
    assert amounts(line) == ("0.00", "0.00", "30.00", "30.00")
    assert (line.decision, line.reason, line.rate) == ("rejected", reason, 0)
    assert line.remedy == RULES.remedies[reason]
    *_, why, last = line.explanation
    assert (why.result, last.result) == ("rejected", "30.00")
    said = [told(step._asdict()) for step in (why, last)]
    assert said[0][0] == "Refus" and "accord préalable" in said[0][1] and said[1][1].endswith("30,00")


def test_wholly_covered_is_paid_as_computed() -> None:
    whole = sessions("3", "30.00")
    line = covered(whole, "3", "3")
    assert amounts(line) == amounts(whole) and (line.decision, line.reason) == ("granted", None)
    assert told(line.explanation[-1]._asdict()) == ("Accord préalable", "couvre 3 sur 3 : part de la CNSS 21,00")


def test_what_was_refused_already_keeps_its_reason() -> None:
    closed = sessions("3", "30.00", RightsContext(open=False, regime="salaried"))
    for part in ("0", "3"):
        assert covered(closed, "3", part) == closed


@given(
    charged=st.integers(0, 500_00),
    quantity=st.integers(1, 20),
    part=st.integers(0, 20),
    context=st.sampled_from([PRIVATE, TADAMON]),
)
def test_shares_sum_and_never_exceed_the_whole(charged: int, quantity: int, part: int, context: RightsContext) -> None:
    whole = sessions(str(quantity), f"{Decimal(charged) / 100:.2f}", context)
    line = covered(whole, str(quantity), str(min(part, quantity)))
    assert line.cnss_share + line.state_share + line.patient_share == line.charged == whole.charged
    assert 0 <= line.cnss_share <= whole.cnss_share and 0 <= line.state_share <= whole.state_share
    if part < quantity:
        more = covered(whole, str(quantity), str(part + 1))
        assert line.cnss_share <= more.cnss_share, "one more session never brings less"
        assert line.cnss_share + line.state_share <= more.cnss_share + more.state_share
