"""Wire shapes of what reaches the platform by another way: entered after an outage, or moved to paper."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import ConfigDict, Field

from simulator.care_sheets.orders import MAX_LINES, ActCode, PositiveQuantity, Text
from simulator.care_sheets.schemas import ExecutorType
from simulator.care_sheets.states import LineState
from simulator.care_sheets.status import SheetStatus
from simulator.claims.schemas import ClaimAnswer
from simulator.executions.named_items import ACT, BY_ITS_NAME, MEDICINE, OTHER
from simulator.executions.schemas import Correction, LineNumber
from simulator.kit.wire import Ean13, Instant, Money, Quantity, Warning, Wire
from simulator.paper.references import PaperReference


class _Item(Wire):
    quantity: PositiveQuantity
    charged: Money
    lot: str | None = Field(default=None, min_length=1, max_length=40)


class LateMedicine(_Item):
    """A medicine handed over during the outage."""

    ean13: Ean13


class LateAct(_Item):
    """An act done, or a device handed over, during the outage."""

    act_code: ActCode


class LateOther(_Item):
    """Something without a code: matched to a line outside the lists of the same label, or left to a person."""

    label: Text


LateItem = Annotated[
    Annotated[LateMedicine, MEDICINE] | Annotated[LateAct, ACT] | Annotated[LateOther, OTHER],
    BY_ITS_NAME,
]


class LateExecutionRequest(Wire):
    """What was done without the network: the scan kept by the till, the true time, codes and quantities.

    Neither line number nor lease: the platform matches. `section` only when several suit the professional.
    """

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "scan": "FSE1:…",
                    "performed_at": "2026-11-23T10:30:00Z",
                    "items": [{"ean13": "6118999000018", "quantity": "1", "charged": "42.30", "lot": "A123"}],
                }
            ]
        }
    )

    scan: str = Field(min_length=1, max_length=2000)
    performed_at: Instant
    section: ExecutorType | None = None
    items: list[LateItem] = Field(min_length=1, max_length=MAX_LINES)


class LateItemAnswer(Wire):
    """The item as it was said, and what became of it: matched to a line, or left to a person.

    `item`: its place in the request (1, 2…); one of `ean13`, `act_code`, `label`.
    """

    item: int = Field(ge=1)
    outcome: Literal["matched", "to_reconcile"]
    ean13: Ean13 | None = None
    act_code: ActCode | None = None
    label: Text | None = None
    quantity: Quantity
    charged: Money
    lot: str | None = None
    line: int | None = Field(default=None, ge=1)
    state: LineState | None = None
    remaining: Quantity | None = None
    reason: Literal["no-such-line", "line-closed"] | None = None


class LateExecutionAnswer(Wire):
    """A late entry as recorded, with its signed receipt and the claim of what was matched.

    `corrected_by`, in the list: what amended or withdrew it since; nothing of it is left to reconcile.
    """

    id: str = Field(examples=["exe-7q2m5xk3wz4n6b2d"])
    number: str = Field(examples=["2604817390552494"])
    section: str = Field(examples=["pharmacy"])
    performed_at: Instant
    recorded_at: Instant
    revision: int
    items: list[LateItemAnswer]
    status: SheetStatus
    receipt: str
    warnings: list[Warning]
    claim: ClaimAnswer | None = None
    corrected_by: Correction | None = None


class LateExecutionsAnswer(Wire):
    """A page of one's own late entries."""

    items: list[LateExecutionAnswer]
    next_cursor: str | None = None


class PaperFallbackRequest(Wire):
    """These lines go on by paper: whatever is left of them is no longer executed here."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"paper_reference": "KEN-2026-0042", "reason": "Panne longue", "lines": [1]}]}
    )

    paper_reference: PaperReference
    reason: Text
    lines: list[LineNumber] = Field(min_length=1, max_length=MAX_LINES)


class PaperLineAnswer(Wire):
    """A line moved to paper; `remaining`: what is left to the paper."""

    line: int = Field(ge=1)
    state: LineState
    remaining: Quantity


class PaperFallbackAnswer(Wire):
    """What was moved to paper, and under which reference."""

    id: str = Field(examples=["exe-7q2m5xk3wz4n6b2d"])
    number: str = Field(examples=["2604817390552494"])
    section: str = Field(examples=["pharmacy"])
    paper_reference: str = Field(examples=["KEN-2026-0042"])
    recorded_at: Instant
    revision: int
    lines: list[PaperLineAnswer]
    status: SheetStatus
    warnings: list[Warning]
