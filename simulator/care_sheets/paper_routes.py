"""HTTP of the paper of a sheet: the printable prescription, the QR alone."""

from __future__ import annotations

import asyncio
from typing import Literal, cast

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from simulator.care_sheets import service
from simulator.codes import rendering
from simulator.codes.document import prescription_pdf
from simulator.kit import pages
from simulator.kit.call import Call
from simulator.kit.context import context
from simulator.kit.http import authenticate, documented

router = APIRouter(tags=["care-sheets"])
_DUPLICATE = {"type": "boolean", "default": False, "description": "Mark the paper as a duplicate."}
_QR = {
    "level": {"type": "string", "enum": ["M", "Q"], "default": "M"},
    "duplicate": _DUPLICATE,
}


@router.get(
    "/v1/care-sheets/{number}/document.pdf",
    **documented(
        operation="print-care-sheet",
        summary="The printable prescription",
        problems=["not-found", "invalid-payload"],
        scope="fse:read patient:read",
        query={"duplicate": _DUPLICATE},
        media_type="application/pdf",
        source="Law 17-04, art. 34 (mentions of a prescription)",
    ),
)
async def document(request: Request) -> Response:
    call = authenticate(request)
    data = await context(request).db.write(lambda tx: service.document(tx, call))
    pdf = await asyncio.to_thread(prescription_pdf, data)
    return _file(pdf, "application/pdf", f"FSE-{data.number}.pdf")


@router.get(
    "/v1/care-sheets/{number}/qr.png",
    **documented(
        operation="draw-qr-png",
        summary="The QR as a PNG image, `scale` dots a module",
        problems=["not-found", "invalid-payload"],
        scope="fse:read patient:read",
        query={"scale": {"type": "integer", "minimum": 1, "maximum": 40, "default": 6}, **_QR},
        media_type="image/png",
        fidelity="hypothesis",
        source="Printed QR measured by this project",
    ),
)
async def qr_png(request: Request) -> Response:
    call = _reader(request)
    scale, level = _scale(request), _level(request)
    payload = await _payload(request, call)
    png = await asyncio.to_thread(rendering.qr_png, payload, scale, level)
    return _file(png, "image/png")


@router.get(
    "/v1/care-sheets/{number}/qr.svg",
    **documented(
        operation="draw-qr-svg",
        summary="The QR as an SVG drawing",
        problems=["not-found", "invalid-payload"],
        scope="fse:read patient:read",
        query=_QR,
        media_type="image/svg+xml",
        fidelity="hypothesis",
        source="Printed QR measured by this project",
    ),
)
async def qr_svg(request: Request) -> Response:
    call = _reader(request)
    level = _level(request)
    payload = await _payload(request, call)
    svg = await asyncio.to_thread(rendering.qr_svg, payload, level)
    return _file(svg.encode(), "image/svg+xml")


def _reader(request: Request) -> Call:
    """Who asks: his parameters are looked at once he may ask. Raises what `authenticate` raises."""
    call = authenticate(request)
    call.require(service.READERS.get(call.actor.role or "", "fse:read"))
    return call


async def _payload(request: Request, call: Call) -> str:
    return await context(request).db.write(lambda tx: service.payload(tx, call))


def _scale(request: Request) -> int:
    text = request.query_params.get("scale", "6")
    if not (text.isascii() and text.isdigit() and len(text) < 3 and 1 <= int(text) <= 40):
        raise pages.bad_parameter("scale", "« scale » est un nombre de points par module, de 1 à 40.")
    return int(text)


def _level(request: Request) -> Literal["M", "Q"]:
    level = request.query_params.get("level", "M")
    if level not in ("M", "Q"):
        raise pages.bad_parameter("level", "« level » vaut M ou Q.")
    return cast(Literal["M", "Q"], level)


def _file(content: bytes, media_type: str, name: str | None = None) -> Response:
    headers = {"cache-control": "no-store"}
    if name:
        headers["content-disposition"] = f'inline; filename="{name}"'
    return Response(content, media_type=media_type, headers=headers)
