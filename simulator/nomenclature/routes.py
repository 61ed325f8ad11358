"""HTTP of the nomenclature: read-only, paged by cursor, with an ETag."""

from __future__ import annotations

from typing import Any, get_args

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from simulator.kit.http import documented, handle
from simulator.nomenclature import service
from simulator.nomenclature.schemas import ActPage, Family, MedicinePage, ReasonList, SectionType

router = APIRouter(tags=["nomenclature"])
SCOPE = "nomenclature:read"
_FLAG = {"type": "string", "enum": ["true", "false"]}
_CODE = {"type": "string", "pattern": "^[0-9]{13}$"}
_TEXT = {"type": "string", "minLength": 1, "maxLength": 100}
_LIMIT = {"type": "integer", "minimum": 1, "maximum": service.MAX_PAGE, "default": service.MAX_PAGE}
_PROBLEMS = ["invalid-payload"]
_MEDICINES: dict[str, Any] = {
    "cursor": _CODE,
    "limit": _LIMIT,
    "q": _TEXT,
    "ean13": _CODE,
    "reimbursable": _FLAG,
    "antibiotic": _FLAG,
}
_ACTS: dict[str, Any] = {
    "cursor": _TEXT,
    "limit": _LIMIT,
    "q": _TEXT,
    "section": {"type": "string", "enum": list(get_args(SectionType))},
    "prior_approval": _FLAG,
}
_REASONS: dict[str, Any] = {"family": {"type": "string", "enum": list(get_args(Family))}}


@router.get(
    "/v1/nomenclature/medicines",
    **documented(
        operation="list-medicines",
        summary="Medicines of the list in force, by pages",
        answer=MedicinePage,
        problems=_PROBLEMS,
        scope=SCOPE,
        etag=True,
        query=_MEDICINES,
        fidelity="deduced",
        source="Public lists of reimbursable medicines (CNOPS 2014, CNSS 2026)",
    ),
)
async def list_medicines(request: Request) -> Response:
    return await handle(request, None, service.medicines, scope=SCOPE, write=False, cacheable=True)


@router.get(
    "/v1/nomenclature/acts",
    **documented(
        operation="list-acts",
        summary="Acts of care and devices with their tariff of the day",
        answer=ActPage,
        problems=_PROBLEMS,
        scope=SCOPE,
        etag=True,
        query=_ACTS,
        fidelity="hypothesis",
        source="C, CS and dental values: press; other values and coefficients are synthetic",
    ),
)
async def list_acts(request: Request) -> Response:
    return await handle(request, None, service.acts, scope=SCOPE, write=False, cacheable=True)


@router.get(
    "/v1/nomenclature/reasons",
    **documented(
        operation="list-reasons",
        summary="Coded reasons with their remedy",
        answer=ReasonList,
        problems=_PROBLEMS,
        query=_REASONS,
        scope=SCOPE,
        etag=True,
        fidelity="hypothesis",
        source="Written for this project: no public list of reasons was found",
    ),
)
async def list_reasons(request: Request) -> Response:
    return await handle(request, None, service.reasons, scope=SCOPE, write=False, cacheable=True)
