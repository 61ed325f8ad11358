"""From the bytes of a file to its records: encoding, separator, header, lines. No medicine here.

The separator is the one that makes the header recognised best (counted, never sniffed), so that a
decimal comma cannot mislead it. A file that is not such a list raises `BrokenList`, in French.
"""

from __future__ import annotations

import codecs
import csv
import io
import itertools
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from simulator.nomenclature.model import Vocabulary, fold

MAX_BYTES = 64_000_000
HEADER_WITHIN = 20
SEPARATORS = (";", ",", "\t", "|")
SEPARATOR_NAMES = {";": "point-virgule", ",": "virgule", "\t": "tabulation", "|": "barre verticale"}


class BrokenList(ValueError):
    """The file as a whole cannot be read as a list; the message is what the person is told."""


@dataclass(frozen=True)
class Layout:
    """Recognised column names by field (folded, best first), the mandatory fields, the words."""

    names: Mapping[str, tuple[str, ...]]
    required: tuple[str, ...]
    words: Vocabulary

    @classmethod
    def of(cls, data: Mapping[str, Any]) -> Layout:
        """From fixtures/nomenclature/layouts.yaml."""
        columns = data["columns"]
        return cls(
            names={name: tuple(fold(alias) for alias in spec["names"]) for name, spec in columns.items()},
            required=tuple(name for name, spec in columns.items() if spec["required"]),
            words=Vocabulary(
                generic={fold(key): value for key, value in data["generic_values"].items()},
                yes=frozenset(fold(word) for word in data["yes_values"]),
                no=frozenset(fold(word) for word in data["no_values"]),
                dci_separators=tuple(data["dci_separators"]),
                currency_words=tuple(data["currency_words"]),
            ),
        )

    def places(self, header: Sequence[str]) -> dict[str, int]:
        """Field → column of this header, for the fields it names."""
        folded = [fold(cell) for cell in header]
        found = {}
        for name, aliases in self.names.items():
            for alias in aliases:
                if alias in folded:
                    found[name] = folded.index(alias)
                    break
        return found


@dataclass(frozen=True)
class Record:
    """One data record; `line` is where it begins in the file, from 1."""

    line: int
    cells: Mapping[str, str]
    missing: int = 0
    surplus: int = 0


@dataclass(frozen=True)
class Source:
    """A file understood: how it is written, and its records."""

    encoding: str
    separator: str
    columns: Mapping[str, str]
    records: tuple[Record, ...]


def read(content: bytes, layout: Layout) -> Source:
    """The records of a list. Raises BrokenList."""
    text, encoding = decode(content)
    separator, skipped, header = _header(text, layout)
    places = layout.places(header)
    _check_header(places, header, layout)
    records = tuple(_records(text, separator, skipped, len(header), places))
    if not records:
        raise BrokenList("le fichier n'a que son en-tête, aucune ligne de médicament")
    columns = {name: header[place].strip() for name, place in places.items()}
    return Source(encoding, separator, columns, records)


def decode(content: bytes) -> tuple[str, str]:
    """(text, encoding): UTF-8 with or without mark, UTF-16 with its mark, else Windows-1252."""
    if not content.strip():
        raise BrokenList("le fichier est vide")
    if len(content) > MAX_BYTES:
        raise BrokenList(f"le fichier dépasse {MAX_BYTES // 1_000_000} Mo")
    if content.startswith((b"PK\x03\x04", b"\xd0\xcf\x11\xe0")):
        raise BrokenList("c'est un classeur de tableur : l'enregistrer d'abord au format CSV")
    candidates = ["utf-8-sig", "cp1252"]
    if content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        candidates = ["utf-16"]
    for encoding in candidates:
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        if any(char < " " and char not in "\t\n\r\f\x1a" for char in text):
            break
        return text, encoding
    raise BrokenList("ce n'est pas un fichier texte (contenu binaire)")


def _header(text: str, layout: Layout) -> tuple[str, int, list[str]]:
    """(separator, lines above the header, header): the best recognised of the first lines."""
    best: tuple[int, str, int, list[str]] = (-1, ",", 0, [])
    lines = list(itertools.islice(io.StringIO(text, newline=""), HEADER_WITHIN))
    for skipped, line in enumerate(lines):
        for separator in SEPARATORS:
            try:
                header = next(csv.reader([line], delimiter=separator), [])
            except csv.Error:  # a field longer than 128 Ko: no header
                continue
            score = len(layout.places(header))
            if score > best[0]:
                best = (score, separator, skipped, header)
    return best[1], best[2], best[3]


def _check_header(places: Mapping[str, int], header: Sequence[str], layout: Layout) -> None:
    missing = [name for name in layout.required if name not in places]
    if not missing:
        return
    if len(places) == 0:
        raise BrokenList("aucune colonne reconnue : ce n'est pas une liste de médicaments en CSV")
    wanted = ", ".join(f"{name} (par exemple « {layout.names[name][1]} »)" for name in missing)
    seen = ", ".join(f"« {cell.strip()} »" for cell in header if cell.strip())[:300]
    raise BrokenList(f"colonnes obligatoires absentes : {wanted}. Colonnes lues : {seen}")


def _records(text: str, separator: str, skipped: int, width: int, places: Mapping[str, int]) -> Iterator[Record]:
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    needed = max(places.values()) + 1
    begins = 1
    try:
        for cells in reader:
            line, begins = begins, reader.line_num + 1
            if line <= skipped + 1 or not any(cell.strip() for cell in cells):
                continue
            surplus = len([cell for cell in cells[width:] if cell.strip()])
            found = {name: cells[place] for name, place in places.items() if place < len(cells)}
            yield Record(line, found, max(0, needed - len(cells)), surplus)
    except csv.Error as error:
        raise BrokenList(f"CSV mal formé à partir de la ligne {begins} (guillemets non fermés ?) : {error}") from None
