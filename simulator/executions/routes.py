"""HTTP of executions, of their corrections, and of what comes late or goes to paper."""

from __future__ import annotations

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from simulator.executions import corrections, late, paper, reading, service
from simulator.executions.late_schemas import (
    LateExecutionAnswer,
    LateExecutionRequest,
    LateExecutionsAnswer,
    PaperFallbackAnswer,
    PaperFallbackRequest,
)
from simulator.executions.schemas import (
    ExecutionAnswer,
    ExecutionRequest,
    KeptExecution,
    ReceiptAnswer,
    WithdrawalRequest,
)
from simulator.kit.http import documented, handle

router = APIRouter(tags=["executions"])
SOURCE = "Flow announced by the CNSS: whoever executes records what was done; law 17-04 (substitution)"
OURS = "Domain model of this project"
_DEEDS = [
    "line-unknown",
    "line-terminal",
    "line-owed",
    "line-not-owed",
    "cancellation-requested",
    "wrong-session",
    "over-remainder",
    "substitution-not-allowed",
]
_HOLDER = [
    "not-found",
    "precondition-required",
    "precondition-failed",
    "sheet-cancelled",
    "sheet-replaced",
    "sheet-expired",
    "lease-required",
    "lease-lost",
    "nothing-open",
]
_CORRECTING = [
    "not-found",
    "precondition-required",
    "precondition-failed",
    "execution-withdrawn",
    "execution-not-last",
    "section-held",
    "claim-settled",
]


@router.post(
    "/v1/care-sheets/{number}/sections/{type}/executions",
    **documented(
        operation="execute-section",
        summary="Record all the lines of a visit, atomically",
        body=ExecutionRequest,
        answer=ExecutionAnswer,
        status=201,
        problems=[*_HOLDER, *_DEEDS],
        scope="fse:execute",
        idempotent=True,
        headers=["If-Match", "FSE-Lease"],
        fidelity="deduced",
        source=SOURCE,
    ),
)
async def execute(request: Request) -> Response:
    return await handle(request, ExecutionRequest, service.execute, status=201, idempotent=True, scope="fse:execute")


@router.post(
    "/v1/care-sheets/{number}/sections/{type}/paper-fallback",
    **documented(
        operation="move-section-to-paper",
        summary="Go on on paper: these lines are no longer executed here",
        body=PaperFallbackRequest,
        answer=PaperFallbackAnswer,
        status=201,
        problems=[*_HOLDER, "line-unknown", "line-terminal", "line-owed", "paper-reference-used"],
        scope="fse:execute",
        idempotent=True,
        headers=["If-Match", "FSE-Lease"],
        fidelity="hypothesis",
        source=OURS,
    ),
)
async def move_to_paper(request: Request) -> Response:
    return await handle(
        request, PaperFallbackRequest, paper.fall_back, status=201, idempotent=True, scope="fse:execute"
    )


@router.get(
    "/v1/executions/{id}",
    **documented(
        operation="read-execution",
        summary="An execution of one's own establishment",
        answer=KeptExecution,
        problems=["not-found"],
        scope="fse:execute",
        etag=False,
        fidelity="hypothesis",
        source=OURS,
    ),
)
async def read(request: Request) -> Response:
    return await handle(request, None, reading.read, scope="fse:execute")


@router.get(
    "/v1/executions/{id}/receipt",
    **documented(
        operation="read-receipt",
        summary="The signed receipt, for the establishment or for the software that recorded it",
        answer=ReceiptAnswer,
        problems=["not-found"],
        scope="receipts:read fse:execute",
        fidelity="hypothesis",
        source=OURS,
    ),
)
async def read_receipt(request: Request) -> Response:
    return await handle(request, None, reading.receipt)


@router.post(
    "/v1/executions/{id}/amendment",
    **documented(
        operation="amend-execution",
        summary="Put another visit in the place of one, before its claim is settled",
        body=ExecutionRequest,
        answer=ExecutionAnswer,
        status=201,
        problems=[*_CORRECTING, "sheet-expired", *_DEEDS],
        scope="fse:execute",
        idempotent=True,
        headers=["If-Match"],
        fidelity="hypothesis",
        source=OURS,
    ),
)
async def amend(request: Request) -> Response:
    return await handle(request, ExecutionRequest, corrections.amend, status=201, idempotent=True, scope="fse:execute")


@router.post(
    "/v1/executions/{id}/withdrawal",
    **documented(
        operation="withdraw-execution",
        summary="Take an execution back, before its claim is settled",
        body=WithdrawalRequest,
        answer=ExecutionAnswer,
        problems=_CORRECTING,
        scope="fse:execute",
        idempotent=True,
        headers=["If-Match"],
        fidelity="hypothesis",
        source=OURS,
    ),
)
async def withdraw(request: Request) -> Response:
    return await handle(request, WithdrawalRequest, corrections.withdraw, idempotent=True, scope="fse:execute")


@router.post(
    "/v1/late-executions",
    **documented(
        operation="enter-late-execution",
        summary="What was done during an outage, from the raw scan; the platform finds the lines",
        body=LateExecutionRequest,
        answer=LateExecutionAnswer,
        status=201,
        problems=[
            "unreadable-scan",
            "wrong-environment",
            "unknown-key",
            "revoked-key",
            "forged-scan",
            "unknown-number",
            "scan-rotated",
            "late-entry-too-old",
            "sheet-expired",
            "no-section-for-role",
            "section-to-choose",
            "section-held",
            "line-owed",
            "over-remainder",
        ],
        scope="fse:execute",
        idempotent=True,
        fidelity="hypothesis",
        source=OURS,
    ),
)
async def enter_late(request: Request) -> Response:
    return await handle(request, LateExecutionRequest, late.enter, status=201, idempotent=True, scope="fse:execute")


@router.get(
    "/v1/late-executions",
    **documented(
        operation="list-late-executions",
        summary="Late executions of one's own establishment, those to reconcile on demand",
        answer=LateExecutionsAnswer,
        problems=["invalid-payload"],
        scope="fse:execute",
        query={
            "to_reconcile": {"type": "boolean", "default": False},
            "cursor": {"type": "string", "maxLength": 40},
            "limit": {"type": "integer", "minimum": 1, "maximum": 100},
        },
        fidelity="hypothesis",
        source=OURS,
    ),
)
async def list_late(request: Request) -> Response:
    return await handle(request, None, reading.late, scope="fse:execute")
