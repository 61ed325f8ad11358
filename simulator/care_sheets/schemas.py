"""Wire shapes of issuing, reading and cancelling a care sheet."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import ConfigDict, Discriminator, Field, Tag

from simulator.beneficiaries.schemas import BeneficiaryAnswer, BeneficiaryReference
from simulator.care_sheets.examples import CARE_SHEET
from simulator.care_sheets.states import LineState, SheetStatus
from simulator.claims.schemas import ClaimAnswer
from simulator.kit.wire import Day, Ean13, Instant, Money, Quantity, Warning, Wire
from simulator.professionals.schemas import ProfessionalAnswer
from simulator.resolutions.schemas import LeaseAnswer

MAX_LINES = 40

PositiveQuantity = Annotated[
    Quantity,
    Field(
        gt=0,
        json_schema_extra={"pattern": r"^(?!0(\.0+)?$)(0|[1-9][0-9]{0,5})(\.[0-9]{1,3})?$", "examples": ["2"]},
    ),
]
ActCode = Annotated[str, Field(pattern=r"^[A-Z][A-Za-z0-9_.-]{0,19}$", examples=["C"])]
Text = Annotated[str, Field(min_length=1, max_length=300, pattern=r"\S")]
Unit = Literal["box", "bottle", "tube", "unit", "pair"]


class OutsideList(Wire):
    """A product absent from the list in force: prescribed all the same, never reimbursed."""

    label: Text = Field(examples=["Préparation magistrale"])
    reason: Text = Field(examples=["Aucun équivalent sur la liste"])


class ActLine(Wire):
    """An act done by the prescriber himself. `charged`: MAD, for the whole line."""

    act_code: ActCode
    quantity: PositiveQuantity
    charged: Money


class _Medicine(Wire):
    quantity: PositiveQuantity
    unit: Unit
    posology: Text = Field(examples=["1 gélule matin et soir"])
    duration_days: int = Field(ge=1, le=365)
    substitution_allowed: bool = False


class ListedMedicineLine(_Medicine):
    """A medicine of the list in force."""

    ean13: Ean13


class OutsideListLine(_Medicine):
    """A medicine outside the list."""

    outside_list: OutsideList


def _medicine_tag(value: Any) -> str:
    if isinstance(value, dict):
        return "#outside" if "outside_list" in value and "ean13" not in value else "#listed"
    return "#outside" if isinstance(value, OutsideListLine) else "#listed"


def _section_tag(value: Any) -> str | None:
    kind = value.get("type") if isinstance(value, dict) else getattr(value, "type", None)
    return f"#{kind}" if isinstance(kind, str) else None


MedicineLine = Annotated[
    Annotated[ListedMedicineLine, Tag("#listed")] | Annotated[OutsideListLine, Tag("#outside")],
    Discriminator(_medicine_tag),
]


class PrescriberSection(Wire):
    """The prescriber's own acts: executed at issue, they open the claim."""

    type: Literal["prescriber"]
    lines: list[ActLine] = Field(min_length=1, max_length=MAX_LINES)


class PharmacySection(Wire):
    """What a pharmacy is asked to deliver."""

    type: Literal["pharmacy"]
    lines: list[MedicineLine] = Field(min_length=1, max_length=MAX_LINES)


Section = Annotated[
    Annotated[PrescriberSection, Tag("#prescriber")] | Annotated[PharmacySection, Tag("#pharmacy")],
    Discriminator(
        _section_tag,
        custom_error_type="unknown_section_type",
        custom_error_message="Une section porte un « type » : prescriber ou pharmacy.",
    ),
]


class CareSheetRequest(Wire):
    """One sheet, in one call, without a number fetched before. One section of each type at most."""

    model_config = ConfigDict(json_schema_extra={"examples": [CARE_SHEET]})

    date_of_care: Day
    beneficiary: BeneficiaryReference
    care_setting: Literal["ambulatory"] = "ambulatory"
    rights_acknowledged: bool = False
    long_term_condition: Literal["ALD", "ALC"] | None = None
    sections: list[Section] = Field(min_length=1, max_length=2)


class CancellationRequest(Wire):
    """Why the author cancels what is still open."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"reason": "Erreur de patient"}]})

    reason: Text


class LineAnswer(Wire):
    """A prescribed line and where it stands; `remaining` in the line's unit."""

    model_config = ConfigDict(title="CareSheetLine")

    line: int = Field(ge=1)
    act_code: str | None = None
    ean13: Ean13 | None = None
    outside_list: OutsideList | None = None
    label: str
    quantity: Quantity
    unit: Unit | None = None
    posology: str | None = None
    duration_days: int | None = None
    substitution_allowed: bool | None = None
    charged: Money | None = None
    listed: bool
    state: LineState
    remaining: Quantity


class SectionAnswer(Wire):
    """One section; `lease` only while somebody holds it and the reader is the holder or the author."""

    type: str = Field(examples=["pharmacy"])
    lines: list[LineAnswer]
    lease: LeaseAnswer | None = None


class QrAnswer(Wire):
    """The code to print: its text, and two drawings of it."""

    payload: str = Field(pattern="^FSE1:", examples=["FSE1:…"])
    png: str
    svg: str


class CareSheetAnswer(Wire):
    """A sheet, shaped for its reader: the author sees all; the lease holder his own section, no secret."""

    number: str = Field(pattern=r"^[0-9]{16}$", examples=["2604817390552494"])
    status: SheetStatus
    revision: int
    environment: Literal["test"] = "test"
    issued_at: Instant
    date_of_care: Day
    valid_until: Day
    prescriber: ProfessionalAnswer
    beneficiary: BeneficiaryAnswer
    long_term_condition: Literal["ALD", "ALC"] | None = None
    sections: list[SectionAnswer]
    qr: QrAnswer | None = None
    backup_code: str | None = Field(default=None, examples=["ABCD-EFGH-J"])
    document: str | None = None
    warnings: list[Warning]
    claims: list[ClaimAnswer]
