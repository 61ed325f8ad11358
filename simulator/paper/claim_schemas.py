"""Wire shapes of a claim that comes on paper."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import ConfigDict, Field

from simulator.beneficiaries.schemas import BeneficiaryReference
from simulator.care_sheets.orders import MAX_LINES, ActCode, PositiveQuantity, Text
from simulator.care_sheets.schemas import ExecutorType
from simulator.claims.schemas import ClaimAnswer
from simulator.executions.named_items import ACT, BY_ITS_NAME, MEDICINE, OTHER
from simulator.executions.schemas import LineNumber
from simulator.kit.wire import Day, Ean13, Instant, Money, Warning, Wire
from simulator.paper.references import PaperReference


class _PaperLine(Wire):
    quantity: PositiveQuantity
    charged: Money
    date_of_care: Day | None = None
    line: LineNumber | None = None


class PaperMedicine(_PaperLine):
    """A medicine handed over."""

    ean13: Ean13


class PaperAct(_PaperLine):
    """An act done, or a device handed over."""

    act_code: ActCode


class PaperOther(_PaperLine):
    """Something outside the lists, never reimbursed."""

    label: Text


PaperLine = Annotated[
    Annotated[PaperMedicine, MEDICINE] | Annotated[PaperAct, ACT] | Annotated[PaperOther, OTHER],
    BY_ITS_NAME,
]


class PaperCareSheet(Wire):
    """The care sheet whose lines went on on paper; the code printed on it, for who never held the section."""

    number: str = Field(pattern=r"^[0-9]{16}$", examples=["2604817390552494"])
    backup_code: str | None = Field(default=None, min_length=1, max_length=40)


class PaperClaimRequest(Wire):
    """What a paper care sheet asks: by the establishment that made it, or by an agent of the CNSS who keys it.

    `date_of_care`: of the first act; a line of another day says its own. `treatment_ended_on`: last day of a
    treatment by sessions (physiotherapy alone). `establishment`: for an agent only. A line of the care sheet is named
    by `line`.
    """

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "paper_reference": "KEN-2026-0042",
                    "beneficiary": {"registration_number": "100000001", "dependant_rank": 0},
                    "section": "pharmacy",
                    "date_of_care": "2026-11-23",
                    "lines": [{"ean13": "6118999000018", "quantity": "1", "charged": "42.30"}],
                }
            ]
        }
    )

    paper_reference: PaperReference
    establishment: str | None = Field(default=None, min_length=1, max_length=40, examples=["PHA-KEN-01"])
    beneficiary: BeneficiaryReference
    section: ExecutorType | Literal["prescriber"]
    date_of_care: Day
    treatment_ended_on: Day | None = None
    long_term_condition: Literal["ALD", "ALC"] | None = None
    care_sheet: PaperCareSheet | None = None
    lines: list[PaperLine] = Field(min_length=1, max_length=MAX_LINES)


class PaperClaimAnswer(Wire):
    """The claim as it was received; it is keyed and checked, then decided, from `check_on` on.

    An agent of the CNSS, who keys it, is not told what it is worth: no `claim`.
    """

    id: str = Field(examples=["clm-7q2m5xk3wz4n6b2d"])
    paper_reference: str = Field(examples=["KEN-2026-0042"])
    number: str | None = Field(default=None, pattern=r"^[0-9]{16}$", examples=["2604817390552494"])
    section: str = Field(examples=["pharmacy"])
    establishment: str = Field(examples=["PHA-KEN-01"])
    received_at: Instant
    check_on: Day
    warnings: list[Warning]
    claim: ClaimAnswer | None = None
