"""HTTP of care sheets."""

from __future__ import annotations

import asyncio
from typing import Literal, cast

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from simulator.care_sheets import estimates, service
from simulator.care_sheets.schemas import CancellationRequest, CareSheetAnswer, CareSheetRequest, EstimateAnswer
from simulator.codes import rendering
from simulator.codes.document import prescription_pdf
from simulator.kit.context import context
from simulator.kit.http import authenticate, documented, handle
from simulator.kit.problems import Problem

router = APIRouter(tags=["care-sheets"])
SOURCE = "Flow announced by the CNSS: the prescriber issues, the patient leaves with a number and a QR"
_DUPLICATE = {"type": "boolean", "default": False, "description": "Mark the paper as a duplicate."}
_QR = {
    "level": {"type": "string", "enum": ["M", "Q"], "default": "M"},
    "duplicate": _DUPLICATE,
}


@router.post(
    "/v1/care-sheets",
    **documented(
        operation="issue-care-sheet",
        summary="Issue a care sheet in one call",
        body=CareSheetRequest,
        answer=CareSheetAnswer,
        status=201,
        problems=["unknown-beneficiary", "unknown-code", "rights-closed", "professional-suspended"],
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
        summary="A sheet, for its author or for the holder of a section",
        answer=CareSheetAnswer,
        problems=["not-found"],
        scope="fse:read",
        source=SOURCE,
    ),
)
async def read(request: Request) -> Response:
    return await handle(request, None, service.read, scope="fse:read")


@router.post(
    "/v1/care-sheets/{number}/cancellation",
    **documented(
        operation="cancel-care-sheet",
        summary="Cancel what is still open",
        body=CancellationRequest,
        answer=CareSheetAnswer,
        problems=[
            "not-found",
            "precondition-required",
            "precondition-failed",
            "sheet-cancelled",
            "sheet-replaced",
            "sheet-expired",
            "cannot-cancel",
        ],
        scope="fse:issue",
        headers=["If-Match"],
        fidelity="hypothesis",
        source="Domain model of this project",
    ),
)
async def cancel(request: Request) -> Response:
    return await handle(request, CancellationRequest, service.cancel, scope="fse:issue", roles=("prescriber",))


@router.get(
    "/v1/care-sheets/{number}/document.pdf",
    **documented(
        operation="print-care-sheet",
        summary="The printable prescription",
        problems=["not-found", "invalid-payload"],
        scope="fse:read",
        query={"duplicate": _DUPLICATE},
        media_type="application/pdf",
        source="Law 17-04, art. 34 (mentions of a prescription)",
    ),
)
async def document(request: Request) -> Response:
    call = authenticate(request, "fse:read")
    data = await context(request).db.read(lambda tx: service.document(tx, call), call.world.id)
    pdf = await asyncio.to_thread(prescription_pdf, data)
    return _file(pdf, "application/pdf", f"FSE-{data.number}.pdf")


@router.get(
    "/v1/care-sheets/{number}/qr.png",
    **documented(
        operation="draw-qr-png",
        summary="The QR as a PNG image, `scale` dots a module",
        problems=["not-found", "invalid-payload"],
        scope="fse:read",
        query={"scale": {"type": "integer", "minimum": 1, "maximum": 40, "default": 6}, **_QR},
        media_type="image/png",
        fidelity="hypothesis",
        source="Printed QR measured by this project",
    ),
)
async def qr_png(request: Request) -> Response:
    scale, level = _scale(request), _level(request)
    payload = await _payload(request)
    png = await asyncio.to_thread(rendering.qr_png, payload, scale, level)
    return _file(png, "image/png")


@router.get(
    "/v1/care-sheets/{number}/qr.svg",
    **documented(
        operation="draw-qr-svg",
        summary="The QR as an SVG drawing",
        problems=["not-found", "invalid-payload"],
        scope="fse:read",
        query=_QR,
        media_type="image/svg+xml",
        fidelity="hypothesis",
        source="Printed QR measured by this project",
    ),
)
async def qr_svg(request: Request) -> Response:
    level = _level(request)
    payload = await _payload(request)
    svg = await asyncio.to_thread(rendering.qr_svg, payload, level)
    return _file(svg.encode(), "image/svg+xml")


async def _payload(request: Request) -> str:
    call = authenticate(request, "fse:read")
    return await context(request).db.read(lambda tx: service.payload(tx, call), call.world.id)


def _scale(request: Request) -> int:
    text = request.query_params.get("scale", "6")
    if not (text.isascii() and text.isdigit() and len(text) < 3 and 1 <= int(text) <= 40):
        raise Problem("invalid-payload", "« scale » est un nombre de points par module, de 1 à 40.")
    return int(text)


def _level(request: Request) -> Literal["M", "Q"]:
    level = request.query_params.get("level", "M")
    if level not in ("M", "Q"):
        raise Problem("invalid-payload", "« level » vaut M ou Q.")
    return cast(Literal["M", "Q"], level)


def _file(content: bytes, media_type: str, name: str | None = None) -> Response:
    headers = {"cache-control": "no-store"}
    if name:
        headers["content-disposition"] = f'inline; filename="{name}"'
    return Response(content, media_type=media_type, headers=headers)
