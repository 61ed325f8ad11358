"""The table of a claim line's statuses: whole, without dead ends nobody wanted; a claim's status from its lines."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from itertools import product
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace as changed

from simulator.claims.answers import to_json, to_model
from simulator.claims.clockwork import ACTIONS
from simulator.claims.model import AdjudicatedLine, Claim, ClaimLine, Hold, HoldKind, Payment, Reason, Step
from simulator.claims.states import HELD, PENDING, PRECEDENCE, TABLE, LineStatus, Move, after, claim_status
from simulator.claims.store import parse
from simulator.payments.model import reconciled

S, M = LineStatus, Move
CLOCK = {row.status for row in TABLE if "clock" in row.who}
"""Statuses that the clock ends."""
words = st.text(alphabet='aé«\u202f\\"\n1:', min_size=1, max_size=12)
cents = st.integers(0, 2_000_000).map(lambda n: Decimal(n) / 100).map(lambda d: d.quantize(Decimal("0.01")))
days = st.dates(date(2026, 1, 1), date(2027, 12, 31))
instants = st.integers(0, 63_000_000).map(lambda n: datetime(2026, 1, 1, tzinfo=UTC) + timedelta(seconds=n))


def test_every_pair_has_one_answer_and_the_table_says_it() -> None:
    said = {(row.status, row.move): row.to for row in TABLE}
    assert len(said) == len(TABLE)
    for status, move in product(S, M):
        assert after(status, move) == said.get((status, move))


def test_every_status_is_reached_from_received_and_leads_to_paid() -> None:
    found, reached = {S.RECEIVED}, {S.PAID}
    for _ in S:
        found |= {row.to for row in TABLE if row.status in found}
        reached |= {row.status for row in TABLE if row.to in reached}
    assert found == reached == set(S)


def test_every_move_is_used_and_every_status_has_its_precedence() -> None:
    assert {row.move for row in TABLE} == set(M)
    assert set(PRECEDENCE) == set(S) and len(PRECEDENCE) == len(S)
    assert HELD < PENDING
    assert {row.status for row in TABLE if row.move in (M.CHECK, M.DECIDE, M.RELEASE, M.RECHECK)} == PENDING


def test_the_clock_acts_where_the_table_says_so() -> None:
    """RECEIVED is that of a paper claim, checked when its day comes; CONTESTED belongs to contestations."""
    assert CLOCK - set(ACTIONS) <= {S.CONTESTED}
    assert set(ACTIONS) - CLOCK <= {S.RECEIVED}


@pytest.mark.parametrize("move", M)
def test_money_never_leaves_a_line_that_may_still_change(move: Move) -> None:
    for status in PENDING:
        assert after(status, move) not in (S.ORDERED, S.PAID)


@given(st.lists(st.sampled_from(list(S))), st.lists(st.sampled_from(list(S))))
def test_a_claim_stands_where_its_least_advanced_line_does(to_pay: list[LineStatus], others: list[LineStatus]) -> None:
    said = claim_status(to_pay, others)
    waiting = to_pay + [one for one in others if one in PENDING]
    ranks = [PRECEDENCE.index(one) for one in waiting or others]
    assert said == (PRECEDENCE[min(ranks)].value if ranks else "withdrawn")
    assert claim_status(to_pay[::-1], others[::-1]) == said


def test_what_brings_nothing_keeps_nobody_waiting() -> None:
    assert claim_status([S.PAID], [S.ADJUDICATED]) == "paid"
    assert claim_status([S.PAID], [S.MEDICAL_REVIEW]) == "medical_review"
    assert claim_status([], [S.ADJUDICATED]) == "adjudicated"
    assert claim_status([S.PAID, S.ORDERED], []) == "ordered"
    assert claim_status([], []) == "withdrawn"


@st.composite
def lines(draw: st.DrawFn) -> ClaimLine:
    """A line of any status: held when it says so, with the payments that its status supposes."""
    status = draw(st.sampled_from(list(S)))
    cnss, state, patient, base = (draw(cents) for _ in range(4))
    counted = draw(st.booleans())
    reason: Reason | None = draw(st.sampled_from([None, None, "ceiling-reached"])) if cnss + state else "outside-list"
    cap = Step(
        "PLAFOND", "Plafond", {"cnss_share": str(cnss), "already_granted": "0.00"}, str(cnss), "Texte", "deduced"
    )
    step = Step("TAUX", "Taux", {"base": str(base)}, "0.70", "Texte « 1 »", "hypothesis")
    decided = AdjudicatedLine(
        line=draw(st.integers(1, 40)),
        label=draw(words),
        charged=cnss + state + patient,
        base=base,
        rate=draw(st.sampled_from([Decimal("0.00"), Decimal("0.70"), Decimal("0.975")])),
        cnss_share=cnss,
        state_share=state,
        patient_share=patient,
        excess=max(cnss + state + patient - base, Decimal("0.00")),
        decision="rejected" if not cnss + state else "granted" if reason is None else "partial",
        reason=reason,
        remedy=draw(st.none() | words),
        explanation=(step, cap) if counted else (step,),
    )
    hold = None
    if status in HELD:
        kind = draw(st.sampled_from(get_args(HoldKind)))
        hold = Hold(kind, draw(instants), draw(instants), draw(st.none() | words))
    payments = []
    if status in (S.ORDERED, S.PAID, S.CONTESTED, S.RECHECKED):
        share = (cnss + state) / 2
        amounts = draw(st.sampled_from([[cnss + state], [share.quantize(Decimal("0.01"))]]))
        paid = None if status is S.ORDERED else draw(days)
        payments = [Payment(f"stm-{i}", amount, draw(days), paid) for i, amount in enumerate(amounts)]
    return ClaimLine(
        f"exe-{draw(st.integers(1, 9))}",
        decided,
        draw(days),
        status=status,
        payee=draw(st.sampled_from(["insured", "provider"])),
        since=draw(st.none() | instants),
        due=draw(st.none() | instants),
        hold=hold,
        cleared=tuple(draw(st.lists(st.sampled_from(["document:invoice", "medical-review"]), unique=True))),
        payments=tuple(payments),
    )


@st.composite
def claims(draw: st.DrawFn) -> Claim:
    reference = draw(st.none() | st.just("FSP-1"))
    found = draw(st.lists(lines(), max_size=4))
    names = [one.execution for one in found]
    placed = [changed(one, place=names[:rank].count(one.execution)) for rank, one in enumerate(found)]
    return Claim(
        "clm-1",
        "2604817390552494" if reference is None else draw(st.sampled_from(["", "2604817390552494"])),
        "pharmacy",
        "PHA-KEN-01",
        draw(days),
        draw(instants),
        tuple(placed),
        ("100000001", 1),
        "electronic" if reference is None else "paper",
        reference,
    )


@given(claims())
def test_what_is_stored_is_read_back_as_it_was(claim: Claim) -> None:
    text = to_json(claim)
    back = to_model(parse(text), claim.beneficiary)
    assert back == claim
    assert to_json(back) == text


@given(claims())
def test_the_wire_promises_nothing_while_a_line_is_pending(claim: Claim) -> None:
    answer = parse(to_json(claim))
    for said, line in zip(answer["lines"], claim.lines, strict=True):
        assert (said["decision"] == "pending") == (line.status in PENDING)
        assert ("hold" in said) == (line.status in HELD)
    assert ("decision" in answer) == (bool(claim.lines) and all(line.status not in PENDING for line in claim.lines))
    for name in ("charged", "cnss_share", "state_share", "patient_share"):
        assert Decimal(answer["totals"][name]) == sum((Decimal(line[name]) for line in answer["lines"]), Decimal(0))


@given(st.lists(lines(), max_size=5))
def test_the_money_of_a_claim_reconciles(found: list[ClaimLine]) -> None:
    sums = reconciled(found)
    assert sums["due"] + sums["overpaid"] == sums["paid"] + sums["ordered"] + sums["to_order"] + sums["pending"]
    assert all(value >= 0 for value in sums.values())


@given(lines(), st.sampled_from(list(M)), instants)
def test_a_move_goes_where_the_table_says_or_is_refused(line: ClaimLine, move: Move, at: datetime) -> None:
    to = after(line.status, move)
    if to is None:
        with pytest.raises(ValueError, match=f"cannot {move}"):
            line.moved(move, at)
        return
    moved = line.moved(move, at)
    assert (moved.status, moved.since, moved.due) == (to, at, None)
    assert moved.hold is None or to in HELD
    assert changed(moved, status=line.status, since=line.since, due=line.due, hold=line.hold) == line
