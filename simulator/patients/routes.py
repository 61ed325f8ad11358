"""HTTP of the patient space. Nothing in an address tells who he is: the token does."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from simulator.kit import pages
from simulator.kit.http import documented, handle
from simulator.patients import service
from simulator.patients.schemas import AccessesAnswer, MyCareSheetsAnswer, MyClaimsAnswer

router = APIRouter(tags=["patients"])
SOURCE = "Announced by the CNSS: the patient consults his sheets through its digital services"
SCOPE, ROLES = "patient:read", ("patient",)
_QUERY: dict[str, Any] = {
    "dependant_rank": {"type": "integer", "minimum": 0, "maximum": 99},
    "cursor": {"type": "string", "maxLength": pages.LONGEST_CURSOR},
    "limit": {"type": "integer", "minimum": 1, "maximum": pages.MOST},
}


@router.get(
    "/v1/me/care-sheets",
    **documented(
        operation="list-my-care-sheets",
        summary="One's own sheets, the last issued first",
        answer=MyCareSheetsAnswer,
        problems=["not-found", "invalid-payload"],
        scope=SCOPE,
        query=_QUERY,
        source=SOURCE,
    ),
)
async def care_sheets(request: Request) -> Response:
    return await handle(request, None, service.list_care_sheets, scope=SCOPE, roles=ROLES)


@router.get(
    "/v1/me/claims",
    **documented(
        operation="list-my-claims",
        summary="The claims on one's own sheets",
        answer=MyClaimsAnswer,
        problems=["not-found", "invalid-payload"],
        scope=SCOPE,
        query=_QUERY,
        source=SOURCE,
    ),
)
async def claims(request: Request) -> Response:
    return await handle(request, None, service.list_claims, scope=SCOPE, roles=ROLES)


@router.get(
    "/v1/me/accesses",
    **documented(
        operation="list-my-accesses",
        summary="Who read or changed what, a sentence each, newest first",
        answer=AccessesAnswer,
        problems=["not-found", "invalid-payload"],
        scope=SCOPE,
        query=_QUERY,
        fidelity="hypothesis",
        source="Law 09-08: a person may know who had access; the list is this project's",
    ),
)
async def accesses(request: Request) -> Response:
    return await handle(request, None, service.list_accesses, scope=SCOPE, roles=ROLES)
