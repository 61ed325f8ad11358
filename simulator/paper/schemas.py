"""Wire shapes of what comes on paper: a prescription that is transcribed."""

from __future__ import annotations

from typing import Literal

from pydantic import ConfigDict, Field

from simulator.beneficiaries.schemas import BeneficiaryReference
from simulator.care_sheets.examples import ANALYSIS
from simulator.care_sheets.orders import ExecutorSection
from simulator.care_sheets.schemas import QrAnswer, TranscribedAnswer
from simulator.kit.wire import Day, Inpe, Instant, Warning, Wire
from simulator.paper.references import PaperReference

Mention = Literal[
    "legible", "signature", "stamp", "prescriber-name", "prescriber-quality", "prescriber-address", "patient-name"
]


class TranscriptionRequest(Wire):
    """What a paper prescription says: what it asks of others, never what the prescriber did or charged.

    `missing`: what article 34 of law 17-04 asks for and the paper does not bear. `child_age`: the age in years that
    it bears, due for a child under 12.
    """

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "paper_reference": "ORD-2026-0042",
                    "prescriber": "100000011",
                    "prescribed_on": "2026-11-23",
                    "beneficiary": {"registration_number": "100000001", "dependant_rank": 0},
                    "sections": [{"type": "biology", "lines": [ANALYSIS]}],
                }
            ]
        }
    )

    paper_reference: PaperReference
    prescriber: Inpe
    prescribed_on: Day
    beneficiary: BeneficiaryReference
    rights_acknowledged: bool = False
    long_term_condition: Literal["ALD", "ALC"] | None = None
    sections: list[ExecutorSection] = Field(min_length=1, max_length=7)
    missing: list[Mention] = Field(default_factory=list, max_length=7)
    child_age: int | None = Field(default=None, ge=0, le=11)


class TranscriptionAnswer(Wire):
    """The sheet made of it, and what it takes to execute it at once."""

    number: str = Field(pattern=r"^[0-9]{16}$", examples=["2604817390552494"])
    revision: int
    issued_at: Instant
    date_of_care: Day
    valid_until: Day
    transcribed: TranscribedAnswer
    qr: QrAnswer
    backup_code: str = Field(examples=["ABCD-EFGH-J"])
    document: str
    warnings: list[Warning]
