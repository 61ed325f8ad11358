"""HTTP of claims."""

from __future__ import annotations

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from simulator.claims import service
from simulator.claims.schemas import ClaimAnswer, ClaimsAnswer
from simulator.kit.http import documented, handle

router = APIRouter(tags=["claims"])
SOURCE = "Arithmetic of the AMO as published in the press; dated rules of this project"


@router.get(
    "/v1/claims/{id}",
    **documented(
        operation="read-claim",
        summary="A claim of one's own establishment, with its explanation",
        answer=ClaimAnswer,
        problems=["not-found"],
        scope="claims:read",
        source=SOURCE,
    ),
)
async def read(request: Request) -> Response:
    return await handle(request, None, service.read, scope="claims:read")


@router.get(
    "/v1/claims",
    **documented(
        operation="list-claims",
        summary="Claims of one's own establishment",
        answer=ClaimsAnswer,
        problems=["invalid-payload"],
        scope="claims:read",
        query={
            "number": {"type": "string", "description": "Those of one sheet.", "pattern": "^[0-9 ]{16,19}$"},
            "cursor": {"type": "string", "maxLength": 40},
            "limit": {"type": "integer", "minimum": 1, "maximum": 100},
        },
        source=SOURCE,
    ),
)
async def search(request: Request) -> Response:
    return await handle(request, None, service.search, scope="claims:read")
