"""A claim: one per sheet, section and establishment; one claim line per execution of a line.

Each line carries its decision and the steps that led to it. Amounts are MAD `Decimal` with two decimals.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Literal, NamedTuple

from msgspec import Struct
from msgspec.structs import replace as changed

from simulator.kit.money import ZERO

Reason = Literal[
    "outside-list",
    "not-reimbursable",
    "rights-closed",
    "filed-late",
    "over-age",
    "ceiling-reached",
    "prior-approval-missing",
    "prior-approval-refused",
    "prior-approval-exceeded",
]
"""Why nothing is paid (for a part, with `partial`): the reasons of family `refusal` of the nomenclature."""
Decision = Literal["granted", "partial", "rejected"]
"""`partial`: a ceiling, or a prior approval, left less than the line was worth."""
Payee = Literal["insured", "provider"]
"""Who is paid: `provider` under third-party payment, where the patient pays his own share alone."""
ClaimDecision = Literal["granted", "partial", "rejected"]
Status = Literal["adjudicated", "withdrawn"]


class Step(NamedTuple):
    """One step of the explanation: the rule, what went in (text), what came out (text)."""

    rule: str
    label_fr: str
    inputs: Mapping[str, str]
    result: str
    legal_reference: str
    fidelity: str


class AdjudicatedLine(Struct, frozen=True):
    """The decision on one line; `cnss_share + state_share + patient_share == charged`."""

    line: int
    label: str
    charged: Decimal
    base: Decimal
    rate: Decimal
    cnss_share: Decimal
    state_share: Decimal
    patient_share: Decimal
    excess: Decimal
    decision: Decision
    reason: Reason | None
    remedy: str | None
    explanation: tuple[Step, ...]

    @property
    def payee(self) -> Payee:
        """Who is paid, as its explanation says."""
        return "provider" if any(step.result == "provider" for step in self.explanation) else "insured"

    @property
    def counted(self) -> bool:
        """Whether a ceiling was applied to it (see `ceilings`)."""
        return any("already_granted" in step.inputs for step in self.explanation)


class Totals(Struct, frozen=True):
    """Sums of rounded lines, MAD."""

    charged: Decimal
    base: Decimal
    cnss_share: Decimal
    state_share: Decimal
    patient_share: Decimal
    excess: Decimal


def totals(lines: Iterable[AdjudicatedLine]) -> Totals:
    """Sums of the rounded lines (never a rate applied to a sum)."""
    charged = base = cnss = state = patient = excess = ZERO
    for line in lines:
        charged += line.charged
        base += line.base
        cnss += line.cnss_share
        state += line.state_share
        patient += line.patient_share
        excess += line.excess
    return Totals(charged, base, cnss, state, patient, excess)


def claim_decision(lines: Iterable[AdjudicatedLine]) -> ClaimDecision | None:
    """granted: every line; rejected: none; partial: some; None without any line."""
    decisions: set[Decision] = {line.decision for line in lines}
    if len(decisions) > 1:
        return "partial"
    return decisions.pop() if decisions else None


class ClaimLine(Struct, frozen=True):
    """One line of one execution, with its decision; `text`: its JSON when known, before and after what is its own."""

    execution: str
    line: AdjudicatedLine
    text: tuple[str, str] | None = None


class Claim(Struct, frozen=True):
    """What an establishment asks; in this version every line is decided as soon as it is received.

    `date_of_care`: the sheet's for the prescriber's own acts, else the day of the first execution;
    each line was decided with the rules in force on its own day.
    """

    id: str
    number: str
    section: str
    establishment: str
    date_of_care: date
    received_at: datetime
    lines: tuple[ClaimLine, ...]

    @property
    def status(self) -> Status:
        """`withdrawn` when every execution was taken back: nothing is asked any more."""
        return "adjudicated" if self.lines else "withdrawn"

    @property
    def decision(self) -> ClaimDecision | None:
        return claim_decision([item.line for item in self.lines])

    @property
    def totals(self) -> Totals:
        return totals([item.line for item in self.lines])

    def with_lines(self, added: Sequence[ClaimLine]) -> Claim:
        """The claim with further executions; earlier decisions stay as they are."""
        return changed(self, lines=(*self.lines, *added))

    def without(self, execution: str) -> Claim:
        """The claim once an execution was taken back, whatever it held of it; the other decisions stay."""
        return changed(self, lines=tuple(item for item in self.lines if item.execution != execution))


def settled(received_at: datetime, days: int, now: datetime) -> bool:
    """What was received at that instant is paid: `days` whole days later it can no longer be corrected."""
    return now >= received_at + timedelta(days=days)


def shares(lines: Sequence[ClaimLine]) -> tuple[Decimal, Decimal]:
    """(CNSS share, patient share) in MAD of some lines, for a receipt."""
    total = totals([item.line for item in lines])
    return total.cnss_share, total.patient_share
