"""A statement (décompte): what one run of payments orders for one payee. Pure.

Amounts are MAD `Decimal` with two decimals. A statement never changes: it is paid on a later day, or not yet.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from decimal import Decimal
from typing import Literal

from msgspec import Struct

from simulator.claims.model import Claim, ClaimLine, Payee
from simulator.kit.money import ZERO

StatementStatus = Literal["ordered", "paid"]


class Recipient(Struct, frozen=True):
    """Who is paid: an insured person (registration number), or an establishment that was owed by the CNSS."""

    kind: Payee
    id: str


class StatementLine(Struct, frozen=True):
    """One claim line in a statement: `amount` is ordered now, beside what earlier statements ordered (`before`)."""

    claim: Claim
    line: ClaimLine
    before: Decimal
    amount: Decimal


class Statement(Struct, frozen=True):
    """`pay_at`: the instant at which it will be, or was, paid."""

    id: str
    recipient: Recipient
    ordered_on: date
    pay_at: datetime
    lines: tuple[StatementLine, ...]

    @property
    def total(self) -> Decimal:
        return sum((line.amount for line in self.lines), ZERO)


def recipient(claim: Claim, line: ClaimLine) -> Recipient:
    """Who is paid for a line: the insured person, for a dependant too; or the establishment."""
    return Recipient(line.payee, claim.beneficiary[0] if line.payee == "insured" else claim.establishment)


def reconciled(lines: Iterable[ClaimLine]) -> dict[str, Decimal]:
    """What a claim is worth and what became of it: ``due + overpaid = paid + ordered + to_order + pending``.

    `due`: CNSS and State shares. `ordered`: ordered, not paid yet. `pending`: held, contested or not looked at yet,
    beyond what was ordered. What a recheck took from a line that had been paid is `overpaid`: nobody asks it back.
    """
    sums = dict.fromkeys(("due", "paid", "ordered", "to_order", "pending", "overpaid"), ZERO)
    for item in lines:
        worth = item.line.cnss_share + item.line.state_share
        paid = sum((one.amount for one in item.payments if one.paid_on is not None), ZERO)
        ordered = sum((one.amount for one in item.payments if one.paid_on is None), ZERO)
        sums["due"] += worth
        sums["paid"] += paid
        sums["ordered"] += ordered
        sums["to_order"] += item.to_pay
        sums["pending"] += item.left - item.to_pay
        sums["overpaid"] += max(paid + ordered - worth, ZERO)
    return sums
