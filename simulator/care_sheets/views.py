"""A sheet shaped for its reader: least disclosure."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from simulator.beneficiaries.schemas import BeneficiaryAnswer
from simulator.care_sheets import printing
from simulator.care_sheets.model import Sheet
from simulator.care_sheets.schemas import CareSheetAnswer, LineAnswer, OutsideList, SectionAnswer
from simulator.claims.schemas import ClaimAnswer
from simulator.codes import backup
from simulator.kit.call import Call
from simulator.kit.wire import Warning
from simulator.professionals.schemas import EstablishmentAnswer, ProfessionalAnswer
from simulator.resolutions.model import Lease, live
from simulator.resolutions.schemas import LeaseAnswer


def whole(call: Call, sheet: Sheet, leases: Sequence[Lease], claims: list[ClaimAnswer]) -> CareSheetAnswer:
    """For the author: everything, secrets of the paper and current holds included."""
    return CareSheetAnswer(
        **_common(sheet),
        sections=[
            section(sheet, content, live(leases, content["type"], call.now)) for content in sheet.content["sections"]
        ],
        qr=printing.qr(call.world, sheet),
        backup_code=backup.printed(printing.backup_code(call.world, sheet)),
        document=printing.address(call.world, sheet, "/document.pdf"),
        claims=claims,
        warnings=[Warning(code=code, message=message) for code, message in sheet.content["warnings"]],
    )


def for_holder(sheet: Sheet, lease: Lease, claims: list[ClaimAnswer]) -> CareSheetAnswer:
    """For the establishment that holds a section: that section alone, no secret."""
    return CareSheetAnswer(
        **_common(sheet), sections=[own_section(sheet, lease.section, lease)], claims=claims, warnings=[]
    )


def own_section(sheet: Sheet, kind: str, lease: Lease | None) -> SectionAnswer:
    """One section by its type."""
    content = next(x for x in sheet.content["sections"] if x["type"] == kind)
    return section(sheet, content, lease)


def section(sheet: Sheet, content: dict[str, Any], lease: Lease | None) -> SectionAnswer:
    """Prescribed content joined with where each line stands."""
    standing = {line.number: line for line in sheet.section(content["type"])}
    return SectionAnswer(
        type=content["type"],
        lines=[_line(item, standing[item["line"]]) for item in content["lines"]],
        lease=LeaseAnswer.of(lease) if lease else None,
    )


def prescriber(sheet: Sheet) -> ProfessionalAnswer:
    data = sheet.content["prescriber"]
    return ProfessionalAnswer(**{**data, "establishment": EstablishmentAnswer(**data["establishment"])})


def beneficiary(sheet: Sheet) -> BeneficiaryAnswer:
    data = sheet.content["beneficiary"]
    return BeneficiaryAnswer(**{**data, "birth_date": date.fromisoformat(data["birth_date"])})


def _common(sheet: Sheet) -> dict[str, Any]:
    return {
        "number": sheet.number,
        "status": sheet.status,
        "revision": sheet.revision,
        "issued_at": sheet.issued_at,
        "date_of_care": sheet.date_of_care,
        "valid_until": sheet.valid_until,
        "prescriber": prescriber(sheet),
        "beneficiary": beneficiary(sheet),
        "long_term_condition": sheet.content.get("long_term_condition"),
    }


def _line(item: dict[str, Any], standing: Any) -> LineAnswer:
    fields = dict(item)
    if outside := fields.get("outside_list"):
        fields["outside_list"] = OutsideList(**outside)
    return LineAnswer(**fields, state=standing.state, remaining=standing.remaining)
