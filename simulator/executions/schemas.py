"""Wire shapes of executions."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import ConfigDict, Discriminator, Field, Tag

from simulator.care_sheets.orders import ActCode, PositiveQuantity, Text
from simulator.care_sheets.states import LineState
from simulator.care_sheets.status import SheetStatus
from simulator.claims.schemas import ClaimAnswer
from simulator.kit.wire import Ean13, Instant, Money, Quantity, Warning, Wire

LineNumber = Annotated[int, Field(ge=1, le=99)]
NonExecution = Literal[
    "out-of-stock",
    "patient-refused",
    "substitution-refused",
    "contraindication",
    "doubtful-prescription",
    "patient-absent",
    "patient-not-prepared",
    "sample-not-conform",
    "equipment-unavailable",
    "prior-approval-missing",
]
"""The reasons of family `non-execution` of the nomenclature."""


Outcome = Literal["executed", "owed", "given_back", "not_executed", "withdrawn", "moved_to_paper"]
Kind = Literal["execution", "amendment", "withdrawal", "late", "paper"]


class Substitution(Wire):
    """Why another product was handed over."""

    reason: Literal["prescriber-agreed"]


class ExecutedLine(Wire):
    """Something was delivered or done. `charged`: MAD, total of this line for this visit.

    Medicines: `ean13`, the product handed over (only a product outside the list has none), and its `lot`.
    Acts and devices: `act_code`, the one prescribed when left out. Physiotherapy: `session`, the number of the
    first session of this visit, so that none is ever recorded twice; left out, it is a warning, later an error.
    `owed`: the rest is owed by this establishment, which alone may deliver it later.
    `third_party_attestation`: number of the CNSS attestation of the patient for this costly medicine: the CNSS then
    pays the pharmacy, the patient his own share.
    """

    line: LineNumber
    outcome: Literal["executed"]
    quantity: PositiveQuantity
    ean13: Ean13 | None = None
    act_code: ActCode | None = None
    session: int | None = Field(default=None, ge=1, le=99)
    charged: Money
    lot: str | None = Field(default=None, min_length=1, max_length=40)
    substitution: Substitution | None = None
    owed: bool | None = False
    third_party_attestation: str | None = Field(default=None, min_length=1, max_length=40)


class OwedLine(Wire):
    """Nothing is delivered today: this establishment owes the whole remainder and keeps it for the patient."""

    line: LineNumber
    outcome: Literal["owed"]


class GivenBackLine(Wire):
    """This establishment no longer owes the remainder: anybody may deliver it."""

    line: LineNumber
    outcome: Literal["given_back"]


class NotExecutedLine(Wire):
    """Nothing (more) will be delivered: closes the line."""

    line: LineNumber
    outcome: Literal["not_executed"]
    reason: NonExecution


def _tag(value: Any) -> str | None:
    outcome = value.get("outcome") if isinstance(value, dict) else getattr(value, "outcome", None)
    return f"#{outcome}" if isinstance(outcome, str) else None


DeedLine = Annotated[
    Annotated[ExecutedLine, Tag("#executed")]
    | Annotated[OwedLine, Tag("#owed")]
    | Annotated[GivenBackLine, Tag("#given_back")]
    | Annotated[NotExecutedLine, Tag("#not_executed")],
    Discriminator(
        _tag,
        custom_error_type="unknown_outcome",
        custom_error_message="Une ligne porte un « outcome » : executed, owed, given_back ou not_executed.",
    ),
]


class ExecutionRequest(Wire):
    """All the lines of one visit: recorded together or not at all. Lines left out stay as they are."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "performed_at": "2026-11-23T10:30:00Z",
                    "lines": [
                        {
                            "line": 1,
                            "outcome": "executed",
                            "quantity": "1",
                            "ean13": "6118999000018",
                            "charged": "42.30",
                        },
                        {"line": 2, "outcome": "not_executed", "reason": "out-of-stock"},
                    ],
                }
            ]
        }
    )

    performed_at: Instant
    lines: list[DeedLine] = Field(min_length=1, max_length=40)


class WithdrawalRequest(Wire):
    """Why what was recorded did not take place."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"reason": "Saisie sur la mauvaise feuille"}]})

    reason: Text


class SessionAnswer(Wire):
    """The session k of n: the last one done, and how many were prescribed."""

    index: int = Field(ge=0)
    of: int = Field(ge=1)


class ExecutedAnswer(Wire):
    """A line after the visit; `quantity` is what this visit delivered."""

    line: int
    outcome: Outcome
    quantity: Quantity | None = None
    session: SessionAnswer | None = None
    reason: NonExecution | None = None
    state: LineState
    remaining: Quantity


class KeptLine(Wire):
    """A line of a past execution, as it was said then; where it stands now is on the sheet."""

    line: int
    outcome: Outcome
    quantity: Quantity | None = None
    ean13: Ean13 | None = None
    act_code: ActCode | None = None
    charged: Money | None = None
    lot: str | None = None
    third_party_attestation: str | None = None
    session: int | None = None
    reason: NonExecution | None = None


class ExecutionAnswer(Wire):
    """The execution, the claim it feeds (none when nothing was delivered), and a signed receipt.

    `kind`: how it was recorded; `target`: the execution that an amendment or a withdrawal corrects.
    `receipt`: compact JWS, ES256 by the key of `/jwks.json`.
    """

    id: str = Field(examples=["exe-7q2m5xk3wz4n6b2d"])
    number: str = Field(examples=["2604817390552494"])
    section: str = Field(examples=["pharmacy"])
    kind: Kind
    target: str | None = Field(default=None, examples=["exe-7q2m5xk3wz4n6b2d"])
    performed_at: Instant
    recorded_at: Instant
    revision: int
    lines: list[ExecutedAnswer]
    status: SheetStatus
    receipt: str
    warnings: list[Warning]
    claim: ClaimAnswer | None = None


class Correction(Wire):
    """The execution that amended or withdrew another one."""

    id: str = Field(examples=["exe-7q2m5xk3wz4n6b2d"])
    kind: Literal["amendment", "withdrawal"]


class KeptExecution(Wire):
    """An execution read again by the establishment that recorded it.

    `revision`: the section's once it was recorded; `current_revision`: the section's now, which If-Match must carry
    to correct it. `corrected_by`: what amended or withdrew it since.
    """

    id: str = Field(examples=["exe-7q2m5xk3wz4n6b2d"])
    number: str = Field(examples=["2604817390552494"])
    section: str = Field(examples=["pharmacy"])
    kind: Kind
    target: str | None = None
    performed_at: Instant
    recorded_at: Instant
    revision: int
    current_revision: int
    lines: list[KeptLine]
    receipt: str
    corrected_by: Correction | None = None


class ReceiptAnswer(Wire):
    """The receipt alone: what the platform will never deny having recorded."""

    id: str = Field(examples=["exe-7q2m5xk3wz4n6b2d"])
    receipt: str
