"""What is printed of a sheet: scan payload, backup code, addresses, the data of the document.

Nothing secret is stored: payload and code are rebuilt from the platform secret, the number and the
rotation, and the signature is deterministic, so a reprint or a replay gives the same bytes.
"""

from __future__ import annotations

from datetime import date

from simulator.care_sheets.model import Sheet
from simulator.care_sheets.states import OWN_SECTION
from simulator.codes import backup, signing
from simulator.codes.document import Line, Patient, Prescriber, PrescriptionDocument
from simulator.codes.payload import DUPLICATE, TEST, Scan, day
from simulator.kit import clock
from simulator.kit.call import WorldLike
from simulator.professionals.model import quality


def scan_payload(world: WorldLike, sheet: Sheet, *, duplicate: bool = False) -> str:
    """The text of the QR, 148 characters."""
    keys = world.keys
    scan = Scan(
        version=1,
        key_id=keys.qr_key_id,
        number=sheet.number,
        issued_day=day(clock.day(sheet.issued_at)),
        valid_until_day=day(sheet.valid_until),
        flags=TEST | (DUPLICATE if duplicate else 0),
        secret=backup.scan_secret(keys.platform_secret, sheet.number, sheet.rotation),
    )
    text = signing.sign(scan, keys.qr_key)
    keys.genuine.add(text)
    return text


def backup_code(world: WorldLike, sheet: Sheet) -> str:
    """The 9 characters, bare."""
    return backup.derive(world.keys.platform_secret, sheet.number, sheet.rotation)


def address(world: WorldLike, sheet: Sheet, what: str = "") -> str:
    """Absolute URL of the sheet or of something below it."""
    return f"{world.issuer}/v1/care-sheets/{sheet.number}{what}"


def document(world: WorldLike, sheet: Sheet, *, duplicate: bool = False) -> PrescriptionDocument:
    """The data of the printed prescription: what others are asked to do, never the amounts."""
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
        lines=tuple(
            Line(
                label=line["label"],
                quantity=line["quantity"],
                unit=line["unit"],
                posology=line["posology"],
                duration_days=line["duration_days"],
                substitution_allowed=line["substitution_allowed"],
                outside_list=not line["listed"],
            )
            for section in sheet.content["sections"]
            if section["type"] != OWN_SECTION
            for line in section["lines"]
        ),
        duplicate=duplicate,
        test=world.environment == "test",
    )
