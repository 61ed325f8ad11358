"""The printable test sheet: A4, codes at several sizes, levels and damages, then what a software must refuse.

Typst lays it out; the pictures come at the dots of the printer, so nothing is drawn again on the way. The same seed
gives the same bytes.
"""

from __future__ import annotations

import io
import json
import threading
from functools import cache
from pathlib import Path
from typing import Any, cast

import typst
from PIL import Image

from client.codes import decode
from qrlab.bench import payload
from qrlab.conditions import conditions, under
from qrlab.damage import damage
from qrlab.hostile import corpus
from qrlab.render import MM_PER_INCH, Level, render
from qrlab.texts import grouped

SIZES: tuple[tuple[float, Level], ...] = (
    (0.25, "M"), (0.33, "M"), (0.42, "M"), (0.5, "M"), (0.5, "Q"), (0.6, "M"),
)  # fmt: skip
DAMAGED = ("blur", "ink-spread", "low-contrast", "creases", "blot")
MORE = (
    ("fading", 0.5, "papier thermique pâli"),
    ("skew", 20, "de travers, 20°"),
    ("perspective", 0.2, "vue de biais"),
    ("jpeg", 92, "JPEG très comprimé"),
)
REFUSED = (
    "url", "epc-qr", "expired-key", "e-prescription-token", "health-certificate", "script-tag", "sql-or",
    "wrong-environment", "unknown-key", "stranger", "swapped-bytes", "truncated",
)  # fmt: skip
_WHY = {
    "url": "adresse web", "epc-qr": "virement (EPC)", "expired-key": "clé révoquée", "script-tag": "balise script",
    "e-prescription-token": "ordonnance d'un autre pays", "health-certificate": "certificat sanitaire (HC1)",
    "sql-or": "injection SQL", "wrong-environment": "autre environnement", "unknown-key": "clé inconnue",
    "stranger": "signé par un inconnu", "swapped-bytes": "octets échangés", "truncated": "contenu coupé",
}  # fmt: skip
_COMPILING = threading.Lock()


def sheet(dpi: float = 300, seed: str = "banc-fse-planche") -> bytes:
    """The PDF, its pictures drawn for a printer of this resolution."""
    parts: list[dict[str, Any]] = [
        _part("1. Tailles et niveaux", "Règle d'impression : module de 0,5 mm au moins, marge de 4 modules.", 3,
              [_sized(f"A{n}", mm, level, dpi, seed) for n, (mm, level) in enumerate(SIZES, 1)]),
        _part("2. Accidents", "Module de 0,5 mm, niveau M. Les forces des cinq premiers sont celles du banc.", 3,
              [*(_conditioned(f"B{n}", name, dpi, seed) for n, name in enumerate(DAMAGED, 1)),
               *(_harmed(f"B{n}", *more, dpi, seed) for n, more in enumerate(MORE, len(DAMAGED) + 1))]),
        _part("3. À refuser", "Lisibles, mais ce ne sont pas des feuilles d'ici : une phrase claire, rien d'autre.", 4,
              [_refused(f"C{n}", name, dpi) for n, name in enumerate(REFUSED, 1)]),
    ]  # fmt: skip
    with _COMPILING:  # a compiler holds its inputs
        pdf = _compiler().compile(format="pdf", sys_inputs={"sheet": json.dumps({"dpi": dpi, "parts": parts})})
    return cast("bytes", pdf)


def _part(title: str, note: str, columns: int, cells: list[dict[str, Any]]) -> dict[str, Any]:
    return {"title": title, "note": note, "columns": columns, "cells": cells}


def _sized(place: str, module_mm: float, level: Level, dpi: float, seed: str) -> dict[str, Any]:
    text = payload(f"{seed}/{place}")
    said = f"module {module_mm:.2f} mm, niveau {level}".replace(".", ",")
    return _cell(place, said, render(text, module_mm=module_mm, dpi=dpi, level=level), dpi, text)


def _conditioned(place: str, name: str, dpi: float, seed: str) -> dict[str, Any]:
    text, condition = payload(f"{seed}/{place}"), conditions()[name]
    return _cell(place, condition.label, under(condition, render(text, dpi=dpi), f"{seed}/{place}", dpi), dpi, text)


def _harmed(place: str, name: str, strength: float, said: str, dpi: float, seed: str) -> dict[str, Any]:
    text = payload(f"{seed}/{place}")
    harmed = damage(render(text, dpi=dpi), [(name, strength)], f"{seed}/{place}", dpi)
    return _cell(place, said, harmed, dpi, text)


def _refused(place: str, name: str, dpi: float) -> dict[str, Any]:
    text = next(hostile.text for hostile in corpus() if hostile.name == name)
    return _cell(place, _WHY[name], render(text, module_mm=0.5, dpi=dpi), dpi, None)


def _cell(place: str, said: str, image: Image.Image, dpi: float, text: str | None) -> dict[str, Any]:
    kept = io.BytesIO()
    image.save(kept, "PNG")
    return {
        "place": place,
        "said": said,
        "number": grouped(decode(text).number) if text else "",
        "png": list(kept.getvalue()),
        "side_mm": image.width * MM_PER_INCH / dpi,
    }


@cache
def _compiler() -> typst.Compiler:
    template = Path(__file__).with_name("sheet.typ")
    return typst.Compiler(template, root=template.parent, ignore_system_fonts=True)
