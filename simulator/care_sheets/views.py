"""A sheet shaped for its reader: least disclosure. Plain JSON, in the shapes of `schemas`."""

from __future__ import annotations

from functools import partial

from simulator.care_sheets import printing
from simulator.care_sheets.model import Section, Sheet
from simulator.care_sheets.states import LineState
from simulator.codes import backup
from simulator.kit import clock
from simulator.kit.answer import Answer, Json, Later
from simulator.kit.call import Call
from simulator.kit.money import quantity_text
from simulator.resolutions.schemas import shown


def whole(call: Call, sheet: Sheet, claims: list[bytes]) -> Answer:
    """For the author and the patient: everything, secrets of the paper included; current holds for the author only."""
    body = _common(sheet, sheet, links=True)
    body["sections"] = [section(sheet, sheet.sections[item["type"]]) for item in sheet.content["sections"]]
    if call.actor.patient is not None:
        for shape in body["sections"]:
            shape.pop("lease", None)
    body |= paper(call, sheet)
    body["warnings"] = [{"code": code, "message": message} for code, message in sheet.content["warnings"]]
    place = printing.address(call.world, sheet)
    return Answer(body, revision=sheet.revision, location=place, parts=_parts(claims))


def for_holder(sheet: Sheet, held: Section, claims: list[bytes]) -> Answer:
    """For the establishment that holds a section: that section alone, no secret; revision of the section."""
    assert held.lease is not None
    body = _common(sheet, held)
    body |= {"sections": [section(sheet, held, reader=held.lease.establishment)], "warnings": holder_warnings(held)}
    return Answer(body, revision=held.revision, parts=_parts(claims))


def for_agent(call: Call, sheet: Sheet) -> Answer:
    """For a CNSS agent: what is needed to print the paper again, nothing of the care."""
    body = {"number": sheet.number, "revision": sheet.revision, **paper(call, sheet), "warnings": []}
    return Answer(body, revision=sheet.revision)


def paper(call: Call, sheet: Sheet) -> Json:
    """The secrets of the paper, and where to draw them; the payload of the QR is signed as it is written."""
    place = printing.address(call.world, sheet)
    return {
        "qr": {
            "payload": Later(partial(printing.scan_payload, call.world, sheet)),
            "png": f"{place}/qr.png",
            "svg": f"{place}/qr.svg",
        },
        "backup_code": backup.printed(printing.backup_code(call.world, sheet)),
        "document": f"{place}/document.pdf",
    }


def holder_warnings(held: Section) -> list[Json]:
    """What an executor must be told of a section he holds."""
    if not held.closing:
        return []
    message = "Le prescripteur demande l'annulation : exécuter ce qui est déjà remis, ou libérer la section."
    return [{"code": "cancellation-requested", "message": message}]


def section(sheet: Sheet, standing: Section, reader: str | None = None) -> Json:
    """One section: prescribed content joined with where each line stands. `reader`: an executing establishment."""
    lines = []
    for item, line in zip(sheet.prescribed(standing.type), standing.lines, strict=True):
        shape = {**item, "state": line.state, "remaining": quantity_text(line.remaining)}
        if reader is not None and line.state is LineState.OWED:
            shape["owed_by_you"] = line.owed_by == reader
        lines.append(shape)
    answer: Json = {"type": standing.type, "revision": standing.revision, "lines": lines}
    lease = standing.lease
    if lease is not None and reader in (None, lease.establishment):
        answer["lease"] = shown(lease)
    return answer


def _parts(claims: list[bytes]) -> dict[str, bytes]:
    return {"claims": b"[%b]" % b",".join(claims)}


def _common(sheet: Sheet, seen: Sheet | Section, *, links: bool = False) -> Json:
    """`seen`: what the reader may see, whose status and revision he is told: the sheet, or a section of it."""
    common: Json = {"number": sheet.number, "status": seen.status, "revision": seen.revision}
    if seen.closing:
        common["cancellation_requested"] = True
    if links and sheet.replaces:
        common["replaces"] = sheet.replaces
    if links and sheet.replaced_by:
        common["replaced_by"] = sheet.replaced_by
    common |= {
        "environment": "test",
        "issued_at": clock.to_text(sheet.issued_at),
        "date_of_care": sheet.date_of_care.isoformat(),
        "valid_until": sheet.valid_until.isoformat(),
        "prescriber": sheet.content["prescriber"],
        "beneficiary": sheet.content["beneficiary"],
    }
    declared = sheet.content.get("long_term_condition") if links else None
    if declared is not None:
        common["long_term_condition"] = declared
    return common | transcribed(sheet)


def transcribed(sheet: Sheet) -> Json:
    """What a sheet made of a paper prescription says of it; nothing of any other sheet."""
    found = sheet.content.get("transcribed")
    return {} if found is None else {"transcribed": found}
