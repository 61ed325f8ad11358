"""A sheet shaped for its reader: least disclosure. Plain JSON, in the shapes of `schemas`."""

from __future__ import annotations

from collections.abc import Sequence

from simulator.care_sheets import printing
from simulator.care_sheets.model import Sheet
from simulator.codes import backup
from simulator.kit import clock
from simulator.kit.answer import Answer, Json
from simulator.kit.call import Call
from simulator.kit.money import quantity_text
from simulator.resolutions.model import Lease, live
from simulator.resolutions.schemas import shown


def whole(call: Call, sheet: Sheet, leases: Sequence[Lease], claims: list[str]) -> Answer:
    """For the author: everything, secrets of the paper and current holds included."""
    content, place = sheet.content, printing.address(call.world, sheet)
    body = _common(sheet)
    body["sections"] = [_section(sheet, item, live(leases, item["type"], call.now)) for item in content["sections"]]
    body["qr"] = {
        "payload": printing.scan_payload(call.world, sheet),
        "png": f"{place}/qr.png",
        "svg": f"{place}/qr.svg",
    }
    body["backup_code"] = backup.printed(printing.backup_code(call.world, sheet))
    body["document"] = f"{place}/document.pdf"
    body["warnings"] = [{"code": code, "message": message} for code, message in content["warnings"]]
    return Answer(body, revision=sheet.revision, location=place, parts=_parts(claims))


def for_holder(sheet: Sheet, lease: Lease, claims: list[str]) -> Answer:
    """For the establishment that holds a section: that section alone, no secret."""
    body = _common(sheet)
    body |= {"sections": [own_section(sheet, lease.section, lease)], "warnings": []}
    return Answer(body, revision=sheet.revision, parts=_parts(claims))


def _parts(claims: list[str]) -> dict[str, str]:
    return {"claims": f"[{','.join(claims)}]"}


def own_section(sheet: Sheet, kind: str, lease: Lease | None) -> Json:
    """One section by its type."""
    content = next(x for x in sheet.content["sections"] if x["type"] == kind)
    return _section(sheet, content, lease)


def _section(sheet: Sheet, content: Json, lease: Lease | None) -> Json:
    """Prescribed content joined with where each line stands."""
    standing = {line.number: line for line in sheet.section(content["type"])}
    lines = []
    for item in content["lines"]:
        line = standing[item["line"]]
        lines.append({**item, "state": line.state.value, "remaining": quantity_text(line.remaining)})
    section = {"type": content["type"], "lines": lines}
    return section if lease is None else {**section, "lease": shown(lease)}


def _common(sheet: Sheet) -> Json:
    common = {
        "number": sheet.number,
        "status": sheet.status.value,
        "revision": sheet.revision,
        "environment": "test",
        "issued_at": clock.to_text(sheet.issued_at),
        "date_of_care": sheet.date_of_care.isoformat(),
        "valid_until": sheet.valid_until.isoformat(),
        "prescriber": sheet.content["prescriber"],
        "beneficiary": sheet.content["beneficiary"],
    }
    declared = sheet.content.get("long_term_condition")
    return common if declared is None else {**common, "long_term_condition": declared}
