"""What must hold for every line, whatever the amounts."""

from __future__ import annotations

from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from simulator.claims.adjudication import adjudicate
from simulator.claims.decisions import decide
from simulator.claims.model import AdjudicatedLine, claim_decision, totals
from simulator.claims.rules import rule_set
from simulator.claims.terms import ChargedLine, Circumstances, Filing, Granted, HeldCondition, RightsContext

RULES = rule_set("tnr-2006")
DAY = date(2026, 11, 23)

amounts = st.decimals("0", "99999.99", places=2)
rates = st.decimals("0", "1", places=2)
quantities = st.integers(1, 30).map(Decimal)
conditions = st.one_of(
    st.just(()),
    st.decimals("0.95", "0.99", places=2).map(lambda rate: (HeldCondition("ALD", "ALD", rate, "diabetes"),)),
    st.just((HeldCondition("ALC", "ALC", Decimal("1.00"), "malignant-tumour"),)),
    st.just((HeldCondition("ALD", "ALD", Decimal("0.95")), HeldCondition("ALD", "ALD", Decimal("0.97"), "diabetes"))),
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
    atc=st.sampled_from([None, "A10BA02", "J01CA04", "L01EA01"]),
    attestation=st.sampled_from([None, "ATT-1"]),
)
acts = st.builds(
    ChargedLine,
    line=st.just(1),
    kind=st.just("act"),
    label=st.just("Acte"),
    quantity=quantities,
    charged=amounts,
    code=st.just("X"),
    letter=st.sampled_from(["C", "CS", "D", "B", "SF", "D_PROTHESE", "D_ODF"]),
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
arounds = st.builds(
    Circumstances,
    filing=st.one_of(
        st.none(), st.builds(Filing, st.dates(DAY, date(2027, 3, 1)), st.dates(date(2026, 10, 1), DAY), st.booleans())
    ),
    granted=st.lists(st.builds(Granted, st.dates(date(2024, 6, 1), date(2029, 1, 1)), amounts), max_size=3).map(tuple),
    birth_date=st.one_of(st.none(), st.dates(date(2005, 1, 1), DAY)),
)
quick = settings(max_examples=150, deadline=None)


@quick
@given(lines, contexts, arounds)
def test_shares_sum_to_the_charge_and_are_never_negative(
    line: ChargedLine, context: RightsContext, around: Circumstances
) -> None:
    done = adjudicate(line, context, RULES, DAY, around)
    assert done.cnss_share + done.state_share + done.patient_share == line.charged
    shares = (done.base, done.rate, done.cnss_share, done.state_share, done.patient_share, done.excess)
    assert all(share >= 0 for share in shares)
    assert done.excess <= done.patient_share
    assert all(share == share.quantize(Decimal("0.01")) for share in shares)


@quick
@given(lines, contexts, arounds)
def test_a_refusal_pays_nothing_and_says_what_to_do(
    line: ChargedLine, context: RightsContext, around: Circumstances
) -> None:
    done = adjudicate(line, context, RULES, DAY, around)
    assert (done.decision == "rejected") == (done.reason is not None)
    if done.reason is None:
        assert done.remedy is None
    else:
        assert done.cnss_share == done.state_share == 0
        assert done.payee == "insured"
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
@given(acts, quantities, quantities)
def test_more_coefficient_never_pays_less(line: ChargedLine, one: Decimal, other: Decimal) -> None:
    low, high = sorted((one, other))
    assert _paid(line, coefficient=low) <= _paid(line, coefficient=high)


@quick
@given(lines, rates, rates, st.sampled_from(["private", "public"]))
def test_a_better_condition_never_pays_less(line: ChargedLine, one: Decimal, other: Decimal, sector: Any) -> None:
    low, high = (
        adjudicate(line, RightsContext(True, "tns", sector, (HeldCondition("ALD", "ALD", rate),), "ALD"), RULES, DAY)
        for rate in sorted((one, other))
    )
    assert low.cnss_share <= high.cnss_share


@quick
@given(lines, contexts, arounds)
def test_what_is_paid_is_bounded_and_within_half_a_centime(
    line: ChargedLine, context: RightsContext, around: Circumstances
) -> None:
    done = adjudicate(line, context, RULES, DAY, around)
    eligible = min(line.charged, done.base)
    assert done.cnss_share + done.state_share <= eligible
    assert done.excess == line.charged - eligible
    if done.decision == "granted":
        assert -Decimal("0.005") < done.cnss_share - eligible * done.rate <= Decimal("0.005")
    if done.state_share:
        assert (context.regime, context.sector, done.payee) == ("tadamon", "public", "provider")
        cut = (done.cnss_share / done.rate).quantize(Decimal("0.01"), ROUND_HALF_UP)
        assert done.cnss_share + done.state_share == (eligible if done.decision == "granted" else cut)
    if done.decision == "partial":
        assert line.letter == "D_PROTHESE" and done.cnss_share < eligible * done.rate


@quick
@given(lines, contexts, arounds)
def test_circumstances_never_pay_more(line: ChargedLine, context: RightsContext, around: Circumstances) -> None:
    """And change nothing of a line that has no ceiling, no age limit, and was filed in time."""
    plain, done = adjudicate(line, context, RULES, DAY), adjudicate(line, context, RULES, DAY, around)
    assert done.cnss_share <= plain.cnss_share and done.state_share <= plain.state_share
    if line.letter not in ("D_PROTHESE", "D_ODF") and around.filing is None:
        assert done == plain


@quick
@given(lines, st.sampled_from(["private", "public"]), st.sampled_from(["salaried", "tadamon"]))
def test_a_condition_without_relation_pays_what_no_condition_pays(line: ChargedLine, sector: Any, regime: str) -> None:
    held = (HeldCondition("ALD", "ALD", Decimal("0.99"), "diabetes"),)
    with_it, without = (
        adjudicate(line, RightsContext(True, regime, sector, held, declared), RULES, DAY) for declared in ("ALD", None)
    )
    told = {step.result for step in with_it.explanation if step.rule == "RGL-LIEN-DIABETE"}
    if told == {"not-related"}:
        assert (with_it.rate, with_it.cnss_share) == (without.rate, without.cnss_share)
    elif told == {"related"}:
        assert with_it.rate == Decimal("0.99")


claims = st.lists(lines, max_size=6)


@quick
@given(claims, claims, contexts)
def test_a_claim_is_the_sum_of_its_lines(one: list[ChargedLine], other: list[ChargedLine], who: RightsContext) -> None:
    apart, rest, whole = (totals(_decided(part, who)) for part in (one, other, one + other))
    for name in ("charged", "base", "cnss_share", "state_share", "patient_share", "excess"):
        assert getattr(whole, name) == getattr(apart, name) + getattr(rest, name)
    assert whole.cnss_share + whole.state_share + whole.patient_share == whole.charged


@quick
@given(claims, contexts, st.data())
def test_the_order_of_lines_changes_nothing(many: list[ChargedLine], who: RightsContext, data: st.DataObject) -> None:
    """Nor does what was decided before, which is remembered (see `decisions`)."""
    order = data.draw(st.permutations(range(len(many))))
    straight, shuffled = _decided(many, who), _decided([many[at] for at in order], who)
    assert [straight[at] for at in order] == shuffled
    assert straight == [adjudicate(line, who, RULES, DAY) for line in many]
    assert (totals(straight), claim_decision(straight)) == (totals(shuffled), claim_decision(shuffled))


@quick
@given(medicines, amounts)
def test_charging_above_the_base_never_pays_more(line: ChargedLine, more: Decimal) -> None:
    at_base = replace(line, charged=(line.unit_base or Decimal(0)) * line.quantity)
    assert _paid(at_base) == _paid(replace(at_base, charged=at_base.charged + more))


def _paid(line: ChargedLine, **changes: Any) -> Decimal:
    return adjudicate(replace(line, **changes), RightsContext(True, "salaried"), RULES, DAY).cnss_share


def _decided(many: list[ChargedLine], who: RightsContext) -> list[AdjudicatedLine]:
    return [decide(line, who, "tnr-2006", DAY, "exe-a").line for line in many]
