"""What must hold for every line, whatever the amounts."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from simulator.claims.adjudication import adjudicate
from simulator.claims.rules import rule_set
from simulator.claims.terms import ChargedLine, HeldCondition, RightsContext

RULES = rule_set("tnr-2006")
DAY = date(2026, 11, 23)

amounts = st.decimals("0", "99999.99", places=2)
rates = st.decimals("0", "1", places=2)
quantities = st.integers(1, 30).map(Decimal)
conditions = st.one_of(
    st.just(()),
    st.decimals("0.95", "0.99", places=2).map(lambda rate: (HeldCondition("ALD", "ALD", rate),)),
    st.just((HeldCondition("ALC", "ALC", Decimal("1.00")),)),
)
contexts = st.builds(
    RightsContext,
    open=st.booleans(),
    regime=st.sampled_from(["salaried", "tadamon", "tns"]),
    sector=st.sampled_from(["private", "public"]),
    conditions=conditions,
    declared=st.sampled_from([None, "ALD", "ALC"]),
)
medicines = st.builds(
    ChargedLine,
    line=st.just(1),
    kind=st.just("medicine"),
    label=st.just("Boîte"),
    quantity=quantities,
    charged=amounts,
    code=st.just("6118999000018"),
    unit_base=st.one_of(st.none(), amounts),
    rate=rates,
)
acts = st.builds(
    ChargedLine,
    line=st.just(1),
    kind=st.just("act"),
    label=st.just("Acte"),
    quantity=quantities,
    charged=amounts,
    code=st.just("X"),
    letter=st.sampled_from(["C", "CS", "D", "B", "SF"]),
    coefficient=st.integers(1, 120).map(Decimal),
)
outside = st.builds(
    ChargedLine,
    line=st.just(1),
    kind=st.just("outside-list"),
    label=st.just("Hors liste"),
    quantity=quantities,
    charged=amounts,
)
lines = st.one_of(medicines, acts, outside)
quick = settings(max_examples=150, deadline=None)


@quick
@given(lines, contexts)
def test_shares_sum_to_the_charge_and_are_never_negative(line: ChargedLine, context: RightsContext) -> None:
    done = adjudicate(line, context, RULES, DAY)
    assert done.cnss_share + done.state_share + done.patient_share == line.charged
    shares = (done.base, done.rate, done.cnss_share, done.state_share, done.patient_share, done.excess)
    assert all(share >= 0 for share in shares)
    assert done.excess <= done.patient_share
    assert all(share == share.quantize(Decimal("0.01")) for share in shares)


@quick
@given(lines, contexts)
def test_a_refusal_pays_nothing_and_says_what_to_do(line: ChargedLine, context: RightsContext) -> None:
    done = adjudicate(line, context, RULES, DAY)
    if done.reason is None:
        assert done.remedy is None
    else:
        assert done.cnss_share == done.state_share == 0
        assert done.remedy
    if not context.open:
        assert done.reason == "rights-closed"


@quick
@given(medicines, rates, rates)
def test_more_rate_never_pays_less(line: ChargedLine, one: Decimal, other: Decimal) -> None:
    low, high = sorted((one, other))
    assert _paid(line, rate=low) <= _paid(line, rate=high)


@quick
@given(medicines, amounts, amounts)
def test_more_base_never_pays_less(line: ChargedLine, one: Decimal, other: Decimal) -> None:
    low, high = sorted((one, other))
    assert _paid(line, unit_base=low) <= _paid(line, unit_base=high)


@quick
@given(medicines, amounts)
def test_charging_above_the_base_never_pays_more(line: ChargedLine, more: Decimal) -> None:
    at_base = replace(line, charged=(line.unit_base or Decimal(0)) * line.quantity)
    assert _paid(at_base) == _paid(replace(at_base, charged=at_base.charged + more))


def _paid(line: ChargedLine, **changes: Any) -> Decimal:
    return adjudicate(replace(line, **changes), RightsContext(True, "salaried"), RULES, DAY).cnss_share
