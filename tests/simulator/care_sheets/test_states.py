"""The table of transitions, and the status derived from it."""

from decimal import Decimal
from itertools import combinations_with_replacement

import pytest

from simulator.care_sheets import states
from simulator.care_sheets.states import Ask, Line, LineState, Role, Transition
from simulator.care_sheets.status import OWN_SECTION, SheetStatus, sheet_status
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
@pytest.mark.parametrize("transition", [t for t in Transition if t is not Transition.WITHDRAW])
def test_no_transition_but_a_withdrawal_leaves_a_terminal_state(state: str, transition: Transition) -> None:
    for role in Role:
        with pytest.raises(Problem) as refusal:
            states.move(line(state), transition, role, Ask(Decimal(1), past_validity=True))
        assert refusal.value.slug in ("line-terminal", "cannot-replace", "line-not-owed")
        assert set(refusal.value.allowed_transitions or ()) <= {"withdraw"}


def owed(by: str = "PHA-KEN-01", executed: str = "1") -> Line:
    return Line("pharmacy", 1, LineState.OWED, Decimal(3), Decimal(executed), owed_by=by)


def test_a_debt_is_reserved_to_its_establishment() -> None:
    ours, theirs = (Ask(Decimal(2), establishment=f"PHA-KEN-0{n}", debtor=f"PHA-KEN-0{n}") for n in (1, 2))
    assert states.move(owed(), Transition.EXECUTE, Role.HOLDER, ours).state is LineState.EXECUTED
    for transition in (Transition.EXECUTE, Transition.GIVE_BACK, Transition.DECLINE, Transition.MOVE_TO_PAPER):
        with pytest.raises(Problem, match="line-owed"):
            states.move(owed(), transition, Role.HOLDER, theirs)
    assert owed().open_to("PHA-KEN-01") and not owed().open_to("PHA-KEN-02")


def test_owing_and_giving_back() -> None:
    ask = Ask(Decimal(1), establishment="PHA-KEN-01", debtor="PHA-KEN-01")
    due = states.move(line(), Transition.OWE, Role.HOLDER, ask)
    assert (due.state, due.owed_by, due.remaining) == (LineState.OWED, "PHA-KEN-01", 1)
    back = states.move(due, Transition.GIVE_BACK, Role.HOLDER, ask)
    assert (back.state, back.owed_by, back.executed) == (LineState.PARTIAL, None, 1)
    assert states.move(owed(executed="0"), Transition.GIVE_BACK, Role.HOLDER, ask).state is LineState.OPEN
    with pytest.raises(Problem, match="line-not-owed"):
        states.move(line(), Transition.GIVE_BACK, Role.HOLDER, ask)
    with pytest.raises(Problem, match="cancellation-requested"):
        states.move(line(), Transition.OWE, Role.HOLDER, Ask(Decimal(1), cancelling=True))


@pytest.mark.parametrize(("before", "debtor"), [("open", None), ("partial", None), ("owed", "PHA-KEN-01")])
def test_a_withdrawal_gives_the_state_before(before: str, debtor: str | None) -> None:
    done = line("executed", "2", "2")
    ask = Ask(Decimal(2), debtor=debtor, before=LineState(before))
    back = states.move(done, Transition.WITHDRAW, Role.EXECUTANT, ask)
    assert (back.state, back.executed, back.owed_by) == (LineState(before), 0, debtor)


def test_a_cancelled_line_stays_cancelled_when_its_part_is_withdrawn() -> None:
    ask = Ask(Decimal(1), before=LineState.OPEN)
    back = states.move(line("cancelled", "2", "1"), Transition.WITHDRAW, Role.EXECUTANT, ask)
    assert (back.state, back.executed) == (LineState.CANCELLED, 0)
    with pytest.raises(Problem, match="line-terminal"):
        states.move(line("moved_to_paper"), Transition.WITHDRAW, Role.EXECUTANT, ask)


def test_only_what_nobody_touched_is_replaced() -> None:
    assert states.move(line(), Transition.REPLACE, Role.AUTHOR).state is LineState.CANCELLED
    for subject, ask in ((line("partial", executed="1"), Ask()), (line(), Ask(held=True))):
        with pytest.raises(Problem, match="cannot-replace"):
            states.move(subject, Transition.REPLACE, Role.AUTHOR, ask)


def test_each_row_belongs_to_its_role_only() -> None:
    with pytest.raises(Problem, match="line-terminal"):
        states.move(line(), Transition.CANCEL, Role.HOLDER)
    assert states.move(line(), Transition.CANCEL, Role.AUTHOR).state is LineState.CANCELLED


def test_a_held_section_cannot_be_cancelled() -> None:
    with pytest.raises(Problem, match="cannot-cancel"):
        states.move(line(), Transition.CANCEL, Role.AUTHOR, Ask(held=True))


def test_expiry_keeps_what_was_executed() -> None:
    late = states.move(line("partial", executed="1"), Transition.EXPIRE, Role.CLOCK, Ask(past_validity=True))
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
    own = line("executed", "1", "1", section=OWN_SECTION)
    assert sheet_status(asked) is status
    assert sheet_status([own, *asked]) is status
    assert sheet_status(asked, replaced=True) is SheetStatus.REPLACED


def test_own_acts_alone_make_an_executed_sheet() -> None:
    assert sheet_status([line("executed", "1", "1", "prescriber")]) is SheetStatus.EXECUTED


def test_status_is_total() -> None:
    kinds = [line(state.value, executed=done) for state in LineState for done in ("0", "1")]
    for size in (1, 2, 3):
        for lines in combinations_with_replacement(kinds, size):
            status = sheet_status(lines)
            active = any(x.active for x in lines)
            assert active == (status in (SheetStatus.ISSUED, SheetStatus.IN_PROGRESS))
