"""The paper of a sheet, for its author or its patient; audited: the printable prescription, the QR alone."""

from __future__ import annotations

from simulator.audit import store as audit
from simulator.care_sheets import access, printing
from simulator.codes import rendering
from simulator.codes.document import prescription_pdf
from simulator.kit import pages
from simulator.kit.answer import Drawing
from simulator.kit.call import Call
from simulator.kit.storage import Tx


def document(tx: Tx, call: Call) -> Drawing:
    """The prescription, PDF. Raises Problem not-found, invalid-payload."""
    sheet = access.papered(tx, call, "patient")
    audit.append(tx, call, "care-sheet-printed", sheet.number, {"as": call.actor.role})
    data = printing.document(call.world, sheet, duplicate=_duplicate(call))
    return Drawing(lambda: prescription_pdf(data), f"FSE-{sheet.number}.pdf")


def qr_png(tx: Tx, call: Call) -> Drawing:
    """The QR, PNG. Raises Problem not-found, invalid-payload."""
    scale, level = _scale(call), _level(call)
    payload = _payload(tx, call)
    return Drawing(lambda: rendering.qr_png(payload, scale, level))


def qr_svg(tx: Tx, call: Call) -> Drawing:
    """The QR, SVG. Raises Problem not-found, invalid-payload."""
    level = _level(call)
    payload = _payload(tx, call)
    return Drawing(lambda: rendering.qr_svg(payload, level).encode())


def _payload(tx: Tx, call: Call) -> str:
    sheet = access.papered(tx, call, "patient")
    audit.append(tx, call, "care-sheet-qr-drawn", sheet.number, {"as": call.actor.role})
    return printing.scan_payload(call.world, sheet, duplicate=_duplicate(call))


def _duplicate(call: Call) -> bool:
    return pages.chosen(call.query, "duplicate", "false", "true") == "true"


def _level(call: Call) -> rendering.Level:
    return "Q" if pages.chosen(call.query, "level", "M", "Q") == "Q" else "M"


def _scale(call: Call) -> int:
    text = call.query.get("scale", "6")
    if not (text.isascii() and text.isdigit() and len(text) < 3 and 1 <= int(text) <= 40):
        raise pages.bad_parameter("scale", "« scale » est un nombre de points par module, de 1 à 40.")
    return int(text)
