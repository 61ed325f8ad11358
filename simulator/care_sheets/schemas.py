"""Wire shapes of issuing, reading and cancelling a care sheet."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import ConfigDict, Field, RootModel

from simulator.beneficiaries.schemas import BeneficiaryAnswer, BeneficiaryReference, Regime
from simulator.care_sheets.examples import ANALYSIS, CARE_SHEET
from simulator.care_sheets.orders import MAX_LINES, ExecutorSection, OutsideList, Section, Text, Tooth
from simulator.care_sheets.states import LineState
from simulator.care_sheets.status import SheetStatus
from simulator.claims.model import Reason
from simulator.claims.schemas import AmountsAnswer, ClaimAnswer
from simulator.kit.wire import Day, Ean13, Instant, Money, Quantity, Rate, Sum, Warning, Wire
from simulator.professionals.schemas import ProfessionalAnswer
from simulator.resolutions.schemas import LeaseAnswer

ExecutorType = Literal["pharmacy", "biology", "imaging", "physiotherapy", "dental", "nursing", "devices"]
LineNumber = Annotated[int, Field(ge=1, le=99)]


class CareSheetRequest(Wire):
    """One sheet, in one call, without a number fetched before. One section of each type at most."""

    model_config = ConfigDict(json_schema_extra={"examples": [CARE_SHEET]})

    date_of_care: Day
    beneficiary: BeneficiaryReference
    care_setting: Literal["ambulatory", "hospital"] = "ambulatory"
    rights_acknowledged: bool = False
    long_term_condition: Literal["ALD", "ALC"] | None = None
    sections: list[Section] = Field(min_length=1, max_length=8)


class CancellationRequest(Wire):
    """Why the author cancels, and what: the whole sheet, one section, or some lines of a section.

    Nothing but what is still open is cancelled; `lines` goes with `section`.
    """

    model_config = ConfigDict(json_schema_extra={"examples": [{"reason": "Erreur de patient"}]})

    reason: Text
    section: ExecutorType | None = None
    lines: list[LineNumber] | None = Field(default=None, min_length=1, max_length=MAX_LINES)


class ReplacementRequest(Wire):
    """The executor sections that take the place of the old ones; same beneficiary, same date of care."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [{"reason": "Erreur de posologie", "sections": [{"type": "biology", "lines": [ANALYSIS]}]}]
        }
    )

    reason: Text
    long_term_condition: Literal["ALD", "ALC"] | None = None
    sections: list[ExecutorSection] = Field(min_length=1, max_length=7)


class ReissueRequest(Wire):
    """Why a new QR and a new backup code are asked for; the old ones are worth nothing from then on."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"reason": "Ordonnance perdue"}]})

    reason: Text


class LineAnswer(Wire):
    """A prescribed line and where it stands; `remaining` in the line's unit.

    `owed_by_you`, on an owed line only: the remainder is due by the reader's own establishment.
    """

    model_config = ConfigDict(title="CareSheetLine")

    line: int = Field(ge=1)
    act_code: str | None = None
    ean13: Ean13 | None = None
    outside_list: OutsideList | None = None
    label: str
    quantity: Quantity
    unit: Literal["box", "bottle", "tube", "unit", "pair", "session"] | None = None
    posology: str | None = None
    duration_days: int | None = None
    note: str | None = None
    tooth: Tooth | None = None
    substitution_allowed: bool | None = None
    charged: Money | None = None
    listed: bool
    state: LineState
    remaining: Quantity
    owed_by_you: bool | None = None


class SectionAnswer(Wire):
    """One section; `lease` only while somebody holds it and the reader is the holder or the author.

    `revision` changes when a line of this section changes: what an executor sends in If-Match.
    """

    type: str = Field(examples=["pharmacy"])
    revision: int = Field(ge=1)
    lines: list[LineAnswer]
    lease: LeaseAnswer | None = None


class QrAnswer(Wire):
    """The code to print: its text, and two drawings of it."""

    payload: str = Field(pattern="^FSE1:", examples=["FSE1:…"])
    png: str
    svg: str


class PaperAnswer(Wire):
    """What a CNSS agent gets of a reissue: what is needed to print, nothing of the care."""

    number: str = Field(pattern=r"^[0-9]{16}$", examples=["2604817390552494"])
    revision: int
    qr: QrAnswer
    backup_code: str = Field(examples=["ABCD-EFGH-J"])
    document: str
    warnings: list[Warning]


class TranscribedAnswer(Wire):
    """The sheet was made of a paper prescription: which one, when and by whom."""

    paper_reference: str = Field(examples=["ORD-2026-0042"])
    prescribed_on: Day
    at: Instant
    by: ProfessionalAnswer


class CareSheetAnswer(Wire):
    """A sheet, shaped for its reader: the author sees all; the lease holder his own section, no secret.

    `revision` is the sheet's for the author and the patient, the section's for an executor. `replaces` and
    `replaced_by` are shown to the author and the patient only.
    """

    number: str = Field(pattern=r"^[0-9]{16}$", examples=["2604817390552494"])
    status: SheetStatus
    revision: int
    cancellation_requested: bool | None = None
    replaces: str | None = Field(default=None, pattern=r"^[0-9]{16}$")
    replaced_by: str | None = Field(default=None, pattern=r"^[0-9]{16}$")
    environment: Literal["test"] = "test"
    issued_at: Instant
    date_of_care: Day
    valid_until: Day
    prescriber: ProfessionalAnswer
    beneficiary: BeneficiaryAnswer
    long_term_condition: Literal["ALD", "ALC"] | None = None
    transcribed: TranscribedAnswer | None = None
    sections: list[SectionAnswer]
    qr: QrAnswer | None = None
    backup_code: str | None = Field(default=None, examples=["ABCD-EFGH-J"])
    document: str | None = None
    warnings: list[Warning]
    claims: list[ClaimAnswer]


class EstimatedRights(Wire):
    """Rights on the date of care."""

    open: bool
    regime: Regime


class EstimatedLine(Wire):
    """One line at its charge (own acts) or at its reference price; no amount when it has none (`reason`)."""

    line: int = Field(ge=1)
    label: str
    charged: Sum | None = None
    base: Sum | None = None
    cnss_share: Sum | None = None
    state_share: Sum | None = None
    patient_share: Sum | None = None
    excess: Sum | None = None
    rate: Rate | None = None
    reason: Reason | Literal["no-reference-price"] | None = None


class EstimatedSection(Wire):
    """The lines of one section, as they would be asked."""

    type: str = Field(examples=["pharmacy"])
    lines: list[EstimatedLine]


class EstimateAnswer(Wire):
    """What the sheet would be reimbursed if it were issued and executed whole today; nothing was stored."""

    date_of_care: Day
    rights: EstimatedRights
    sections: list[EstimatedSection]
    totals: AmountsAnswer
    warnings: list[Warning]


class ReissueAnswer(RootModel[CareSheetAnswer | PaperAnswer]):
    """For the author and the patient, the sheet; for a CNSS agent, what is needed to print it again."""
