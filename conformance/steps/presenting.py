"""How a sheet is presented at the counter, and the one alteration an adverse case makes of it."""

from __future__ import annotations

import base64
import io
from typing import Any

import segno

from client.codes import alter, as_azerty, wrong_check_digit
from client.reading import render_pages
from conformance.steps.case import GP, Case

HOSTILE = "https://fse.example.invalid/<script>alert('fse')</script>\x07"
_ON_PAYLOAD = {"signature": "signature", "unknown-key": "key-id"}


def presented(case: Case, sheet: dict[str, Any]) -> dict[str, Any]:
    """The driver's input of the scan: an image, a typed number and code, or a keyboard scanner's text."""
    scan = case.stimuli["scan"]
    payload = sheet["qr"]["payload"]
    if scan["alteration"] in _ON_PAYLOAD:
        payload = alter(payload, _ON_PAYLOAD[scan["alteration"]])  # type: ignore[arg-type]
    elif scan["alteration"] == "hostile":
        payload = HOSTILE
    if scan["way"] == "page":
        return {"image": _png(_page(case, sheet["number"]))}
    if scan["way"] == "symbol":
        return {"image": _png(_symbol(payload))}
    if scan["way"] == "keyboard-azerty":
        return {"keyboard": as_azerty(payload)}
    return {"typed": _typed(sheet, scan["alteration"])}


def _typed(sheet: dict[str, Any], alteration: str) -> dict[str, str]:
    number, code = sheet["number"], sheet["backup_code"]
    if alteration == "check-digit":
        number = wrong_check_digit(number)
    if alteration == "backup-code":
        code = _other_code(code)
    return {"number": number, "backup_code": code}


def _other_code(code: str) -> str:
    """A code of the same form, check character included, that is not this sheet's."""
    alphabet = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
    body = [alphabet.index(c) for c in code.replace("-", "")[:8]]
    body[0] = (body[0] + 1) % 32
    total = 0
    for position, value in enumerate(reversed(body)):
        value *= 2 if position % 2 == 0 else 1
        total += value // 32 + value % 32
    return "".join(alphabet[v] for v in body) + alphabet[-total % 32]


def _page(case: Case, number: str) -> bytes:
    pdf = case.as_professional(GP).document(number)
    case.observe("document", "prescription", {"file": case.file("prescription", "application/pdf", pdf)})
    out = io.BytesIO()
    render_pages(pdf, 300)[0].save(out, "PNG")
    return out.getvalue()


def _symbol(text: str) -> bytes:
    out = io.BytesIO()
    segno.make(text, error="m", micro=False).save(out, kind="png", scale=6, border=4)
    return out.getvalue()


def _png(content: bytes) -> dict[str, str]:
    return {"media_type": "image/png", "base64": base64.b64encode(content).decode()}
