"""What a visit does to the lines of a section, and how it is undone: judged whole, before anything is written."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from msgspec import Struct
from msgspec.structs import replace as changed

from simulator.care_sheets.model import Section
from simulator.care_sheets.states import NOTHING, Ask, Line, LineState, Role, Transition, move
from simulator.kit.problems import Problem

PRECEDENCE = (
    "line-unknown",
    "line-terminal",
    "line-owed",
    "line-not-owed",
    "cancellation-requested",
    "wrong-session",
    "over-remainder",
    "substitution-not-allowed",
)
"""When several lines are refused, the first of these slugs is answered, with every line it concerns."""
_FIELDS = {
    "line-unknown": "/line",
    "over-remainder": "/quantity",
    "wrong-session": "/session",
    "cancellation-requested": "/outcome",
    "line-not-owed": "/outcome",
}


class Deed(Struct, frozen=True):
    """What was done with one line.

    `transition`: execute, owe, give_back, decline or move_to_paper. `delivered`: code of the product handed over or
    of the act done; `agreed`: the prescriber agreed to the substitution; `session`: rank of the first one of the
    visit, when told; `owes_rest`: what is not delivered is owed.
    """

    line: int
    transition: Transition
    quantity: Decimal = NOTHING
    delivered: str | None = None
    agreed: bool = False
    session: int | None = None
    owes_rest: bool = False


class Prescribed(Struct, frozen=True):
    """What the sheet says of a line, for the substitution rule. `code`: EAN-13 or act; None outside the lists."""

    code: str | None
    substitution_allowed: bool

    @classmethod
    def of(cls, content: Mapping[str, Any]) -> Prescribed:
        """From a prescribed line as it is stored."""
        return cls(content.get("ean13") or content.get("act_code"), content.get("substitution_allowed", False))


class Visit(Struct, frozen=True):
    """Who comes: in which role of the table, and whether the author wants the section cancelled."""

    establishment: str
    role: Role = Role.HOLDER
    cancelling: frozenset[int] = frozenset()


class Moved(Struct, frozen=True):
    """A line before and after a deed."""

    before: Line
    after: Line


def apply(
    section: Section, prescribed: Mapping[int, Prescribed], deeds: Sequence[Deed], visit: Visit
) -> tuple[Moved, ...]:
    """What becomes of each line, in the order of the deeds: all of them, or a Problem.

    Raises Problem line-unknown, line-terminal, line-owed, line-not-owed, cancellation-requested, wrong-session,
    over-remainder, substitution-not-allowed.
    """
    moved: list[Moved] = []
    refused: list[tuple[int, Deed, Problem]] = []
    for place, deed in enumerate(deeds):
        line = section.line(deed.line)
        try:
            moved.append(_one(line, prescribed.get(deed.line), deed, visit))
        except Problem as problem:
            refused.append((place, deed, problem))
    if refused:
        raise _refusal(refused)
    return tuple(moved)


def _one(line: Line | None, prescribed: Prescribed | None, deed: Deed, visit: Visit) -> Moved:
    if line is None or prescribed is None:
        raise Problem("line-unknown", f"La section n'a pas de ligne {deed.line}.")
    transition = deed.transition
    if deed.owes_rest and deed.quantity != line.remaining:
        transition = Transition.OWE
    ask = Ask(
        quantity=deed.quantity,
        establishment=visit.establishment,
        debtor=visit.establishment,
        cancelling=line.number in visit.cancelling,
    )
    after = move(line, transition, visit.role, ask)
    expected = int(line.executed) + 1
    if deed.session is not None and deed.session != expected:
        raise Problem("wrong-session", f"Ligne {deed.line} : séance {deed.session} annoncée, {expected} attendue.")
    if substituted(prescribed, deed) and not (prescribed.substitution_allowed or deed.agreed):
        raise Problem(
            "substitution-not-allowed",
            f"Ligne {deed.line} : ce qui a été délivré ou fait n'est pas ce qui est prescrit.",
            current_state=line.state,
        )
    return Moved(line, after)


def substituted(prescribed: Prescribed, deed: Deed) -> bool:
    """Something else than what is prescribed was handed over or done (law 17-04 grants no substitution)."""
    return prescribed.code is not None and deed.delivered not in (None, prescribed.code)


def marked(section: Section, moved: Sequence[Moved], execution: str, *, undone: bool = False) -> Section:
    """The section after a visit recorded as `execution`; what was to be cancelled goes once nothing is active.

    `undone`: the visit takes another one back, so its lines keep the last execution that they had before that one.
    """
    lines = [one.after if undone else one.after.touched_by(execution) for one in moved]
    after = changed(section.with_lines(lines), executions=(*section.executions, execution))
    return after.settled()


def rewound(section: Section, execution: str, lines: Sequence[Mapping[str, Any]]) -> tuple[Moved, ...]:
    """What becomes of each line when an execution is taken back; `lines` as the execution stored them.

    Taken back from the last to the first: a late entry may have fed one line twice. Raises Problem
    execution-not-last, line-terminal (moved to paper).
    """
    now: dict[int, Line] = {}
    for done in reversed(lines):
        number = done["line"]
        line = now.get(number) or section.line(number)
        assert line is not None
        if number not in now and line.last != execution:
            raise Problem("execution-not-last", f"Ligne {number} : une exécution plus récente la concerne.")
        state, debtor, last = done["before"]
        ask = Ask(quantity=Decimal(done.get("quantity") or 0), debtor=debtor, before=LineState(state))
        now[number] = move(line, Transition.WITHDRAW, Role.EXECUTANT, ask).touched_by(last)
    before = {line.number: line for line in section.lines}
    return tuple(Moved(before[done["line"]], now[done["line"]]) for done in lines)


def _refusal(refused: Sequence[tuple[int, Deed, Problem]]) -> Problem:
    slug = min((problem.slug for _, _, problem in refused), key=PRECEDENCE.index)
    concerned = [(place, deed, problem) for place, deed, problem in refused if problem.slug == slug]
    first = concerned[0][2]
    return Problem(
        slug,
        first.detail,
        errors=[
            {"pointer": f"/lines/{place}{_field(slug, deed)}", "code": slug, "detail": problem.detail or slug}
            for place, deed, problem in concerned
        ],
        current_state=first.current_state,
        allowed_transitions=first.allowed_transitions,
    )


def _field(slug: str, deed: Deed) -> str:
    if slug == "substitution-not-allowed":
        return "/ean13" if (deed.delivered or "").isdigit() else "/act_code"
    return _FIELDS.get(slug, "")
