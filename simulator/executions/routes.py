"""HTTP of executions."""

from __future__ import annotations

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from simulator.executions import service
from simulator.executions.schemas import ExecutionAnswer, ExecutionRequest
from simulator.kit.http import documented, handle

router = APIRouter(tags=["executions"])


@router.post(
    "/v1/care-sheets/{number}/sections/{type}/executions",
    **documented(
        operation="execute-section",
        summary="Record all the lines of a visit, atomically",
        body=ExecutionRequest,
        answer=ExecutionAnswer,
        status=201,
        problems=[
            "not-found",
            "precondition-required",
            "precondition-failed",
            "sheet-cancelled",
            "sheet-replaced",
            "sheet-expired",
            "lease-required",
            "lease-lost",
            "nothing-open",
            "line-unknown",
            "line-terminal",
            "over-remainder",
            "substitution-not-allowed",
        ],
        scope="fse:execute",
        idempotent=True,
        headers=["If-Match", "FSE-Lease"],
        fidelity="deduced",
        source="Flow announced by the CNSS: whoever executes records what was done; law 17-04 (substitution)",
    ),
)
async def execute(request: Request) -> Response:
    return await handle(request, ExecutionRequest, service.execute, status=201, idempotent=True, scope="fse:execute")
