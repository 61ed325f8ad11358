"""A visit is judged whole."""

from decimal import Decimal

import pytest

from simulator.care_sheets.states import Line, LineState
from simulator.executions.model import Deed, Prescribed, apply
from simulator.kit.problems import Problem

LINES = (
    Line("pharmacy", 1, LineState.OPEN, Decimal(2)),
    Line("pharmacy", 2, LineState.PARTIAL, Decimal(3), Decimal(1)),
    Line("pharmacy", 3, LineState.EXECUTED, Decimal(1), Decimal(1)),
)
ASKED = {1: Prescribed("A", False), 2: Prescribed("B", True), 3: Prescribed("C", False)}


def test_every_line_moves_in_the_order_of_the_deeds() -> None:
    after = apply(LINES, ASKED, [Deed(2, Decimal(1), "X"), Deed(1, None)])
    assert [(line.number, line.state.value, line.remaining) for line in after] == [
        (2, "partial", 1),
        (1, "not_executed", 0),
    ]


@pytest.mark.parametrize(
    ("deeds", "slug", "pointers"),
    [
        ([Deed(9, Decimal(1))], "line-unknown", ["/lines/0/line"]),
        ([Deed(1, Decimal(1)), Deed(3, Decimal(1))], "line-terminal", ["/lines/1"]),
        ([Deed(1, Decimal(3)), Deed(2, Decimal(3))], "over-remainder", ["/lines/0/quantity", "/lines/1/quantity"]),
        ([Deed(1, Decimal(1), "X")], "substitution-not-allowed", ["/lines/0/ean13"]),
        ([Deed(1, Decimal(1), "X"), Deed(9, None)], "line-unknown", ["/lines/1/line"]),
    ],
)
def test_the_first_refusal_in_the_order_of_precedence(deeds: list[Deed], slug: str, pointers: list[str]) -> None:
    with pytest.raises(Problem) as refusal:
        apply(LINES, ASKED, deeds)
    assert refusal.value.slug == slug
    assert [error["pointer"] for error in refusal.value.errors] == pointers


@pytest.mark.parametrize(
    "deed", [Deed(1, Decimal(1), "A"), Deed(1, Decimal(1), "X", agreed=True), Deed(2, Decimal(1), "X")]
)
def test_a_substitution_with_an_agreement_passes(deed: Deed) -> None:
    assert apply(LINES, ASKED, [deed])[0].state is LineState.PARTIAL
