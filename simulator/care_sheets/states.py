"""The life of a line, as one table: state, transition, role, guards, what it becomes.

`TABLE` enforces (`move`), documents (the generated pages and their diagram) and gives the
state machine of the tests its actions. A new transition is new rows, never a new `if`. `held` is no state of
a line: a hold is a lease on its section (`simulator.resolutions.model`). Source: domain model of this project,
inferred from the announced CNSS flow; fidelity: hypothesis.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal

from msgspec import Struct

from simulator.kit.money import quantity_text
from simulator.kit.problems import Problem
from simulator.kit.word import Word

NOTHING = Decimal(0)


class LineState(Word):
    """Where a line stands."""

    OPEN = "open"
    PARTIAL = "partial"
    OWED = "owed"
    EXECUTED = "executed"
    NOT_EXECUTED = "not_executed"
    CANCELLED = "cancelled"
    EXPIRED = "expired"
    MOVED_TO_PAPER = "moved_to_paper"


ACTIVE = frozenset({LineState.OPEN, LineState.PARTIAL, LineState.OWED})
"""States in which something may still be executed; the others are terminal."""


class Transition(Word):
    """What may happen to a line."""

    EXECUTE = "execute"
    OWE = "owe"
    GIVE_BACK = "give_back"
    DECLINE = "decline"
    MOVE_TO_PAPER = "move_to_paper"
    CANCEL = "cancel"
    REPLACE = "replace"
    WITHDRAW = "withdraw"
    EXPIRE = "expire"


class Role(Word):
    """Who may make it happen."""

    HOLDER = "lease holder"
    OUTAGE = "executor after an outage"
    EXECUTANT = "establishment that executed"
    PAPER = "establishment of a paper claim"
    AUTHOR = "author prescriber"
    CLOCK = "clock"


class Line(Struct, frozen=True, array_like=True):
    """One line of a section; quantities in the line's own unit, `executed` summed over executions.

    `owed_by`: the establishment that owes the remainder of an owed line. `last`: id of the last execution that
    touched it.
    """

    section: str
    number: int
    state: LineState
    ordered: Decimal
    executed: Decimal = NOTHING
    owed_by: str | None = None
    last: str | None = None

    @property
    def active(self) -> bool:
        return self.state in ACTIVE

    def touched_by(self, execution: str | None) -> Line:
        """The same, `execution` being the last that touched it."""
        return Line(self.section, self.number, self.state, self.ordered, self.executed, self.owed_by, execution)

    @property
    def remaining(self) -> Decimal:
        """What may still be executed: nothing once the line is terminal."""
        return self.ordered - self.executed if self.state in ACTIVE else NOTHING

    def open_to(self, establishment: str) -> bool:
        """Whether that establishment may execute something of it: another's debt is reserved to that other."""
        return self.state in ACTIVE and self.owed_by in (None, establishment)


class Ask(Struct, frozen=True):
    """The circumstances a guard looks at.

    `establishment`: who asks. `before`, `debtor`: state and `owed_by` of the line before the execution that is
    withdrawn; `debtor` is otherwise who will owe.
    """

    quantity: Decimal = NOTHING
    establishment: str | None = None
    debtor: str | None = None
    before: LineState | None = None
    held: bool = False
    cancelling: bool = False
    past_validity: bool = False


@dataclass(frozen=True, slots=True)
class Guard:
    """A named condition, and the slug of the refusal when no row of the same transition accepts."""

    name: str
    test: Callable[[Line, Ask], bool]
    refusal: str


WHOLE = Guard("quantity = remainder", lambda line, ask: ask.quantity == line.remaining, "over-remainder")
PART = Guard("0 < quantity < remainder", lambda line, ask: 0 < ask.quantity < line.remaining, "over-remainder")
SHORT = Guard("0 ≤ quantity < remainder", lambda line, ask: 0 <= ask.quantity < line.remaining, "over-remainder")
OWN = Guard("owed by the asker", lambda line, ask: line.owed_by == ask.establishment, "line-owed")
NONE_DONE = Guard("nothing executed", lambda line, ask: not line.executed, "line-terminal")
SOME_DONE = Guard("something executed", lambda line, ask: bool(line.executed), "line-terminal")
REASON = Guard("coded reason given", lambda line, ask: True, "line-terminal")
WANTED = Guard("no cancellation requested", lambda line, ask: not ask.cancelling, "cancellation-requested")
FREE = Guard("section not held", lambda line, ask: not ask.held, "cannot-cancel")
UNHELD = Guard("section not held", lambda line, ask: not ask.held, "cannot-replace")
LATE = Guard("day > last day of validity", lambda line, ask: ask.past_validity, "line-terminal")
TAKEN = Guard("its last execution is taken back", lambda line, ask: ask.before is not None, "execution-not-last")


def _was(state: LineState) -> Guard:
    return Guard(f"was {state} before its last execution", lambda line, ask: ask.before is state, "execution-not-last")


@dataclass(frozen=True, slots=True)
class Row:
    """One row of the table; `counts`: what becomes of the quantity asked, +1 added to `executed`, -1 taken back."""

    state: LineState
    transition: Transition
    roles: tuple[Role, ...]
    guards: tuple[Guard, ...]
    becomes: LineState
    counts: int = 0

    def effect(self, line: Line, ask: Ask) -> Line:
        executed = line.executed + self.counts * ask.quantity if self.counts else line.executed
        debtor = ask.debtor if self.becomes is LineState.OWED else None
        return Line(line.section, line.number, self.becomes, line.ordered, executed, debtor, line.last)


_S, _T, _R = LineState, Transition, Role
_DOING, _HOLDER, _AUTHOR, _EXECUTANT = (_R.HOLDER, _R.OUTAGE), (_R.HOLDER,), (_R.AUTHOR,), (_R.EXECUTANT,)
_ON_PAPER = (_R.HOLDER, _R.PAPER)
_UNDONE: tuple[tuple[LineState, tuple[LineState, ...]], ...] = (
    (_S.OPEN, (_S.OWED,)),
    (_S.PARTIAL, (_S.OPEN, _S.PARTIAL, _S.OWED)),
    (_S.OWED, (_S.OPEN, _S.PARTIAL, _S.OWED)),
    (_S.EXECUTED, (_S.OPEN, _S.PARTIAL, _S.OWED)),
    (_S.NOT_EXECUTED, (_S.OPEN, _S.PARTIAL, _S.OWED)),
)
"""A state, and the states that an execution can have left to reach it."""

TABLE: tuple[Row, ...] = (
    Row(_S.OPEN, _T.EXECUTE, _DOING, (WHOLE,), _S.EXECUTED, +1),
    Row(_S.OPEN, _T.EXECUTE, _DOING, (PART,), _S.PARTIAL, +1),
    Row(_S.PARTIAL, _T.EXECUTE, _DOING, (WHOLE,), _S.EXECUTED, +1),
    Row(_S.PARTIAL, _T.EXECUTE, _DOING, (PART,), _S.PARTIAL, +1),
    Row(_S.OWED, _T.EXECUTE, _DOING, (OWN, WHOLE), _S.EXECUTED, +1),
    Row(_S.OWED, _T.EXECUTE, _DOING, (OWN, PART), _S.OWED, +1),
    Row(_S.OPEN, _T.OWE, _HOLDER, (WANTED, SHORT), _S.OWED, +1),
    Row(_S.PARTIAL, _T.OWE, _HOLDER, (WANTED, SHORT), _S.OWED, +1),
    Row(_S.OWED, _T.OWE, _HOLDER, (OWN, WANTED, PART), _S.OWED, +1),
    Row(_S.OWED, _T.GIVE_BACK, _HOLDER, (OWN, NONE_DONE), _S.OPEN),
    Row(_S.OWED, _T.GIVE_BACK, _HOLDER, (OWN, SOME_DONE), _S.PARTIAL),
    Row(_S.OPEN, _T.DECLINE, _HOLDER, (REASON,), _S.NOT_EXECUTED),
    Row(_S.PARTIAL, _T.DECLINE, _HOLDER, (REASON,), _S.NOT_EXECUTED),
    Row(_S.OWED, _T.DECLINE, _HOLDER, (OWN, REASON), _S.NOT_EXECUTED),
    Row(_S.OPEN, _T.MOVE_TO_PAPER, _ON_PAPER, (REASON,), _S.MOVED_TO_PAPER),
    Row(_S.PARTIAL, _T.MOVE_TO_PAPER, _ON_PAPER, (REASON,), _S.MOVED_TO_PAPER),
    Row(_S.OWED, _T.MOVE_TO_PAPER, _ON_PAPER, (OWN, REASON), _S.MOVED_TO_PAPER),
    Row(_S.OPEN, _T.CANCEL, _AUTHOR, (FREE,), _S.CANCELLED),
    Row(_S.PARTIAL, _T.CANCEL, _AUTHOR, (FREE,), _S.CANCELLED),
    Row(_S.OWED, _T.CANCEL, _AUTHOR, (FREE,), _S.CANCELLED),
    Row(_S.OPEN, _T.REPLACE, _AUTHOR, (UNHELD,), _S.CANCELLED),
    *(
        Row(state, _T.WITHDRAW, _EXECUTANT, (_was(before),), before, -1)
        for state, befores in _UNDONE
        for before in befores
    ),
    Row(_S.CANCELLED, _T.WITHDRAW, _EXECUTANT, (TAKEN,), _S.CANCELLED, -1),
    Row(_S.OPEN, _T.EXPIRE, (_R.CLOCK,), (LATE,), _S.EXPIRED),
    Row(_S.PARTIAL, _T.EXPIRE, (_R.CLOCK,), (LATE,), _S.EXPIRED),
    Row(_S.OWED, _T.EXPIRE, (_R.CLOCK,), (LATE,), _S.EXPIRED),
)

_ROWS: dict[tuple[LineState, Transition, Role], tuple[Row, ...]] = {
    (state, transition, role): tuple(
        row for row in TABLE if row.state is state and row.transition is transition and role in row.roles
    )
    for state in LineState
    for transition in Transition
    for role in Role
}


def allowed(state: LineState, role: Role | None = None) -> list[str]:
    """Transitions that leave `state`, in the table's order (of one role, if given)."""
    rows = (row for row in TABLE if row.state is state and (role is None or role in row.roles))
    return list(dict.fromkeys(row.transition.value for row in rows))


def move(line: Line, transition: Transition, role: Role, ask: Ask = Ask()) -> Line:
    """The line after the transition.

    Raises Problem: when its state has no such transition for that role, `line-terminal` (`cannot-replace` to
    replace, `line-not-owed` to give back what is not owed); otherwise the refusal of the first guard that fails.
    """
    rows = _ROWS[line.state, transition, role]
    slug = ""
    for row in rows:
        for guard in row.guards:
            if not guard.test(line, ask):
                slug = slug or guard.refusal
                break
        else:
            return row.effect(line, ask)
    raise _refusal(slug or _NO_ROW.get(transition, "line-terminal"), line, role, ask)


_NO_ROW = {Transition.REPLACE: "cannot-replace", Transition.GIVE_BACK: "line-not-owed"}
_SENTENCES = {
    "line-terminal": "La ligne {line} est déjà close.",
    "over-remainder": "Ligne {line} : quantité {asked} demandée, il reste {left}.",
    "line-owed": "Ligne {line} : un autre établissement doit le reste au patient, qui lui est réservé.",
    "line-not-owed": "Ligne {line} : rien n'y est dû par votre établissement.",
    "cancellation-requested": "Ligne {line} : le prescripteur a demandé son annulation ; rien ne peut plus être dû.",
    "cannot-cancel": "Ligne {line} : un établissement tient la section.",
    "cannot-replace": "Ligne {line} : déjà commencée, ou sa section est tenue par un établissement.",
    "execution-not-last": "Ligne {line} : une exécution plus récente la concerne.",
}


def _refusal(slug: str, line: Line, role: Role, ask: Ask) -> Problem:
    asked, left = quantity_text(ask.quantity), quantity_text(line.remaining)
    return Problem(
        slug,
        _SENTENCES[slug].format(line=line.number, asked=asked, left=left),
        current_state=line.state,
        allowed_transitions=allowed(line.state, role),
    )
