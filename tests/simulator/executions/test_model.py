"""A visit is judged whole."""

from decimal import Decimal

import pytest

from simulator.care_sheets.model import Section
from simulator.care_sheets.states import Line, LineState, Transition
from simulator.executions.model import Deed, Moved, Prescribed, Visit, apply, marked, rewound
from simulator.kit.problems import Problem

LINES = (
    Line("pharmacy", 1, LineState.OPEN, Decimal(2)),
    Line("pharmacy", 2, LineState.PARTIAL, Decimal(3), Decimal(1)),
    Line("pharmacy", 3, LineState.EXECUTED, Decimal(1), Decimal(1)),
)
SECTION = Section("pharmacy", 1, LINES)
VISIT = Visit("PHA-KEN-01")
ASKED = {1: Prescribed("A", False), 2: Prescribed("B", True), 3: Prescribed("C", False)}


def execute(
    line: int, quantity: int, delivered: str | None = None, *, agreed: bool = False, session: int | None = None
) -> Deed:
    return Deed(line, Transition.EXECUTE, Decimal(quantity), delivered, agreed=agreed, session=session)


def run(*deeds: Deed) -> tuple[Moved, ...]:
    return apply(SECTION, ASKED, deeds, VISIT)


def test_every_line_moves_in_the_order_of_the_deeds() -> None:
    moved = run(execute(2, 1, "X"), Deed(1, Transition.DECLINE))
    assert [(one.after.number, one.after.state.value, one.after.remaining) for one in moved] == [
        (2, "partial", 1),
        (1, "not_executed", 0),
    ]


@pytest.mark.parametrize(
    ("deeds", "slug", "pointers"),
    [
        ([execute(9, 1)], "line-unknown", ["/lines/0/line"]),
        ([execute(1, 1), execute(3, 1)], "line-terminal", ["/lines/1"]),
        ([execute(1, 3), execute(2, 3)], "over-remainder", ["/lines/0/quantity", "/lines/1/quantity"]),
        ([execute(1, 1, "9")], "substitution-not-allowed", ["/lines/0/ean13"]),
        ([execute(1, 1, "X"), Deed(9, Transition.DECLINE)], "line-unknown", ["/lines/1/line"]),
    ],
)
def test_the_first_refusal_in_the_order_of_precedence(deeds: list[Deed], slug: str, pointers: list[str]) -> None:
    with pytest.raises(Problem) as refusal:
        run(*deeds)
    assert refusal.value.slug == slug
    assert [error["pointer"] for error in refusal.value.errors] == pointers


@pytest.mark.parametrize("deed", [execute(1, 1, "A"), execute(1, 1, "X", agreed=True), execute(2, 1, "X")])
def test_a_substitution_with_an_agreement_passes(deed: Deed) -> None:
    assert run(deed)[0].after.state is LineState.PARTIAL


def test_a_session_has_its_rank() -> None:
    assert run(execute(2, 1, session=2))[0].after.executed == 2
    with pytest.raises(Problem, match="wrong-session"):
        run(execute(2, 1, session=3))


def test_what_is_owed_is_owed_by_the_visitor() -> None:
    deed = Deed(1, Transition.EXECUTE, Decimal(1), owes_rest=True)
    assert (run(deed)[0].after.state, run(deed)[0].after.owed_by) == (LineState.OWED, "PHA-KEN-01")
    whole = Deed(1, Transition.EXECUTE, Decimal(2), owes_rest=True)
    assert run(whole)[0].after.state is LineState.EXECUTED


def test_a_visit_is_undone_when_nothing_came_after_it() -> None:
    moved = run(execute(2, 1), execute(1, 2))
    after = marked(SECTION, moved, "exe-2")
    kept = [
        {"line": one.after.number, "quantity": quantity, "before": [one.before.state.value, None, one.before.last]}
        for one, quantity in zip(moved, ("1", "2"), strict=True)
    ]
    assert [one.after for one in rewound(after, "exe-2", kept)] == [LINES[1], LINES[0]]
    with pytest.raises(Problem, match="execution-not-last"):
        rewound(after, "exe-1", kept)
