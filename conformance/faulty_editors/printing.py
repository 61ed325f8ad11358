"""Faults of the printed page: these editors draw their own page instead of printing the platform's."""

from __future__ import annotations

import io
import json
import tempfile
from pathlib import Path
from typing import Any

import segno
import typst

from conformance.reference_editor.codes import grouped
from conformance.reference_editor.editor import ReferenceEditor
from conformance.reference_editor.records import Json, KeptSheet

from .registry import fault

_QUIET = 4  # modules left white around the symbol
_TEMPLATE = Path(__file__).with_name("page.typ")


class OwnPage(ReferenceEditor):
    """A correct page of one's own, whose parts the faults below spoil one at a time."""

    module_mm = 0.508

    def printed_document(self, kept: KeptSheet, *, duplicate: bool) -> bytes:
        symbol = segno.make_qr(self.qr_text(kept), error="q", mode="alphanumeric", boost_error=False)
        picture = io.BytesIO()
        symbol.save(picture, kind="png", scale=8, border=_QUIET)
        side = (symbol.symbol_size(border=0)[0] + 2 * _QUIET) * self.module_mm
        with tempfile.TemporaryDirectory() as folder:
            root = Path(folder)
            (root / "qr.png").write_bytes(picture.getvalue())
            (root / "page.typ").write_bytes(_TEMPLATE.read_bytes())
            data = json.dumps({**self.page(kept), "side": side})
            pdf: bytes = typst.compile(root / "page.typ", root=root, format="pdf", sys_inputs={"data": data})
        return pdf

    def qr_text(self, kept: KeptSheet) -> str:
        return kept.payload

    def page(self, kept: KeptSheet) -> Json:
        """What the page says, article 34 of law 17-04 included."""
        sheet = kept.content
        code = kept.backup_code.replace("-", "")
        return {
            "number": grouped(kept.number),
            "backup_code": f"{code[:4]}-{code[4:8]}-{code[8:]}",
            "date": "/".join(reversed(str(sheet["date_of_care"]).split("-"))),
            "prescriber": sheet["prescriber"]["name"],
            "place": sheet["prescriber"]["establishment"]["name"],
            "address": sheet["prescriber"]["establishment"]["address"],
            "patient": _patient(sheet["beneficiary"], str(sheet["date_of_care"])),
            "lines": [_line(line) for part in sheet["sections"] for line in part["lines"]],
        }


@fault(
    name="prints-qr-too-small",
    says_fr="Imprime un code QR aux modules de 0,2 mm.",
    breaks={"qr-large-enough", "qr-read-from-page"},
)
class PrintsQrTooSmall(OwnPage):
    module_mm = 0.2


@fault(
    name="prints-no-backup-code",
    says_fr="N'imprime pas le code de secours.",
    breaks={"backup-code-printed"},
)
class PrintsNoBackupCode(OwnPage):
    def page(self, kept: KeptSheet) -> Json:
        return {**super().page(kept), "backup_code": None}


@fault(
    name="prints-number-in-one-block",
    says_fr="Imprime le numéro sans le grouper par quatre.",
    breaks={"number-printed-in-groups"},
)
class PrintsNumberInOneBlock(OwnPage):
    def page(self, kept: KeptSheet) -> Json:
        return {**super().page(kept), "number": kept.number}


@fault(
    name="prints-own-qr",
    says_fr="Imprime un code QR de sa façon, qui ne contient que le numéro.",
    breaks={"qr-read-from-page"},
)
class PrintsOwnQr(OwnPage):
    def qr_text(self, kept: KeptSheet) -> str:
        return f"FSE1:{kept.number}"


@fault(
    name="prints-no-patient",
    says_fr="N'imprime pas le nom du patient.",
    breaks={"mentions-printed"},
)
class PrintsNoPatient(OwnPage):
    def page(self, kept: KeptSheet) -> Json:
        return {**super().page(kept), "patient": ""}


def _patient(person: dict[str, Any], day: str) -> str:
    """Name, and the age in years of a child under twelve."""
    born = str(person["birth_date"])
    years = int(day[:4]) - int(born[:4]) - (day[5:] < born[5:])
    return f"{person['given_name']} {person['family_name']}" + (f", {years} ans" if years < 12 else "")


def _line(line: dict[str, Any]) -> dict[str, str]:
    return {name: str(line.get(name) or "") for name in ("label", "quantity", "posology")}
