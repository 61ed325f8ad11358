"""Wire shapes of claims. A refusal to pay is a decision in a 200, never an HTTP error."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from simulator.claims.model import Decision, HoldKind, Origin, Payee, Reason
from simulator.kit.wire import Day, Instant, Rate, Sum, Wire

LineStatusWord = Literal[
    "received",
    "checked",
    "awaiting_document",
    "awaiting_prior_approval",
    "medical_review",
    "contested",
    "adjudicated",
    "rechecked",
    "ordered",
    "paid",
]
ClaimStatus = LineStatusWord | Literal["withdrawn"]


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


class HoldAnswer(Wire):
    """What keeps a line from being decided; at `until` the platform decides without waiting any longer."""

    kind: HoldKind
    asks: str | None = Field(default=None, examples=["invoice"])
    since: Instant
    until: Instant


class PaymentAnswer(Wire):
    """What a statement orders of a line, MAD; without `paid_on` until it is paid."""

    statement: str = Field(examples=["stm-7q2m5xk3wz4n6b2d"])
    amount: Sum
    ordered_on: Day
    paid_on: Day | None = None


class ClaimLineAnswer(AmountsAnswer):
    """One executed line of one execution, rounded there.

    `pending`: not decided yet; the shares are those that it will have if it is granted. `due_at`: when the platform
    will next act on it by itself.
    """

    line: int = Field(ge=1, description="Line of the section.")
    execution: str = Field(examples=["exe-7q2m5xk3wz4n6b2d"])
    date_of_care: Day
    status: LineStatusWord
    payee: Payee
    since: Instant | None = None
    due_at: Instant | None = None
    hold: HoldAnswer | None = None
    cleared: list[str] | None = Field(default=None, examples=[["document:invoice"]])
    payments: list[PaymentAnswer] | None = None
    label: str
    rate: Rate
    decision: Decision | Literal["pending"]
    reason: Reason | None = None
    explanation: list[StepAnswer]
    remedy: str | None = None


class ClaimAnswer(Wire):
    """What one establishment asks for one section of one sheet; totals are sums of rounded lines.

    `status` is that of its least advanced line; `withdrawn`: every execution was taken back, nothing is asked any more.
    No `decision` then, nor while a line is pending. `totals` count what is pending as if it were granted.
    """

    id: str = Field(examples=["clm-7q2m5xk3wz4n6b2d"])
    number: str | None = Field(default=None, examples=["2604817390552494"])
    reference: str | None = Field(default=None, description="Of the paper, for a paper claim.")
    origin: Origin
    section: str = Field(examples=["prescriber"])
    establishment: str = Field(examples=["CAB-KEN-01"])
    status: ClaimStatus
    decision: Literal["granted", "partial", "rejected"] | None = None
    date_of_care: Day
    received_at: Instant
    totals: AmountsAnswer
    lines: list[ClaimLineAnswer]


class ClaimsAnswer(Wire):
    """A page of the caller's own claims: by id, or for a patient those of the last issued sheet first."""

    items: list[ClaimAnswer]
    next_cursor: str | None = None
