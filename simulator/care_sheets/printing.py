"""What is printed of a sheet: scan payload, backup code, addresses, the data of the document.

Nothing secret is stored: payload and code are rebuilt from the platform secret, the number and the
rotation, and the signature is deterministic, so a reprint or a replay gives the same bytes.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from simulator.care_sheets.model import Sheet
from simulator.care_sheets.status import OWN_SECTION
from simulator.codes import backup, signing
from simulator.codes.document import Line, Part, Patient, Prescriber, PrescriptionDocument
from simulator.codes.payload import DUPLICATE, TEST, Scan, day
from simulator.kit import clock
from simulator.kit.call import WorldLike
from simulator.nomenclature.store import find_act
from simulator.professionals.model import quality


def scan_payload(world: WorldLike, sheet: Sheet, *, duplicate: bool = False) -> str:
    """The text of the QR, 148 characters, signed by the key in use."""
    keys = world.keys
    scan = Scan(
        version=1,
        key_id=keys.qr_key_id,
        number=sheet.number,
        issued_day=day(clock.day(sheet.issued_at)),
        valid_until_day=day(sheet.valid_until),
        flags=TEST | (DUPLICATE if _duplicate(sheet, duplicate) else 0),
        secret=backup.scan_secret(keys.platform_secret, sheet.number, sheet.rotation),
    )
    signed = signing.sign(scan, keys.qr_signer(scan.key_id))
    keys.genuine.add(signed, scan)
    return signed


def backup_code(world: WorldLike, sheet: Sheet) -> str:
    """The 9 characters, bare."""
    return backup.derive(world.keys.platform_secret, sheet.number, sheet.rotation)


def address(world: WorldLike, sheet: Sheet, what: str = "") -> str:
    """Absolute URL of the sheet or of something below it."""
    return f"{world.issuer}/v1/care-sheets/{sheet.number}{what}"


def document(world: WorldLike, sheet: Sheet, *, duplicate: bool = False) -> PrescriptionDocument:
    """The data of the printed prescription: what others are asked to do, one part each, never the amounts."""
    author, patient = sheet.content["prescriber"], sheet.content["beneficiary"]
    place = author["establishment"]
    return PrescriptionDocument(
        payload=scan_payload(world, sheet, duplicate=duplicate),
        number=sheet.number,
        backup_code=backup_code(world, sheet),
        issued_at=sheet.issued_at,
        date_of_care=sheet.date_of_care,
        valid_until=sheet.valid_until,
        prescriber=Prescriber(
            name=author["name"],
            quality=quality(author["speciality"]),
            inpe=author["inpe"],
            establishment=place["name"],
            address=place["address"],
        ),
        patient=Patient(
            family_name=patient["family_name"],
            given_name=patient["given_name"],
            birth_date=date.fromisoformat(patient["birth_date"]),
        ),
        parts=tuple(
            Part(section["type"], tuple(_line(world, line) for line in section["lines"]))
            for section in sheet.content["sections"]
            if section["type"] != OWN_SECTION
        ),
        duplicate=_duplicate(sheet, duplicate),
        transcribed=sheet.content.get("transcribed", {}).get("paper_reference", ""),
        test=world.environment == "test",
    )


def _duplicate(sheet: Sheet, asked: bool) -> bool:
    """Whatever is printed after a reissue is a duplicate, asked for as such or not."""
    return asked or sheet.rotation > 0


def _line(world: WorldLike, line: Mapping[str, Any]) -> Line:
    code = line.get("act_code", "")
    act = find_act(world.nomenclature, code) if code else None
    return Line(
        label=line["label"],
        quantity=line["quantity"],
        unit=line.get("unit"),
        posology=line.get("posology") or line.get("note", ""),
        duration_days=line.get("duration_days"),
        substitution_allowed=line.get("substitution_allowed"),
        outside_list=not line["listed"],
        code=code,
        tooth=line.get("tooth", ""),
        prior_approval=act is not None and act.prior_approval,
    )
