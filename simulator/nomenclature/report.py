"""What a person, or a program, is told of an import."""

from __future__ import annotations

from typing import Any

from simulator.kit.storage import shown
from simulator.nomenclature.importer import ParsedList
from simulator.nomenclature.reading import SEPARATOR_NAMES
from simulator.nomenclature.store import Version

_ENCODINGS = {"utf-8": "UTF-8", "utf-8-sig": "UTF-8", "utf-16": "UTF-16", "cp1252": "Windows-1252"}


def lines(parsed: ParsedList, stored: Version, *, already: bool = False) -> list[str]:
    """French lines: the totals first, then every row that was left out, with its line and reason."""
    encoding, separator = _ENCODINGS[parsed.source.encoding], SEPARATOR_NAMES[parsed.source.separator]
    said = [
        f"{parsed.source_name} : {_count(parsed.rows, 'ligne lue', 'lignes lues')} ({encoding}, {separator})",
        f"  {_count(len(parsed.medicines), 'médicament retenu', 'médicaments retenus')}"
        f", {_count(parsed.merged, 'ligne fusionnée', 'lignes fusionnées')} (même code, autre DCI ou doublon)"
        f", {_count(len(parsed.left_out), 'ligne écartée', 'lignes écartées')}",
    ]
    said += [f"  à noter : {number} {remark}" for remark, number in parsed.remarks.items()]
    if already:
        said.append(f"  version {stored.version} : déjà importée le {stored.imported_at}, rien n'a changé")
    else:
        said.append(f"  version {stored.version} enregistrée")
    if parsed.left_out:
        said.append("Lignes écartées :")
        said += [f"  ligne {x.line} : {x.ean13 or '—'} {x.name} — {x.reason}" for x in parsed.left_out]
    return said


def afterwards(stored: Version, current: str, file: str, database: str) -> list[str]:
    """French lines: which worlds use the list from now on, and what to type for the others.

    `current` is the version of new worlds; `file` and `database` are what the person typed.
    """
    serve = f"fse serve --database {shown(database)}" if database else "fse serve"
    if stored.version != current:
        return [
            f"Les nouveaux mondes gardent la liste {current}, importée après celle-ci.",
            f"Pour une exécution sur celle-ci, monde default compris : {serve} --medicines {file}",
        ]
    return [
        "Les nouveaux mondes l'emploient dès maintenant.",
        f"Le monde default l'adopte au prochain démarrage ; un simulateur en marche est à relancer : {serve}",
    ]


def as_json(parsed: ParsedList, stored: Version, *, already: bool = False) -> dict[str, Any]:
    """The same for a program; `line` counts from 1, the header included."""
    return {
        "version": stored.version,
        "already_imported": already,
        "source": parsed.source_name,
        "sha256": parsed.sha256,
        "encoding": _ENCODINGS[parsed.source.encoding],
        "separator": parsed.source.separator,
        "columns": dict(parsed.source.columns),
        "rows": parsed.rows,
        "taken": len(parsed.medicines),
        "merged": parsed.merged,
        "left_out": [{"line": x.line, "ean13": x.ean13, "name": x.name, "reason": x.reason} for x in parsed.left_out],
        "remarks": dict(parsed.remarks),
    }


def _count(number: int, one: str, many: str) -> str:
    return f"{number} {one if number < 2 else many}"
