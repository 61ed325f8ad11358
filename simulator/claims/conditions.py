"""Whether care relates to a long-term condition: only then does the condition give its rate. Pure.

What relates to each one is a dated rule (``related.<code>``): classes of medicines, acts, key letters. Where the bench
does not know (no rule for the condition, a medicine without a class), the prescriber's declaration is enough.
Fidelity: hypothesis.
"""

from __future__ import annotations

from collections.abc import Iterable

from simulator.claims.terms import ChargedLine, HeldCondition
from simulator.claims.trace import Trace

NOT_KNOWN = "atc:?"


def related(line: ChargedLine, held: Iterable[HeldCondition], trace: Trace) -> list[HeldCondition]:
    """Those of the held and declared conditions to which the line relates; each leaves a step saying so, or not."""
    found = []
    for condition in held:
        rule = trace.rules.get(f"related.{condition.code}")
        by = link(line, rule.value.split()) if rule else NOT_KNOWN
        if rule is not None:
            said = {"condition": condition.label, "declared": condition.kind, "code": line.code or "", "by": by or ""}
            trace.step(rule, "related" if by else "not-related", **said)
        if by:
            found.append(condition)
    return found


def link(line: ChargedLine, codes: Iterable[str]) -> str | None:
    """The first of the codes (``atc:A10``, ``act:B-GLY``, ``letter:C``) that the line falls under, or None."""
    if line.kind == "medicine" and line.atc is None:
        return NOT_KNOWN
    for one in codes:
        kind, _, name = one.partition(":")
        if kind == "atc":
            falls = line.kind == "medicine" and (line.atc or "").startswith(name)
        else:
            falls = line.kind == "act" and name == (line.code if kind == "act" else line.letter)
        if falls:
            return one
    return None
