"""HTTP of care sheets."""

from __future__ import annotations

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from simulator.care_sheets import corrections, estimates, service
from simulator.care_sheets.schemas import (
    CancellationRequest,
    CareSheetAnswer,
    CareSheetRequest,
    EstimateAnswer,
    ReissueAnswer,
    ReissueRequest,
    ReplacementRequest,
)
from simulator.kit.http import documented, handle

router = APIRouter(tags=["care-sheets"])
SOURCE = "Flow announced by the CNSS: the prescriber issues, the patient leaves with a number and a QR"
_AUTHOR = [
    "not-found",
    "replacement-not-in-force",
    "precondition-required",
    "precondition-failed",
    "sheet-cancelled",
    "sheet-replaced",
    "sheet-expired",
]


@router.post(
    "/v1/care-sheets",
    **documented(
        operation="issue-care-sheet",
        location=True,
        summary="Issue a care sheet in one call",
        body=CareSheetRequest,
        answer=CareSheetAnswer,
        status=201,
        problems=[
            "replacement-not-in-force",
            "unknown-beneficiary",
            "unknown-code",
            "rights-closed",
            "professional-suspended",
        ],
        scope="fse:issue",
        idempotent=True,
        source=SOURCE,
    ),
)
async def issue(request: Request) -> Response:
    return await handle(
        request,
        CareSheetRequest,
        service.issue,
        status=201,
        idempotent=True,
        scope="fse:issue",
        roles=("prescriber",),
    )


@router.post(
    "/v1/care-sheets/estimates",
    **documented(
        operation="estimate-care-sheet",
        summary="What a sheet would be reimbursed; nothing is stored",
        body=CareSheetRequest,
        answer=EstimateAnswer,
        problems=["unknown-beneficiary", "unknown-code", "professional-suspended"],
        scope="fse:issue",
        fidelity="hypothesis",
        source="Reference prices: public list of medicines, TNR; what is announced before care is this project's idea",
    ),
)
async def estimate(request: Request) -> Response:
    return await handle(request, CareSheetRequest, estimates.estimate, scope="fse:issue", roles=("prescriber",))


@router.get(
    "/v1/care-sheets/{number}",
    **documented(
        operation="read-care-sheet",
        summary="A sheet, for its author, its patient, or the holder of a section",
        answer=CareSheetAnswer,
        problems=["not-found", "replacement-not-in-force"],
        scope="fse:read patient:read",
        source=SOURCE,
    ),
)
async def read(request: Request) -> Response:
    return await handle(request, None, service.read)


@router.post(
    "/v1/care-sheets/{number}/cancellation",
    **documented(
        operation="cancel-care-sheet",
        summary="Cancel what is still open, or ask for it where a section is held",
        body=CancellationRequest,
        answer=CareSheetAnswer,
        problems=[*_AUTHOR, "line-unknown", "line-terminal", "cannot-cancel"],
        scope="fse:issue",
        headers=["If-Match"],
        fidelity="hypothesis",
        source="Domain model of this project",
    ),
)
async def cancel(request: Request) -> Response:
    return await handle(request, CancellationRequest, corrections.cancel, scope="fse:issue", roles=("prescriber",))


@router.post(
    "/v1/care-sheets/{number}/replacement",
    **documented(
        operation="replace-care-sheet",
        location=True,
        summary="Another sheet in the place of one that nobody has begun",
        body=ReplacementRequest,
        answer=CareSheetAnswer,
        status=201,
        problems=[*_AUTHOR, "cannot-replace", "unknown-code"],
        scope="fse:issue",
        idempotent=True,
        headers=["If-Match"],
        fidelity="hypothesis",
        source="Domain model of this project",
    ),
)
async def replace(request: Request) -> Response:
    return await handle(
        request,
        ReplacementRequest,
        corrections.replace_sheet,
        status=201,
        idempotent=True,
        scope="fse:issue",
        roles=("prescriber",),
    )


@router.post(
    "/v1/care-sheets/{number}/reissue",
    **documented(
        operation="reissue-care-sheet",
        summary="A new QR and a new backup code; the old ones are worth nothing",
        body=ReissueRequest,
        answer=ReissueAnswer,
        problems=_AUTHOR,
        scope="fse:issue patient:reissue agent:reissue",
        idempotent=True,
        headers=["If-Match"],
        etag=True,
        fidelity="hypothesis",
        source="Domain model of this project",
    ),
)
async def reissue(request: Request) -> Response:
    return await handle(request, ReissueRequest, corrections.reissue, idempotent=True)
