"""A claim grows by executions and gives them back: pure, by value."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from simulator.claims.adjudication import adjudicate
from simulator.claims.answers import to_json, to_model
from simulator.claims.delays import settled_at
from simulator.claims.model import Claim, ClaimLine, shares
from simulator.claims.rules import rule_set
from simulator.claims.states import LineStatus
from simulator.claims.terms import ChargedLine, Circumstances, Granted, RightsContext
from simulator.kit import clock

DAY = date(2026, 11, 23)
AT = datetime(2026, 11, 23, 9, tzinfo=UTC)
EMPTY = Claim("clm-a", "2604817390552494", "physiotherapy", "KIN-KEN-01", DAY, AT, ())


def session(execution: str, amount: str = "100.00", letter: str = "AMM", place: int = 0) -> ClaimLine:
    """A session: AMM 8 × 5 = 40.00 of base, 28.00 paid."""
    line = ChargedLine(
        1, "act", "Séance", Decimal(1), Decimal(amount), code="AMM-REEDUC", letter=letter, coefficient=Decimal(8)
    )
    decided = adjudicate(line, RightsContext(True, "salaried"), rule_set("tnr-2006"), DAY)
    return ClaimLine(execution, decided, DAY, place=place)


def sessions(names: list[str]) -> list[ClaimLine]:
    """One of each execution named, each at its place in it."""
    return [session(name, place=names[:rank].count(name)) for rank, name in enumerate(names)]


def test_taking_back_a_session_takes_back_its_money() -> None:
    claim = EMPTY.with_lines([session("exe-a")]).with_lines([session("exe-b"), session("exe-b")])
    assert (claim.totals.cnss_share, claim.totals.patient_share) == (Decimal("84.00"), Decimal("216.00"))
    left = claim.without("exe-b")
    assert left == EMPTY.with_lines([session("exe-a")])
    assert (left.totals.cnss_share, left.status, left.decision) == (Decimal("28.00"), "adjudicated", "granted")


def test_nothing_left_is_withdrawn_and_no_decision() -> None:
    left = EMPTY.with_lines([session("exe-a")]).without("exe-a")
    assert (left.status, left.decision, left.totals.charged) == ("withdrawn", None, 0)
    assert "decision" not in json.loads(to_json(left))
    assert left.with_lines([session("exe-c")]).status == "adjudicated", "an amendment fills it again"


def test_taking_back_a_refused_line_makes_the_claim_granted() -> None:
    claim = EMPTY.with_lines([session("exe-a"), session("exe-b", letter="SF")])
    assert claim.decision == "partial"
    assert claim.without("exe-b").decision == "granted"
    assert claim.without("exe-a").decision == "rejected"


def test_settled_when_the_insured_may_be_paid_and_not_a_moment_before() -> None:
    settled = settled_at(clock.day(AT), "tnr-2006")
    assert clock.day(settled) == clock.day(AT) + timedelta(days=8 - 2)
    assert clock.day(settled - timedelta(seconds=1)) == clock.day(AT) + timedelta(days=5)


@pytest.mark.parametrize(
    ("granted", "decision"), [("0.00", "granted"), ("2600.00", "partial"), ("3000.00", "rejected")]
)
def test_a_held_line_keeps_what_it_is_worth(granted: str, decision: str) -> None:
    """On the wire its decision is pending; read again, it is still worth what the ceiling left."""
    crown = ChargedLine(1, "act", "Couronne", Decimal(1), Decimal("750.00"), "DP-COUR", "D_PROTHESE", Decimal(60))
    around = Circumstances(granted=(Granted(DAY, Decimal(granted)),))
    worth = adjudicate(crown, RightsContext(True, "salaried"), rule_set("tnr-2006"), DAY, around)
    held = ClaimLine("exe-a", worth, DAY, status=LineStatus.MEDICAL_REVIEW)
    text = json.loads(to_json(EMPTY.with_lines([held])))
    assert (text["lines"][0]["decision"], worth.decision) == ("pending", decision)
    assert to_model(text).lines[0].line == worth


executions = st.lists(st.sampled_from(["exe-a", "exe-b", "exe-c"]), max_size=6)


@settings(max_examples=60, deadline=None)
@given(executions, st.sampled_from(["exe-a", "exe-b", "exe-c"]))
def test_taking_back_is_as_if_it_never_was(names: list[str], gone: str) -> None:
    claim = EMPTY.with_lines(sessions(names))
    left = claim.without(gone)
    assert left == EMPTY.with_lines(sessions([name for name in names if name != gone]))
    assert left.without(gone) == left
    assert to_model(json.loads(to_json(left))) == left
    paid, kept = shares(claim.lines)[0], shares(left.lines)[0]
    assert paid - kept == names.count(gone) * Decimal("28.00")
