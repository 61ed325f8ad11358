"""HTTP of resolutions and leases."""

from __future__ import annotations

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from simulator.kit.http import documented, handle
from simulator.resolutions import service
from simulator.resolutions.answers import ResolutionAnswer, ResolutionRequest
from simulator.resolutions.schemas import LeaseAnswer

router = APIRouter(tags=["resolutions"])
SOURCE = "Flow announced by the CNSS: whoever executes scans the QR, or types the code"
_LEASE = "/v1/care-sheets/{number}/sections/{type}/lease"


@router.post(
    "/v1/resolutions",
    **documented(
        operation="resolve-care-sheet",
        summary="From a scan, or number + backup code, to one's own section",
        body=ResolutionRequest,
        answer=ResolutionAnswer,
        problems=[
            "unreadable-scan",
            "wrong-environment",
            "unknown-key",
            "revoked-key",
            "forged-scan",
            "unknown-number",
            "wrong-check-digit",
            "wrong-backup-code",
            "typing-locked",
            "typing-throttled",
            "scan-rotated",
            "sheet-cancelled",
            "sheet-replaced",
            "sheet-expired",
            "no-section-for-role",
            "section-to-choose",
            "section-held",
            "nothing-open",
        ],
        scope="fse:resolve",
        source=SOURCE,
    ),
)
async def resolve(request: Request) -> Response:
    return await handle(request, ResolutionRequest, service.resolve, scope="fse:resolve")


@router.put(
    _LEASE,
    **documented(
        operation="extend-lease",
        summary="Extend one's own lease",
        answer=LeaseAnswer,
        problems=[
            "not-found",
            "sheet-cancelled",
            "sheet-replaced",
            "sheet-expired",
            "lease-lost",
            "cancellation-requested",
        ],
        scope="fse:execute",
        fidelity="hypothesis",
        source="Domain model of this project",
    ),
)
async def extend(request: Request) -> Response:
    return await handle(request, None, service.extend_lease, scope="fse:execute")


@router.get(
    _LEASE,
    **documented(
        operation="read-lease",
        summary="One's own live lease",
        answer=LeaseAnswer,
        problems=["not-found", "lease-lost"],
        scope="fse:execute",
        fidelity="hypothesis",
        source="Domain model of this project",
    ),
)
async def read(request: Request) -> Response:
    return await handle(request, None, service.read_lease, scope="fse:execute")


@router.delete(
    _LEASE,
    **documented(
        operation="release-lease",
        summary="Release one's own lease",
        status=204,
        problems=["not-found"],
        scope="fse:execute",
        fidelity="hypothesis",
        source="Domain model of this project",
    ),
)
async def release(request: Request) -> Response:
    return await handle(request, None, service.release_lease, scope="fse:execute")
