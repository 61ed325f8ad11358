"""Wire shapes of the patient space. A whole sheet has the shape of `care_sheets.schemas.CareSheetAnswer`."""

from __future__ import annotations

from pydantic import Field

from simulator.beneficiaries.schemas import BeneficiaryAnswer
from simulator.care_sheets.status import SheetStatus
from simulator.kit.wire import Day, Instant, Wire
from simulator.professionals.schemas import ProfessionalAnswer

Number = Field(pattern=r"^[0-9]{16}$", examples=["2604817390552494"])


class MySectionAnswer(Wire):
    """One section in a list: how many lines it has, and how many may still be executed."""

    type: str = Field(examples=["pharmacy"])
    lines: int = Field(ge=1)
    active: int = Field(ge=0)


class MyCareSheetAnswer(Wire):
    """A sheet in a list; read it by its number for the lines, the QR and the claims."""

    number: str = Number
    status: SheetStatus
    revision: int
    cancellation_requested: bool
    replaces: str | None = Field(default=None, pattern=r"^[0-9]{16}$")
    replaced_by: str | None = Field(default=None, pattern=r"^[0-9]{16}$")
    issued_at: Instant
    date_of_care: Day
    valid_until: Day
    prescriber: ProfessionalAnswer
    beneficiary: BeneficiaryAnswer
    sections: list[MySectionAnswer]


class MyCareSheetsAnswer(Wire):
    """A page of one's sheets, the last issued first."""

    items: list[MyCareSheetAnswer]
    next_cursor: str | None = None


class WhoAnswer(Wire):
    """Who had access. `delegate`: the person of the team who acted under the professional's name."""

    name: str = Field(examples=["Nadia Chraibi"])
    role: str = Field(examples=["pharmacy"], description="A professional's role, patient, cnss, software or unknown.")
    establishment: str | None = Field(default=None, examples=["Pharmacie Al Amal"])
    delegate: str | None = Field(default=None, examples=["Hamza Lahlou"])


class AccessAnswer(Wire):
    """One access to one's data, as the audit trail recorded it; `sentence` in French, time of Morocco."""

    at: Instant
    who: WhoAnswer
    what: str = Field(examples=["care-sheet-read"])
    number: str | None = Field(default=None, pattern=r"^[0-9]{16}$")
    sentence: str = Field(
        examples=[
            "Le 23 novembre 2026 à 10 h 05, la pharmacie Al Amal (Nadia Chraibi) a lu la section pharmacie "
            "de votre feuille 2604 8173 9055 2494."
        ]
    )


class AccessesAnswer(Wire):
    """A page of accesses, newest first."""

    items: list[AccessAnswer]
    next_cursor: str | None = None
