"""Decisions remembered: the same line, rights, rules and day are always decided alike.

A pharmacy hands over the same boxes all day: a decision and its explanation, already spelled as JSON, serve again.
Adjudication itself stays in `adjudication`, pure; forgetting a decision never changes an answer, only its cost.
A line with circumstances of its own (filed late, under a ceiling…) is decided anew each time.
"""

from __future__ import annotations

from datetime import date
from functools import lru_cache
from typing import Any

from msgspec.structs import replace as changed

from simulator.claims.adjudication import adjudicate
from simulator.claims.answers import spelled
from simulator.claims.model import AdjudicatedLine, ClaimLine, Payee
from simulator.claims.rules import rule_set
from simulator.claims.terms import ORDINARY, ChargedLine, Circumstances, RightsContext

_ANY = 1


def decide(
    line: ChargedLine,
    context: RightsContext,
    tariff_set: str,
    day: date,
    execution: str,
    around: Circumstances = ORDINARY,
    place: int = 0,
) -> ClaimLine:
    """The claim line of one executed line of an execution, at that place in it."""
    if around is not ORDINARY:
        decided = adjudicate(line, context, rule_set(tariff_set), day, around)
        return ClaimLine(execution, decided, day, payee=decided.payee, place=place)
    terms = (line.kind, line.label, line.quantity, line.charged, line.code, line.letter)
    decided, text, payee = _decided(
        (*terms, line.coefficient, line.unit_base, line.rate, line.atc, line.attestation), context, tariff_set, day
    )
    if line.line != decided.line:
        decided = changed(decided, line=line.line)
    return ClaimLine(execution, decided, day, text, payee=payee, place=place)


@lru_cache(maxsize=8192)
def _decided(
    terms: tuple[Any, ...],
    context: RightsContext,
    tariff_set: str,
    day: date,
) -> tuple[AdjudicatedLine, tuple[bytes, bytes], Payee]:
    decided = adjudicate(ChargedLine(_ANY, *terms), context, rule_set(tariff_set), day)
    return decided, spelled(decided), decided.payee
