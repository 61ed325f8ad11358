"""The table of transitions, and the status derived from it."""

from decimal import Decimal
from itertools import combinations_with_replacement

import pytest

from simulator.care_sheets import states
from simulator.care_sheets.states import Ask, Line, LineState, Role, SheetStatus, Transition
from simulator.kit.problems import Problem


def line(state: str = "open", ordered: str = "2", executed: str = "0", section: str = "pharmacy") -> Line:
    return Line(section, 1, LineState(state), Decimal(ordered), Decimal(executed))


def execute(subject: Line, quantity: str) -> Line:
    return states.move(subject, Transition.EXECUTE, Role.HOLDER, Ask(quantity=Decimal(quantity)))


def test_whole_remainder_executes_the_line() -> None:
    done = execute(line(), "2")
    assert (done.state, done.executed, done.remaining) == (LineState.EXECUTED, 2, 0)


def test_a_part_leaves_the_rest_then_the_rest_completes() -> None:
    part = execute(line(), "0.5")
    assert (part.state, part.remaining) == (LineState.PARTIAL, Decimal("1.5"))
    assert execute(part, "1.5").state is LineState.EXECUTED


@pytest.mark.parametrize("quantity", ["2.001", "3"])
def test_more_than_the_remainder_is_refused(quantity: str) -> None:
    with pytest.raises(Problem) as refusal:
        execute(line(), quantity)
    assert refusal.value.slug == "over-remainder"
    assert refusal.value.current_state == "open"


@pytest.mark.parametrize("state", [s.value for s in LineState if s not in states.ACTIVE])
@pytest.mark.parametrize("transition", list(Transition))
def test_no_transition_leaves_a_terminal_state(state: str, transition: Transition) -> None:
    for role in Role:
        with pytest.raises(Problem) as refusal:
            states.move(line(state), transition, role, Ask(Decimal(1), past_validity=True))
        assert refusal.value.slug == "line-terminal"
        assert refusal.value.allowed_transitions == []


def test_each_row_belongs_to_its_role_only() -> None:
    with pytest.raises(Problem, match="line-terminal"):
        states.move(line(), Transition.CANCEL, Role.HOLDER)
    assert states.move(line(), Transition.CANCEL, Role.AUTHOR).state is LineState.CANCELLED


def test_a_held_section_cannot_be_cancelled() -> None:
    with pytest.raises(Problem, match="cannot-cancel"):
        states.move(line(), Transition.CANCEL, Role.AUTHOR, Ask(held=True))


def test_expiry_is_read_not_written() -> None:
    subject = line("partial", executed="1")
    assert states.as_of([subject], past_validity=False) == (subject,)
    (late,) = states.as_of([subject], past_validity=True)
    assert (late.state, late.remaining, late.executed) == (LineState.EXPIRED, 0, 1)


STATUSES = [
    ([("open", 0)], SheetStatus.ISSUED),
    ([("open", 0), ("cancelled", 0)], SheetStatus.ISSUED),
    ([("open", 0), ("executed", 2)], SheetStatus.IN_PROGRESS),
    ([("partial", 1)], SheetStatus.IN_PROGRESS),
    ([("owed", 0)], SheetStatus.IN_PROGRESS),
    ([("open", 0), ("not_executed", 0)], SheetStatus.IN_PROGRESS),
    ([("executed", 2), ("executed", 2)], SheetStatus.EXECUTED),
    ([("executed", 2), ("not_executed", 0)], SheetStatus.PARTLY_EXECUTED),
    ([("not_executed", 0)], SheetStatus.PARTLY_EXECUTED),
    ([("cancelled", 1)], SheetStatus.PARTLY_EXECUTED),
    ([("moved_to_paper", 0)], SheetStatus.PARTLY_EXECUTED),
    ([("cancelled", 0), ("cancelled", 0)], SheetStatus.CANCELLED),
    ([("expired", 0), ("cancelled", 0)], SheetStatus.EXPIRED),
    ([("expired", 1)], SheetStatus.PARTLY_EXECUTED),
]


@pytest.mark.parametrize(("lines", "status"), STATUSES)
def test_status_derives_from_the_lines(lines: list[tuple[str, int]], status: SheetStatus) -> None:
    asked = [line(state, executed=str(executed)) for state, executed in lines]
    own = line("executed", "1", "1", section=states.OWN_SECTION)
    assert states.sheet_status(asked) is status
    assert states.sheet_status([own, *asked]) is status
    assert states.sheet_status(asked, replaced=True) is SheetStatus.REPLACED


def test_own_acts_alone_make_an_executed_sheet() -> None:
    assert states.sheet_status([line("executed", "1", "1", "prescriber")]) is SheetStatus.EXECUTED


def test_status_is_total() -> None:
    kinds = [line(state.value, executed=done) for state in LineState for done in ("0", "1")]
    for size in (1, 2, 3):
        for lines in combinations_with_replacement(kinds, size):
            status = states.sheet_status(lines)
            active = any(x.active for x in lines)
            assert active == (status in (SheetStatus.ISSUED, SheetStatus.IN_PROGRESS))


def test_the_table_documents_itself() -> None:
    text = states.as_markdown()
    assert text.count("\n") == len(states.TABLE) + 2
    assert "| `open` | execute | lease holder | quantity = remainder | `executed` |" in text
