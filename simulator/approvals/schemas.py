"""Wire shapes of prior approvals."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import ConfigDict, Field

from simulator.approvals.model import ApprovalStatus
from simulator.care_sheets.orders import ActCode, PositiveQuantity, Text
from simulator.care_sheets.schemas import LineNumber
from simulator.kit.wire import Day, Form, Instant, Quantity, Wire
from simulator.professionals.schemas import ProfessionalAnswer

SheetNumber = Annotated[
    str,
    Field(pattern=r"^[0-9]{16}$", examples=["2604817390552494"]),
    Form("un numéro de feuille de 16 chiffres"),
]
ApprovalId = Annotated[
    str,
    Field(pattern=r"^apr-[a-z2-7]{16}$", examples=["apr-7q2m5xk3wz4n6b2d"]),
    Form("l'identifiant d'une demande d'accord préalable, comme apr-7q2m5xk3wz4n6b2d"),
]
SectionType = Literal["prescriber", "pharmacy", "biology", "imaging", "physiotherapy", "dental", "nursing", "devices"]
RefusalReason = Literal["not-justified", "another-care-first", "incomplete-request"]
"""The reasons of family `approval-refusal` of the nomenclature."""
EXAMPLE: dict[str, Any] = {
    "number": "2604817390552494",
    "section": "physiotherapy",
    "line": 1,
    "quantity": "10",
    "motive": "Rééducation du genou après une ligamentoplastie",
}


class PriorApprovalRequest(Wire):
    """For which line of which sheet, how much of it, and why.

    `act_code`: the act that is, or will be, done by agreement in place of the one that was prescribed.
    """

    model_config = ConfigDict(json_schema_extra={"examples": [EXAMPLE]})

    number: SheetNumber
    section: SectionType
    line: LineNumber
    act_code: ActCode | None = None
    quantity: PositiveQuantity
    motive: Text


class PriorApprovalAnswer(Wire):
    """A request and what became of it.

    Until it is closed, `due_at`: when the CNSS decides at the latest. Granted: `granted_quantity`, for care until
    `valid_until`. Refused: `reason`, `explanation` and the one `remedy` of that reason.
    """

    id: ApprovalId
    number: str = Field(examples=["2604817390552494"])
    section: SectionType
    line: LineNumber
    act_code: str = Field(examples=["AMM-REEDUC"])
    label: str = Field(examples=["Séance de kinésithérapie"])
    quantity: Quantity
    motive: str
    asked_by: ProfessionalAnswer
    status: ApprovalStatus
    requested_at: Instant
    due_at: Instant | None = None
    closed_at: Instant | None = None
    granted_quantity: Quantity | None = None
    valid_until: Day | None = None
    reason: RefusalReason | None = None
    explanation: str | None = None
    remedy: str | None = None


class PriorApprovalsAnswer(Wire):
    """A page of the requests about one sheet that the caller may read, by section, line and age."""

    items: list[PriorApprovalAnswer]
    next_cursor: str | None = None
