"""Wire shapes of the resolution."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import ConfigDict, Discriminator, Field, RootModel, Tag

from simulator.beneficiaries.schemas import BeneficiaryAnswer
from simulator.care_sheets.schemas import SectionAnswer, TranscribedAnswer
from simulator.care_sheets.status import SheetStatus
from simulator.kit.wire import Day, Instant, Warning, Wire
from simulator.professionals.schemas import ProfessionalAnswer
from simulator.resolutions.schemas import LeaseAnswer

Wanted = Literal["pharmacy", "biology", "imaging", "physiotherapy", "dental", "nursing", "devices"]


class ScanResolution(Wire):
    """By the raw text of the scanner, whatever the keyboard made of it."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"scan": "FSE1:…", "hold": True}]})

    scan: str = Field(min_length=1, max_length=2000)
    hold: bool | None = False
    section: Wanted | None = None


class TypedResolution(Wire):
    """By the number and the backup code printed under the QR; spaces, dashes, lower case tolerated."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"number": "2604 8173 9055 2494", "backup_code": "ABCD-EFGH-J", "hold": True}]}
    )

    number: str = Field(min_length=16, max_length=40)
    backup_code: str = Field(min_length=1, max_length=40)
    hold: bool | None = False
    section: Wanted | None = None


def _tag(value: Any) -> str | None:
    if isinstance(value, dict):
        if "scan" in value:
            return "#scan"
        return "#typed" if "number" in value or "backup_code" in value else None
    return "#typed" if isinstance(value, TypedResolution) else "#scan"


class ResolutionRequest(
    RootModel[
        Annotated[
            Annotated[ScanResolution, Tag("#scan")] | Annotated[TypedResolution, Tag("#typed")],
            Discriminator(
                _tag,
                custom_error_type="unnamed_proof",
                custom_error_message="La preuve de l'ordonnance manque : « scan » (le texte lu du QR), ou « number » "
                "et « backup_code » (le numéro et le code de secours imprimés dessous).",
            ),
        ]
    ]
):
    """One proof that the paper is there: the scan, or number + backup code; `hold` takes the lease too.

    `section`: which one, for an establishment that executes several types and finds more than one on the sheet.
    """


class DiagnosticAnswer(Wire):
    """An accident of the reading, recovered; the message tells the user what to set right."""

    code: str = Field(examples=["azerty-layout"])
    message: str


class ReadingAnswer(Wire):
    """How the scan was read."""

    diagnostics: list[DiagnosticAnswer]


class ResolutionAnswer(Wire):
    """The executor's own section of the sheet, and the lease when he asked for it. `revision`: of that section."""

    number: str = Field(examples=["2604817390552494"])
    status: SheetStatus
    revision: int
    issued_at: Instant
    valid_until: Day
    section: SectionAnswer
    prescriber: ProfessionalAnswer
    beneficiary: BeneficiaryAnswer
    transcribed: TranscribedAnswer | None = None
    lease: LeaseAnswer | None = None
    reading: ReadingAnswer
    warnings: list[Warning]
