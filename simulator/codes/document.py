"""The printable prescription: one part for each executor, on a page of its own or more.

Each page is whole (letterhead, patient, date, room for the signature, QR, number, backup code), so that a
laboratory is never handed what the pharmacy is asked for (docs/adr/0012-une-page-par-executant.md).

Mentions of article 34 of law 17-04: prescriber's name, quality and address, date, patient's name, age of a
child under 12, room for signature and stamp. What users wrote reaches Typst as data, never as source.

Print rule. A module is a whole number of dots of the printer named in the document: 6 dots at 300 dpi
(0.508 mm, whole at 600 and 1200 dpi too) or 4 at 203 dpi (0.5005 mm). No size is whole for both, so 300 dpi
is the default and a ticket printer says so; each is read by both readers at either resolution. The page and
the symbol's origin are whole numbers of dots as well: edges stay sharp.

Level Q (49 modules: 24.9 mm, 29 mm with its quiet zone) because there is room for it on A5. Measured on this
page, 150 images a cell (clean, blurred, ink spread, pale, creased, blotted), zxing-cpp / ZBar with ladder:
M 80 / 86 % and Q 81 / 85 % at 203 dpi, M 85 / 91 % and Q 84 / 92 % at 300: level overall, Q ahead under blots
(72 / 84 % against 44 / 64 % at 203 dpi), the accident of paper in a pocket.

Two compilations give the same bytes: the date is the sheet's, and only Typst's embedded fonts are used
(DejaVu Sans Mono brings Arabic).
"""

import json
import threading
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any, Literal, cast

import typst

from simulator.codes import backup, number, rendering

_MONTHS = (
    "janvier", "février", "mars", "avril", "mai", "juin",
    "juillet", "août", "septembre", "octobre", "novembre", "décembre",
)  # fmt: skip
_UNITS = {
    "box": "boîte", "bottle": "flacon", "tube": "tube", "unit": "unité", "session": "séance", "pair": "paire",
}  # fmt: skip
_EXECUTORS = {
    "pharmacy": "Pharmacie", "biology": "Analyses de biologie médicale", "imaging": "Imagerie médicale",
    "physiotherapy": "Kinésithérapie", "dental": "Soins et prothèses dentaires", "nursing": "Soins infirmiers",
    "devices": "Optique et dispositifs médicaux",
}  # fmt: skip
_PAPERS = {"a5": (148.0, 210.0), "a4": (210.0, 297.0)}
_MARGIN_MM, _CODE_COLUMN_MM, _FOOT_MM = 13.0, 48.0, 59.0
_COMPILING = threading.Lock()


@dataclass(frozen=True)
class Prescriber:
    """Who prescribes: name, quality (profession or speciality, in French), INPE, place and its address."""

    name: str
    quality: str
    inpe: str
    establishment: str
    address: str


@dataclass(frozen=True)
class Patient:
    """For whom."""

    family_name: str
    given_name: str
    birth_date: date


@dataclass(frozen=True)
class Line:
    """One thing prescribed. `quantity` is a decimal string; `unit` an API unit (`box`…), None for an act.

    `substitution_allowed`: None where it means nothing (acts). `code`: an act's. `tooth`: its FDI number.
    """

    label: str
    quantity: str
    unit: str | None = "box"
    posology: str = ""
    duration_days: int | None = None
    substitution_allowed: bool | None = False
    outside_list: bool = False
    code: str = ""
    tooth: str = ""
    prior_approval: bool = False


@dataclass(frozen=True)
class Part:
    """What one executor is asked for; `section` is an API type (`pharmacy`…)."""

    section: str
    lines: tuple[Line, ...]


@dataclass(frozen=True)
class PrescriptionDocument:
    """All that is printed. `issued_at` is an aware instant; `number` and `backup_code` come bare.

    `transcribed`: reference of the paper prescription that it was made of.
    Without any part (the prescriber's own acts alone), one page still carries the code.
    """

    payload: str
    number: str
    backup_code: str
    issued_at: datetime
    date_of_care: date
    valid_until: date
    prescriber: Prescriber
    patient: Patient
    parts: tuple[Part, ...] = ()
    duplicate: bool = False
    transcribed: str = ""
    test: bool = True
    paper: Literal["a5", "a4"] = "a5"
    printer_dpi: Literal[203, 300] = 300
    error: rendering.Level = "Q"


def prescription_pdf(data: PrescriptionDocument) -> bytes:
    """Return the PDF. About 30 ms once the first has loaded the fonts; safe from several threads."""
    view = json.dumps(_view(data), ensure_ascii=False)
    with _COMPILING:
        pdf = _compiler().compile(format="pdf", sys_inputs={"data": view}, timestamp=int(data.issued_at.timestamp()))
    return cast("bytes", pdf)


def long_date(when: date) -> str:
    """Return a date as French people write it: `1er mars 2027`."""
    return f"{'1er' if when.day == 1 else when.day} {_MONTHS[when.month - 1]} {when.year}"


def age(birth: date, on: date) -> str | None:
    """Return the age of a child under 12 in years (months below two years, days below one month), else None.

    Source: law 17-04, art. 34 (the age of a child under 12 is a mention of the prescription).
    """
    months = (on.year - birth.year) * 12 + on.month - birth.month - (on.day < birth.day)
    if months >= 144 or on < birth:
        return None
    if months >= 24:
        return f"{months // 12} ans"
    if months >= 1:
        return f"{months} mois"
    days = (on - birth).days
    return f"{days} jour{'s' if days > 1 else ''}"


@cache
def _compiler() -> typst.Compiler:
    template = Path(__file__).with_name("templates") / "prescription.typ"
    return typst.Compiler(template, root=template.parent, ignore_system_fonts=True)


def _view(data: PrescriptionDocument) -> dict[str, Any]:
    """What the template lays out: French texts, and lengths in points."""
    drawn = rendering.symbol(data.payload, data.error)
    return {
        "geometry": _geometry(data, drawn.modules),
        "svg": rendering.svg(drawn),
        "number": number.grouped(data.number),
        "backup_code": backup.printed(data.backup_code),
        "issued_on": long_date(data.date_of_care),
        "valid_until": long_date(data.valid_until),
        "duplicate": data.duplicate,
        "transcribed": data.transcribed,
        "test": data.test,
        "prescriber": vars(data.prescriber),
        "patient": {
            "name": f"{data.patient.given_name} {data.patient.family_name}",
            "age": age(data.patient.birth_date, data.date_of_care),
        },
        "parts": [
            {"executor": _EXECUTORS.get(part.section, ""), "lines": [_line(line) for line in part.lines]}
            for part in data.parts or (Part("", ()),)
        ],
    }


def _line(line: Line) -> dict[str, Any]:
    days = line.duration_days
    small = [
        line.code,
        f"dent {line.tooth}" if line.tooth else "",
        {True: "Substitution autorisée", False: "Non substituable", None: ""}[line.substitution_allowed],
        "accord préalable à demander" if line.prior_approval else "",
        "hors liste de référence" if line.outside_list else "",
    ]
    return {
        "label": line.label,
        "quantity": _quantity(line),
        "posology": line.posology,
        "duration": f"pendant {days} jour{'s' if days > 1 else ''}" if days else "",
        "small": " · ".join(text for text in small if text),
    }


def _quantity(line: Line) -> str:
    number = line.quantity.replace(".", ",")
    if line.unit is None:
        return "" if number == "1" else f"× {number}"
    many = line.unit in _UNITS and Decimal(line.quantity) >= 2
    return f"{number} {_UNITS.get(line.unit, line.unit)}{'s' if many else ''}"


def _geometry(data: PrescriptionDocument, modules: int) -> dict[str, float]:
    """Place everything that must fall on whole dots of the printer; lengths in points."""
    dot = 72 / data.printer_dpi
    width, height = (round(mm / 25.4 * data.printer_dpi) for mm in _PAPERS[data.paper])
    module = 6 if data.printer_dpi == 300 else 4
    outer = (modules + 2 * rendering.QUIET_ZONE) * module
    foot = height - _dots(_FOOT_MM, data.printer_dpi)
    left = _dots(_MARGIN_MM, data.printer_dpi) + (_dots(_CODE_COLUMN_MM, data.printer_dpi) - outer) // 2
    dots = {
        "width": width, "height": height, "foot": foot, "left": left, "top": foot + module * 3,
        "outer": outer, "side": modules * module, "quiet": rendering.QUIET_ZONE * module,
    }  # fmt: skip
    mm = 72 / 25.4
    lengths = {"margin": _MARGIN_MM * mm, "column": _CODE_COLUMN_MM * mm}
    return {name: value * dot for name, value in dots.items()} | lengths


def _dots(mm: float, dpi: int) -> int:
    return round(mm / 25.4 * dpi)
