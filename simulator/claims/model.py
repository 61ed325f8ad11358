"""A claim: one per sheet, section and establishment; one claim line per execution of a line.

Each line carries its decision and the steps that led to it, and how far it is on its way to be paid (`states`).
Amounts are MAD `Decimal` with two decimals.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Literal, NamedTuple

from msgspec import Struct
from msgspec.structs import replace as changed

from simulator.claims.states import HELD, PENDING, LineStatus, Move, after, claim_status
from simulator.kit.money import ZERO

Reason = Literal[
    "outside-list",
    "not-reimbursable",
    "rights-closed",
    "deceased",
    "filed-late",
    "over-age",
    "ceiling-reached",
    "prior-approval-missing",
    "prior-approval-refused",
    "prior-approval-exceeded",
    "document-missing",
    "medical-refusal",
    "duplicate",
]
"""Why nothing is paid (for a part, with `partial`): the reasons of family `refusal` of the nomenclature."""
Decision = Literal["granted", "partial", "rejected"]
"""`partial`: a ceiling, or a prior approval, left less than the line was worth."""
Payee = Literal["insured", "provider"]
"""Who is paid: `provider` under third-party payment, where the patient pays his own share alone."""
ClaimDecision = Literal["granted", "partial", "rejected"]
HoldKind = Literal["document", "prior-approval", "medical-review", "duplicate"]
Origin = Literal["electronic", "paper"]


class Step(NamedTuple):
    """One step of the explanation: the rule, what went in (text), what came out (text)."""

    rule: str
    label_fr: str
    inputs: Mapping[str, str]
    result: str
    legal_reference: str
    fidelity: str


def counts(inputs: Mapping[str, str]) -> bool:
    """Whether those are the inputs of the step of a ceiling."""
    return "already_granted" in inputs


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
        return any(counts(step.inputs) for step in self.explanation)


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


class Hold(Struct, frozen=True):
    """What keeps a line from being decided: `asks` says for what (a document, the code of an act, another claim).

    `until`: the instant at which the platform decides without waiting any longer.
    """

    kind: HoldKind
    since: datetime
    until: datetime
    asks: str | None = None

    @property
    def key(self) -> str:
        """What `ClaimLine.cleared` remembers of it."""
        return self.kind if self.asks is None else f"{self.kind}:{self.asks}"


class Payment(Struct, frozen=True):
    """What a statement orders of a line; `paid_on` None until it is paid. Days in Morocco."""

    statement: str
    amount: Decimal
    ordered_on: date
    paid_on: date | None = None


class ClaimLine(Struct, frozen=True):
    """One line of one execution, with its decision; `text`: its JSON when known, before and after what is its own.

    `day`: date of care. `line` is what it is worth, even while it is held. `since`: when it came to its status; `due`:
    when the platform will next act on it by itself. `cleared`: holds that are over, as ``kind`` or ``kind:asks``.
    `place`: its rank among the lines of its execution in the claim, from 0: a late entry may feed one line several
    times, so that its number does not name it. Not stored: the order of the claim says it.
    """

    execution: str
    line: AdjudicatedLine
    day: date
    text: tuple[bytes, bytes] | None = None
    status: LineStatus = LineStatus.ADJUDICATED
    payee: Payee = "insured"
    since: datetime | None = None
    due: datetime | None = None
    hold: Hold | None = None
    cleared: tuple[str, ...] = ()
    payments: tuple[Payment, ...] = ()
    place: int = 0

    @property
    def decision(self) -> Decision | Literal["pending"]:
        """`pending` while it may still change: nothing is promised."""
        return "pending" if self.status in PENDING else self.line.decision

    @property
    def to_pay(self) -> Decimal:
        """What is still to be ordered of it, MAD: nothing while its decision is pending."""
        return ZERO if self.status in PENDING else self.left

    @property
    def left(self) -> Decimal:
        """What it is worth beyond what was ordered, MAD, never below zero."""
        worth = self.line.cnss_share + self.line.state_share
        for one in self.payments:
            worth -= one.amount
        return worth if worth > 0 else ZERO

    @property
    def ordered(self) -> bool:
        """Something of it was ordered: what it rests on can no longer be corrected."""
        return bool(self.payments)

    def held(self, move: Move, hold: Hold) -> ClaimLine:
        """Kept from being decided. Raises ValueError when it cannot be."""
        return changed(self.moved(move, hold.since), hold=hold, due=hold.until)

    def moved(self, move: Move, at: datetime) -> ClaimLine:
        """After that move, `at` the instant of it. Raises ValueError when it cannot happen."""
        status = after(self.status, move)
        if status is None:
            raise ValueError(f"a line that is {self.status} cannot {move}")
        return changed(self, status=status, since=at, due=None, hold=self.hold if status in HELD else None)


class Claim(Struct, frozen=True):
    """What an establishment asks; each line was decided with the rules in force on its own day.

    `date_of_care`: the sheet's for the prescriber's own acts, else the day of the first execution. `beneficiary`:
    (registration number, dependant rank). A paper claim has its `reference`, and a `number` when it rests on a sheet.
    """

    id: str
    number: str
    section: str
    establishment: str
    date_of_care: date
    received_at: datetime
    lines: tuple[ClaimLine, ...]
    beneficiary: tuple[str, int] = ("", 0)
    origin: Origin = "electronic"
    reference: str | None = None

    @property
    def about(self) -> str:
        """What the claim rests on, once for each section and establishment: a sheet, or a paper."""
        return self.number if self.reference is None else f"paper:{self.reference}"

    @property
    def status(self) -> str:
        """That of its least advanced line (see `states`); `withdrawn` when every execution was taken back."""
        found = {item.status for item in self.lines}
        if len(found) == 1:
            (status,) = found
            return str.__str__(status)
        paying: list[LineStatus] = []
        others: list[LineStatus] = []
        for item in self.lines:
            (paying if item.line.cnss_share or item.line.state_share else others).append(item.status)
        return claim_status(paying, others)

    @property
    def decision(self) -> ClaimDecision | None:
        """None while a line is pending, and without any line."""
        for item in self.lines:
            if item.status in PENDING:
                return None
        return claim_decision([item.line for item in self.lines])

    @property
    def totals(self) -> Totals:
        return totals([item.line for item in self.lines])

    @property
    def due(self) -> datetime | None:
        """When the platform will next act on one of its lines by itself."""
        found = [item.due for item in self.lines if item.due is not None]
        return min(found) if found else None

    def with_lines(self, added: Sequence[ClaimLine]) -> Claim:
        """The claim with further executions; earlier decisions stay as they are."""
        return changed(self, lines=(*self.lines, *added))

    def without(self, execution: str) -> Claim:
        """The claim once an execution was taken back, whatever it held of it; the other decisions stay."""
        return changed(self, lines=tuple(item for item in self.lines if item.execution != execution))


def shares(lines: Sequence[ClaimLine]) -> tuple[Decimal, Decimal]:
    """(CNSS share, patient share) in MAD of some lines, for a receipt."""
    total = totals([item.line for item in lines])
    return total.cnss_share, total.patient_share
