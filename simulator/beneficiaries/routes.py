"""HTTP of the rights check."""

from __future__ import annotations

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from simulator.beneficiaries import service
from simulator.beneficiaries.schemas import RightsAnswer, RightsCheckRequest
from simulator.kit.http import documented, handle

router = APIRouter(tags=["rights"])


@router.post(
    "/v1/rights-checks",
    **documented(
        operation="check-rights",
        summary="Rights of a beneficiary on a date of care",
        body=RightsCheckRequest,
        answer=RightsAnswer,
        problems=["unknown-beneficiary"],
        scope="rights:read",
        fidelity="deduced",
        source="Flow announced by the CNSS: identity and rights are checked before care",
    ),
)
async def check_rights(request: Request) -> Response:
    return await handle(request, RightsCheckRequest, service.check_rights, scope="rights:read")
