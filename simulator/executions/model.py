"""What a visit asks of the lines of a section: judged whole, before anything is written."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from simulator.care_sheets.states import Ask, Line, Role, Transition, move
from simulator.kit.problems import Problem

PRECEDENCE = ("line-unknown", "line-terminal", "over-remainder", "substitution-not-allowed")
"""When several lines are refused, the first of these slugs is answered, with every line it concerns."""


@dataclass(frozen=True, slots=True)
class Deed:
    """What was done with one line: a quantity delivered, or none (`quantity` None) for a coded reason.

    `delivered`: EAN-13 of the product handed over; `agreed`: the prescriber agreed to the substitution.
    """

    line: int
    quantity: Decimal | None
    delivered: str | None = None
    agreed: bool = False


@dataclass(frozen=True, slots=True)
class Prescribed:
    """What the sheet says of a line, for the substitution rule."""

    ean13: str | None
    substitution_allowed: bool


def apply(lines: Sequence[Line], prescribed: Mapping[int, Prescribed], deeds: Sequence[Deed]) -> tuple[Line, ...]:
    """The lines after the visit, in the order of the deeds: all of them, or a Problem.

    Raises Problem line-unknown, line-terminal, over-remainder, substitution-not-allowed.
    """
    by_number = {line.number: line for line in lines}
    moved: list[Line] = []
    refused: list[tuple[int, Problem]] = []
    for place, deed in enumerate(deeds):
        try:
            moved.append(_one(by_number.get(deed.line), prescribed.get(deed.line), deed))
        except Problem as problem:
            refused.append((place, problem))
    if refused:
        raise _refusal(refused)
    return tuple(moved)


def _one(line: Line | None, prescribed: Prescribed | None, deed: Deed) -> Line:
    if line is None or prescribed is None:
        raise Problem("line-unknown", f"La section n'a pas de ligne {deed.line}.")
    if deed.quantity is None:
        return move(line, Transition.DECLINE, Role.HOLDER)
    after = move(line, Transition.EXECUTE, Role.HOLDER, Ask(quantity=deed.quantity))
    if substituted(prescribed, deed) and not (prescribed.substitution_allowed or deed.agreed):
        raise Problem(
            "substitution-not-allowed",
            f"Ligne {deed.line} : le produit délivré n'est pas le produit prescrit.",
            current_state=line.state,
        )
    return after


def substituted(prescribed: Prescribed, deed: Deed) -> bool:
    """Another product than the one prescribed was handed over (law 17-04 grants no substitution)."""
    return prescribed.ean13 is not None and deed.delivered not in (None, prescribed.ean13)


def _refusal(refused: Sequence[tuple[int, Problem]]) -> Problem:
    slug = min((problem.slug for _, problem in refused), key=PRECEDENCE.index)
    concerned = [(place, problem) for place, problem in refused if problem.slug == slug]
    first = concerned[0][1]
    fields = {"over-remainder": "/quantity", "substitution-not-allowed": "/ean13", "line-unknown": "/line"}
    return Problem(
        slug,
        first.detail,
        errors=[
            {"pointer": f"/lines/{place}{fields.get(slug, '')}", "code": slug, "detail": problem.detail or slug}
            for place, problem in concerned
        ],
        current_state=first.current_state,
        allowed_transitions=first.allowed_transitions,
    )
