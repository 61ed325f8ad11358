"""The life of a line and of a care sheet, as one table.

`TABLE` both enforces (`move`) and documents (`as_markdown`): state, transition, role, guard, effect.
A new transition is new rows, never a new `if`. The status of a sheet is derived from its lines by
`sheet_status`, total over every combination of states; nothing stores it. Source: domain model of this
project, inferred from the announced CNSS flow; fidelity: hypothesis.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from enum import StrEnum

from simulator.kit.money import quantity_text
from simulator.kit.problems import Problem

OWN_SECTION = "prescriber"
"""The section of the prescriber's own acts, executed when the sheet is issued."""

NOTHING = Decimal(0)


class LineState(StrEnum):
    """Where a line stands; `held` is not here: a hold is a lease on the section."""

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


class Transition(StrEnum):
    """What may happen to a line."""

    EXECUTE = "execute"
    DECLINE = "decline"
    CANCEL = "cancel"
    EXPIRE = "expire"


class Role(StrEnum):
    """Who may make it happen."""

    HOLDER = "lease holder"
    AUTHOR = "author prescriber"
    CLOCK = "clock"


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a section; quantities in the line's own unit, `executed` summed over executions."""

    section: str
    number: int
    state: LineState
    ordered: Decimal
    executed: Decimal = NOTHING

    @property
    def active(self) -> bool:
        return self.state in ACTIVE

    @property
    def remaining(self) -> Decimal:
        """What may still be executed: nothing once the line is terminal."""
        return self.ordered - self.executed if self.active else NOTHING


@dataclass(frozen=True, slots=True)
class Ask:
    """The circumstances a guard looks at."""

    quantity: Decimal = NOTHING
    held: bool = False
    past_validity: bool = False


@dataclass(frozen=True, slots=True)
class Guard:
    """A named condition, and the slug of the refusal when no row of the same transition accepts."""

    name: str
    test: Callable[[Line, Ask], bool]
    refusal: str


WHOLE = Guard("quantity = remainder", lambda line, ask: ask.quantity == line.remaining, "over-remainder")
PART = Guard("0 < quantity < remainder", lambda line, ask: 0 < ask.quantity < line.remaining, "over-remainder")
REASON = Guard("coded reason given", lambda line, ask: True, "line-terminal")
FREE = Guard("section not held", lambda line, ask: not ask.held, "cannot-cancel")
LATE = Guard("day > last day of validity", lambda line, ask: ask.past_validity, "line-terminal")


@dataclass(frozen=True, slots=True)
class Row:
    """One row of the table; `counts`: the quantity asked adds to what is executed."""

    state: LineState
    transition: Transition
    role: Role
    guard: Guard
    becomes: LineState
    counts: bool = False

    def effect(self, line: Line, ask: Ask) -> Line:
        executed = line.executed + ask.quantity if self.counts else line.executed
        return replace(line, state=self.becomes, executed=executed)


_S, _T, _R = LineState, Transition, Role

TABLE: tuple[Row, ...] = (
    Row(_S.OPEN, _T.EXECUTE, _R.HOLDER, WHOLE, _S.EXECUTED, counts=True),
    Row(_S.OPEN, _T.EXECUTE, _R.HOLDER, PART, _S.PARTIAL, counts=True),
    Row(_S.PARTIAL, _T.EXECUTE, _R.HOLDER, WHOLE, _S.EXECUTED, counts=True),
    Row(_S.PARTIAL, _T.EXECUTE, _R.HOLDER, PART, _S.PARTIAL, counts=True),
    Row(_S.OPEN, _T.DECLINE, _R.HOLDER, REASON, _S.NOT_EXECUTED),
    Row(_S.PARTIAL, _T.DECLINE, _R.HOLDER, REASON, _S.NOT_EXECUTED),
    Row(_S.OPEN, _T.CANCEL, _R.AUTHOR, FREE, _S.CANCELLED),
    Row(_S.PARTIAL, _T.CANCEL, _R.AUTHOR, FREE, _S.CANCELLED),
    Row(_S.OPEN, _T.EXPIRE, _R.CLOCK, LATE, _S.EXPIRED),
    Row(_S.PARTIAL, _T.EXPIRE, _R.CLOCK, LATE, _S.EXPIRED),
    Row(_S.OWED, _T.EXPIRE, _R.CLOCK, LATE, _S.EXPIRED),
)

_ROWS: dict[tuple[LineState, Transition], tuple[Row, ...]] = {
    (state, transition): tuple(r for r in TABLE if r.state is state and r.transition is transition)
    for state in LineState
    for transition in Transition
}


def allowed(state: LineState, role: Role | None = None) -> list[str]:
    """Transitions that leave `state`, in the table's order (of one role, if given)."""
    rows = (r for r in TABLE if r.state is state and role in (None, r.role))
    return list(dict.fromkeys(r.transition.value for r in rows))


def move(line: Line, transition: Transition, role: Role, ask: Ask = Ask()) -> Line:
    """The line after the transition.

    Raises Problem `line-terminal` when its state has no such transition for that role, else the refusal
    of the guard (`over-remainder`, `cannot-cancel`).
    """
    rows = [row for row in _ROWS[line.state, transition] if row.role is role]
    for row in rows:
        if row.guard.test(line, ask):
            return row.effect(line, ask)
    slug = rows[0].guard.refusal if rows else "line-terminal"
    raise Problem(
        slug,
        _SENTENCES[slug].format(
            line=line.number, asked=quantity_text(ask.quantity), left=quantity_text(line.remaining)
        ),
        current_state=line.state.value,
        allowed_transitions=allowed(line.state, role),
    )


_SENTENCES = {
    "line-terminal": "La ligne {line} est déjà close.",
    "over-remainder": "Ligne {line} : quantité {asked} demandée, il reste {left}.",
    "cannot-cancel": "Un établissement tient la section : elle ne peut pas être annulée maintenant.",
}


def as_of(lines: Sequence[Line], past_validity: bool) -> tuple[Line, ...]:
    """The lines as the clock leaves them: expiry is read, never written."""
    if not past_validity:
        return tuple(lines)
    late = Ask(past_validity=True)
    return tuple(move(x, _T.EXPIRE, _R.CLOCK, late) if x.active else x for x in lines)


class SheetStatus(StrEnum):
    """Status of a whole sheet, always derived."""

    ISSUED = "issued"
    IN_PROGRESS = "in_progress"
    EXECUTED = "executed"
    PARTLY_EXECUTED = "partly_executed"
    CANCELLED = "cancelled"
    EXPIRED = "expired"
    REPLACED = "replaced"


_UNTOUCHED = frozenset({_S.OPEN, _S.CANCELLED, _S.EXPIRED})


def sheet_status(lines: Iterable[Line], *, replaced: bool = False) -> SheetStatus:
    """Status of a sheet from its lines, for every combination of them.

    The prescriber's own acts are done at issue: they decide only when the sheet asks nothing of others.
    A line counts as untouched when nothing of it was executed, declined, owed or moved to paper.
    """
    if replaced:
        return SheetStatus.REPLACED
    every = list(lines)
    asked = [line for line in every if line.section != OWN_SECTION] or every
    states = {line.state for line in asked}
    untouched = states <= _UNTOUCHED and not any(line.executed for line in asked)
    if states & ACTIVE:
        return SheetStatus.ISSUED if untouched else SheetStatus.IN_PROGRESS
    if states == {_S.EXECUTED}:
        return SheetStatus.EXECUTED
    if not untouched:
        return SheetStatus.PARTLY_EXECUTED
    return SheetStatus.EXPIRED if _S.EXPIRED in states else SheetStatus.CANCELLED


def as_markdown() -> str:
    """The table, for the documentation."""
    head = "| state | transition | role | guard | becomes |\n|---|---|---|---|---|"
    rows = (f"| `{r.state}` | {r.transition} | {r.role} | {r.guard.name} | `{r.becomes}` |" for r in TABLE)
    return "\n".join((head, *rows)) + "\n"
