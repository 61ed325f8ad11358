"""An indicator as a table that a French spreadsheet opens right.

UTF-8 with its mark, semicolons, decimal commas, CRLF. First what the table is, one remark a row, then an empty row,
the header and the cells. No cell begins with a sign that a spreadsheet takes for a formula.
"""

from __future__ import annotations

import csv
import io

import fixtures
from simulator.indicators.grid import COUNTRY
from simulator.kit.answer import CSV, Json, Whole

MEDIA_TYPE = f"{CSV}; charset=utf-8; header=present"
_REMARKS = {
    "title": "Indicateur",
    "definition": "Définition",
    "method": "Méthode",
    "unit": "Unité",
    "first_day": "Du",
    "last_day": "Au",
    "threshold": "Seuil de patients",
    "rule": "Règle du seuil",
    "as_of": "Dernier jour compté",
    "fidelity": "Fidélité",
    "source": "Source",
}
_WORDS = {"boxes": "boîtes, flacons et tubes", "hypothesis": "hypothèse du banc"}
_MEASURES = {
    "boxes": "Boîtes",
    "total": "Toutes boîtes",
    "share": "Part",
    "per_1000": "Pour 1000 habitants",
    "change": "Évolution",
}
OF = {
    "antibiotics": ("boxes",),
    "treatments": ("boxes",),
    "outside-list": ("boxes", "total", "share"),
    "comparison": ("boxes", "per_1000", "change"),
}
"""Indicator → its measures."""


def whole(body: Json) -> Whole:
    """The answer; `body` has the shape of `schemas.IndicatorAnswer`."""
    name = f"{body['indicator']}_{body['first_period']}_{body['last_period']}.csv"
    headers = {"content-type": MEDIA_TYPE, "content-disposition": f'attachment; filename="{name}"'}
    return Whole(200, headers, text(body).encode("utf-8-sig"))


def text(body: Json) -> str:
    """The table, without its mark."""
    measures = OF[body["indicator"]]
    into = io.StringIO()
    write = csv.writer(into, delimiter=";", lineterminator="\r\n").writerow
    for name, remark in _REMARKS.items():
        value = str(body[name])
        write([harmless(remark), harmless(_WORDS.get(value, value))])
    write([])
    write(["Région", "Période", "Groupe", "Libellé", *(_MEASURES[one] for one in measures), "État"])
    labels = fixtures.indicators()["groups"]
    for cell in body["cells"]:
        group = cell["group"]
        numbers = [str(cell[one]).replace(".", ",") if one in cell else "" for one in measures]
        head = [_region(cell["region"]), cell["period"], group, labels.get(group, "")]
        write([*map(harmless, head), *numbers, _state(cell)])
    return into.getvalue()


def harmless(text: str) -> str:
    """A text that no spreadsheet reads as a formula, on one line."""
    flat = " ".join(text.split())
    return f"'{flat}" if flat[:1] in ("=", "+", "-", "@") else flat


def _region(code: str) -> str:
    """With its name, so that the code stays a text."""
    return "Maroc" if code == COUNTRY else f"{code} {fixtures.regions()[code]}"


def _state(cell: Json) -> str:
    if cell["suppressed"]:
        return "supprimée"
    return "provisoire" if cell["provisional"] else "publiée"
