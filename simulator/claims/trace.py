"""The explanation of a decision while it is made: each rule that is applied leaves a step."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from simulator.claims.model import Step
from simulator.claims.terms import RuleLike


def step(rule: RuleLike, result: str, **inputs: str) -> Step:
    """What a rule made of what went in, as texts."""
    return Step(rule.id, rule.label_fr, inputs, result, rule.legal_reference, rule.fidelity)


@dataclass(slots=True)
class Trace:
    """The rules in force on the date of care, by subject, and the steps so far."""

    rules: Mapping[str, RuleLike]
    day: date
    steps: list[Step] = field(default_factory=list)

    def rule(self, subject: str) -> RuleLike:
        """`LookupError` when the rules have a hole."""
        try:
            return self.rules[subject]
        except KeyError:
            raise LookupError(f"no rule {subject!r} in force on {self.day}") from None

    def step(self, rule: RuleLike, result: str, **inputs: str) -> None:
        self.steps.append(step(rule, result, **inputs))

    def by(self, subject: str, result: str, **inputs: str) -> None:
        self.step(self.rule(subject), result, **inputs)
