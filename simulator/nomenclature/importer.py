"""From a file to a list of medicines: rows read, several rows of one code merged, conflicts left out.

Every data record is accounted for: ``rows == len(medicines) + merged + len(left_out)``.
"""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path

import fixtures
from simulator.nomenclature.model import Medicine, Rejected, Row, fold, medicine
from simulator.nomenclature.reading import MAX_BYTES, BrokenList, Layout, Record, Source, read
from terminal.system import reason

__all__ = ["BrokenList", "LeftOut", "ParsedList", "layout", "load", "parse", "version_name"]


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A row that was not taken: where it begins in the file, what it said, why not (French)."""

    line: int
    ean13: str
    name: str
    reason: str


@dataclass(frozen=True)
class ParsedList:
    """A list understood, not stored yet. `remarks`: what is missing without being wrong, counted."""

    source_name: str
    sha256: str
    source: Source
    medicines: tuple[Medicine, ...]
    merged: int
    left_out: tuple[LeftOut, ...]
    remarks: Mapping[str, int]

    @property
    def rows(self) -> int:
        return len(self.source.records)


@lru_cache(maxsize=1)
def layout() -> Layout:
    """The recognised columns and words (fixtures/nomenclature/layouts.yaml)."""
    return Layout.of(fixtures.list_layout())


def load(path: Path) -> ParsedList:
    """Read and understand a file. Raises BrokenList with one French sentence."""
    try:
        if path.is_dir():
            raise BrokenList("c'est un dossier, pas un fichier")
        if path.stat().st_size > MAX_BYTES:
            raise BrokenList(f"le fichier dépasse {MAX_BYTES // 1_000_000} Mo")
        content = path.read_bytes()
    except FileNotFoundError:
        raise BrokenList("ce fichier n'existe pas") from None
    except PermissionError:
        raise BrokenList("lecture du fichier refusée (droits d'accès)") from None
    except OSError as error:
        raise BrokenList(f"lecture impossible : {reason(error)}") from None
    return parse(content, path.name)


def parse(content: bytes, source_name: str) -> ParsedList:
    """Understand the bytes of a list. Raises BrokenList when no row at all can be taken."""
    source = read(content, layout())
    found: dict[str, list[tuple[Record, Row, Medicine]]] = {}
    left_out: list[LeftOut] = []
    for record in source.records:
        row = Row(record.cells)
        try:
            _check_shape(record)
            read_row = medicine(row, layout().words)
        except Rejected as refusal:
            left_out.append(_left_out(record, str(refusal)))
            continue
        found.setdefault(read_row.ean13, []).append((record, row, read_row))
    taken: list[Medicine] = []
    remarks: Counter[str] = Counter()
    merged = 0
    for group in found.values():
        if refused := _conflicts(group):
            left_out.extend(refused)
            continue
        taken.append(_merge([item for _, _, item in group]))
        remarks.update({remark for _, row, _ in group for remark in row.remarks})
        merged += len(group) - 1
    left_out.sort(key=lambda item: item.line)
    if not taken:
        first = left_out[0]
        raise BrokenList(f"aucune des {len(left_out)} lignes n'est utilisable (ligne {first.line} : {first.reason})")
    digest = hashlib.sha256(content).hexdigest()
    return ParsedList(source_name, digest, source, tuple(taken), merged, tuple(left_out), dict(remarks))


def version_name(parsed: ParsedList, wanted: str | None = None) -> str:
    """The version id of a list: the wanted one, or file name + digest, so that the same file is the same version.

    Raises BrokenList for a wanted name that is not a short plain word or is the built-in one.
    """
    if wanted is None:
        stem = fold(Path(parsed.source_name).stem).replace(" ", "-")[:48] or "liste"
        return f"{stem}-{parsed.sha256[:8]}"
    if not re.fullmatch(r"[a-z0-9][a-z0-9.-]{0,63}", wanted):
        raise BrokenList(f"« {wanted} » n'est pas un nom de version (minuscules, chiffres, points et tirets)")
    if wanted == fixtures.BUILT_IN_NOMENCLATURE:
        raise BrokenList(f"« {wanted} » est le nom de la liste livrée avec le banc, choisir un autre nom")
    return wanted


def _check_shape(record: Record) -> None:
    if record.missing:
        raise Rejected(f"ligne incomplète ({record.missing} colonne(s) manquante(s))")
    if record.surplus:
        raise Rejected(f"ligne trop longue ({record.surplus} cellule(s) de trop : séparateur non protégé ?)")


def _left_out(record: Record, reason: str) -> LeftOut:
    code, name = (" ".join(record.cells.get(key, "").split())[:60] for key in ("ean13", "name"))
    return LeftOut(record.line, code, name, reason)


def _conflicts(group: list[tuple[Record, Row, Medicine]]) -> list[LeftOut]:
    """Rows of one code that contradict each other: all left out, since none can be preferred."""
    if len(group) == 1:
        return []
    differing = [
        french
        for french, key in (
            ("prix public", lambda item: item.ppv),
            ("base de remboursement", lambda item: item.base),
            ("taux", lambda item: item.rate),
            ("nom", lambda item: fold(item.name)),
            ("présentation", lambda item: fold(item.presentation)),
        )
        if len({key(item) for _, _, item in group}) > 1
    ]
    if not differing:
        return []
    lines = " et ".join(str(record.line) for record, _, _ in group)
    reason = f"code en double, {' et '.join(differing)} contradictoire(s) (lignes {lines})"
    return [_left_out(record, reason) for record, _, _ in group]


def _merge(items: list[Medicine]) -> Medicine:
    """One medicine out of its rows, one per DCI: DCI and differing dosages are joined in order."""
    first = items[0]
    if len(items) == 1:
        return first
    return replace(
        first,
        dci=tuple(_once(dci for item in items for dci in item.dci)),
        dosage=" / ".join(_once(item.dosage for item in items if item.dosage)),
    )


def _once(values: Iterable[str]) -> list[str]:
    return list(dict.fromkeys(values))
