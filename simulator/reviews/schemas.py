"""Wire shapes of documents and contestations."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import ConfigDict, Field

from simulator.care_sheets.orders import Text
from simulator.claims.schemas import LineStatusWord
from simulator.kit.wire import Form, Instant, Wire

DocumentKind = Literal["invoice", "report", "prescription"]
MediaType = Literal["application/pdf", "image/jpeg", "image/png"]
MAX_DOCUMENT = 700_000
"""Bytes of a document, decoded: its base64 fits in a request of 1 MB."""
ExecutionId = Annotated[
    str,
    Field(pattern=r"^(exe|pap)-[a-z2-7]{16}$", examples=["exe-7q2m5xk3wz4n6b2d"]),
    Form("l'identifiant d'une exécution, tel que la demande de remboursement le porte"),
]


class DocumentRequest(Wire):
    """A document that is asked for. `content`: base64 of at most 700 000 bytes; looked at, never kept."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [{"kind": "invoice", "media_type": "application/pdf", "content": "JVBERi0xLjQKJSVFT0YK"}]
        }
    )

    kind: DocumentKind
    media_type: MediaType
    content: str = Field(min_length=4, max_length=4 * (MAX_DOCUMENT + 2) // 3, pattern=r"^[A-Za-z0-9+/]+={0,2}$")


class TouchedLineAnswer(Wire):
    """A line of the claim, and where it stands now."""

    execution: str = Field(examples=["exe-7q2m5xk3wz4n6b2d"])
    line: int = Field(ge=1)
    status: LineStatusWord


class DocumentAnswer(Wire):
    """What is kept of a document: its fingerprint, not its content. `lines`: those that asked for it."""

    claim: str = Field(examples=["clm-7q2m5xk3wz4n6b2d"])
    kind: DocumentKind
    media_type: MediaType
    size: int = Field(ge=1, description="Bytes, decoded.")
    sha256: str = Field(pattern=r"^[0-9a-f]{64}$")
    received_at: Instant
    content_kept: Literal[False]
    lines: list[TouchedLineAnswer]


class ContestedLine(Wire):
    """A line of a claim, as the claim names it."""

    execution: ExecutionId
    line: int = Field(ge=1, le=99)


CONTESTATION: dict[str, Any] = {
    "lines": [{"execution": "exe-7q2m5xk3wz4n6b2d", "line": 1}],
    "reason": "La facture demandée est jointe",
}


class ContestationRequest(Wire):
    """Which lines (all of them when none is named), and why."""

    model_config = ConfigDict(json_schema_extra={"examples": [CONTESTATION]})

    lines: list[ContestedLine] | None = Field(default=None, min_length=1, max_length=100)
    reason: Text
