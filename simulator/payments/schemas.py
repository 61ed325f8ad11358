"""Wire shapes of statements and of what became of a claim's money. Amounts are MAD."""

from __future__ import annotations

from pydantic import Field

from simulator.claims.model import Payee
from simulator.claims.schemas import ClaimStatus, PaymentAnswer
from simulator.kit.wire import Day, Sum, Wire
from simulator.payments.model import StatementStatus


class PayeeAnswer(Wire):
    """Who is paid: an insured person by registration number, an establishment by code."""

    kind: Payee
    id: str = Field(examples=["100000001"])


class StatementLineAnswer(Wire):
    """One claim line ordered by a statement; `amount` = CNSS and State shares less what was ordered `before`.

    The insured person is not told which care it was when it was that of an adult of his family: `claim`, `number`,
    `reference`, `section`, `establishment`, `execution` and `line` are then absent.
    """

    claim: str | None = Field(default=None, examples=["clm-7q2m5xk3wz4n6b2d"])
    number: str | None = Field(default=None, examples=["2604817390552494"])
    reference: str | None = Field(default=None, description="Of the paper, for a paper claim.")
    section: str | None = Field(default=None, examples=["pharmacy"])
    establishment: str | None = Field(default=None, examples=["PHA-KEN-01"])
    dependant_rank: int = Field(ge=0)
    date_of_care: Day
    execution: str | None = Field(default=None, examples=["exe-7q2m5xk3wz4n6b2d"])
    line: int | None = Field(default=None, ge=1)
    charged: Sum
    cnss_share: Sum
    state_share: Sum
    before: Sum
    amount: Sum


class StatementAnswer(Wire):
    """What one run of payments ordered for one payee; `total` is the sum of the amounts of its lines."""

    id: str = Field(examples=["stm-7q2m5xk3wz4n6b2d"])
    payee: PayeeAnswer
    ordered_on: Day
    total: Sum
    status: StatementStatus
    to_be_paid_on: Day | None = None
    paid_on: Day | None = None
    lines: list[StatementLineAnswer]


class StatementsAnswer(Wire):
    """A page of one's own statements, oldest first."""

    items: list[StatementAnswer]
    next_cursor: str | None = None


class ReconciliationAnswer(Wire):
    """``due + overpaid = paid + ordered + to_order + pending``, to the centime.

    `due`: CNSS and State shares of the claim. `pending`: not decided yet. `overpaid`: what a recheck took from what
    had been ordered; it is not asked back.
    """

    due: Sum
    paid: Sum
    ordered: Sum
    to_order: Sum
    pending: Sum
    overpaid: Sum


class ClaimPaymentAnswer(PaymentAnswer):
    """A payment of one line of the claim, and to whom."""

    execution: str = Field(examples=["exe-7q2m5xk3wz4n6b2d"])
    line: int = Field(ge=1)
    payee: Payee


class ClaimStatementAnswer(Wire):
    """What became of a claim's money, and the payments it was made of."""

    claim: str = Field(examples=["clm-7q2m5xk3wz4n6b2d"])
    number: str | None = Field(default=None, examples=["2604817390552494"])
    status: ClaimStatus
    totals: ReconciliationAnswer
    payments: list[ClaimPaymentAnswer]
