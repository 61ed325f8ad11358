"""Wire shapes of claims. A refusal to pay is a decision in a 200, never an HTTP error."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from simulator.claims.model import Decision, Reason
from simulator.kit.wire import Day, Instant, Rate, Sum, Wire


class StepAnswer(Wire):
    """One step of the arithmetic: the rule, what went in, what came out, and who says so."""

    rule: str = Field(examples=["RGL-TAUX-PRIVE"])
    label_fr: str
    inputs: dict[str, str]
    result: str = Field(examples=["56.00"])
    legal_reference: str
    fidelity: Literal["official", "deduced", "hypothesis"]


class AmountsAnswer(Wire):
    """MAD. `patient_share = charged - cnss_share - state_share`; `excess` is part of it."""

    charged: Sum
    base: Sum
    cnss_share: Sum
    state_share: Sum
    patient_share: Sum
    excess: Sum


class ClaimLineAnswer(AmountsAnswer):
    """One executed line of one execution, rounded there."""

    line: int = Field(ge=1, description="Line of the section.")
    execution: str = Field(examples=["exe-7q2m5xk3wz4n6b2d"])
    label: str
    rate: Rate
    decision: Decision
    reason: Reason | None = None
    explanation: list[StepAnswer]
    remedy: str | None = None


class ClaimAnswer(Wire):
    """What one establishment asks for one section of one sheet; totals are sums of rounded lines.

    `withdrawn`: every execution was taken back, nothing is asked any more (then no `decision`).
    """

    id: str = Field(examples=["clm-7q2m5xk3wz4n6b2d"])
    number: str = Field(examples=["2604817390552494"])
    section: str = Field(examples=["prescriber"])
    establishment: str = Field(examples=["CAB-KEN-01"])
    status: Literal["adjudicated", "withdrawn"]
    decision: Literal["granted", "partial", "rejected"] | None = None
    date_of_care: Day
    received_at: Instant
    totals: AmountsAnswer
    lines: list[ClaimLineAnswer]


class ClaimsAnswer(Wire):
    """A page of the caller's own claims: by id, or for a patient those of the last issued sheet first."""

    items: list[ClaimAnswer]
    next_cursor: str | None = None
