"""A medicine of a list, and the reading of one row into it. Pure: text in, values out.

A row that cannot be trusted raises `Rejected` with a French reason; nothing is guessed. What is
merely absent (a public price, a reimbursement base) is kept as None and noted as a remark.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from typing import Literal

CENTIME = Decimal("0.01")
MAX_TEXT = 300
MAX_AMOUNT = Decimal("999999999.99")

NO_PRICE = "sans prix public"
NO_BASE = "au taux positif mais sans base de remboursement (non remboursables tant qu'elle manque)"
BASE_ABOVE_PRICE = "dont la base dépasse le prix public"


@dataclass(frozen=True, slots=True)
class Medicine:
    """One medicine: prices in MAD for one box, rate as a fraction; None where the list says nothing."""

    ean13: str
    name: str
    dci: tuple[str, ...]
    dosage: str
    form: str
    presentation: str
    ppv: Decimal | None
    base: Decimal | None
    rate: Decimal
    atc: str | None
    antibiotic: bool | None
    generic: Literal["P", "G"] | None
    therapeutic_class: str | None

    @property
    def reimbursable(self) -> bool:
        return self.rate > 0 and self.base is not None

    @property
    def label(self) -> str:
        """What is printed: name, dosage unless the name says it, form, presentation."""
        dosage = "" if fold(self.dosage) in fold(self.name) else self.dosage
        head = " ".join(part for part in (self.name, dosage, self.form) if part)
        return f"{head} ({self.presentation})" if self.presentation else head


class Rejected(ValueError):
    """This row is left out; the message is the French reason."""


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """The recognised words of a layout (fixtures/nomenclature/layouts.yaml), folded."""

    generic: Mapping[str, str]
    yes: frozenset[str]
    no: frozenset[str]
    dci_separators: Sequence[str]
    currency_words: Sequence[str]


@dataclass(slots=True)
class Row:
    """Cells of one record by field name; `remarks` collects what is missing without being wrong."""

    cells: Mapping[str, str]
    remarks: list[str] = field(default_factory=list)

    def text(self, name: str) -> str:
        text = " ".join(self.cells.get(name, "").split())
        if len(text) > MAX_TEXT:
            raise Rejected(f"champ « {name} » trop long ({len(text)} caractères, {MAX_TEXT} au plus)")
        return text


def medicine(row: Row, words: Vocabulary) -> Medicine:
    """Read one row. Raises Rejected."""
    code = ean13(row.text("ean13"))
    name = row.text("name")
    if not name:
        raise Rejected("nom du médicament absent")
    dci = split_dci(row.text("dci"), words)
    if not dci:
        raise Rejected("DCI absente")
    ppv = amount(row.text("ppv"), "prix public", words)
    share = rate(row.text("rate"))
    base = amount(row.text("base"), "base de remboursement", words)
    if base == 0:
        base = None
    _remark(row, ppv, base, share)
    atc = row.text("atc").upper() or None
    generic = words.generic.get(fold(row.text("generic")))
    return Medicine(
        ean13=code,
        name=name,
        dci=dci,
        dosage=dosage(row.text("dosage"), row.text("dosage_unit")),
        form=row.text("form"),
        presentation=row.text("presentation"),
        ppv=ppv,
        base=base,
        rate=share,
        atc=atc,
        antibiotic=_antibiotic(row.text("antibiotic"), atc, words),
        generic="P" if generic == "P" else "G" if generic == "G" else None,
        therapeutic_class=row.text("class") or None,
    )


def ean13(raw: str) -> str:
    """Thirteen digits whose last is the checksum of the others (GS1, weights 1 and 3)."""
    code = re.sub(r"[\s.'-]", "", raw)
    if not code:
        raise Rejected("code EAN-13 absent")
    if re.fullmatch(r"[0-9][.,]?[0-9]*[eE]\+?[0-9]+", raw.replace(" ", "")):
        raise Rejected(f"code « {raw} » abîmé par un tableur (notation scientifique) : chiffres perdus")
    if not re.fullmatch(r"[0-9]{13}", code):
        raise Rejected(f"code « {raw[:40]} » : un EAN-13 a 13 chiffres")
    expected = check_digit(code[:12])
    if code[12] != expected:
        raise Rejected(f"clé de contrôle de l'EAN-13 fausse ({code[12]} lu, {expected} attendu)")
    return code


def check_digit(body: str) -> str:
    """The EAN-13 check digit of twelve digits."""
    return str(-sum(int(digit) * (3 if place % 2 else 1) for place, digit in enumerate(body)) % 10)


def amount(raw: str, what: str, words: Vocabulary) -> Decimal | None:
    """MAD: ``1 234,50``, ``1.234,50``, ``1,234.50``, ``56.85 DH``; None for an empty cell."""
    text = re.sub(r"\s", "", raw.lower())
    for word in words.currency_words:
        text = text.removesuffix(word)
    if text in ("", "-"):
        return None
    if not re.fullmatch(r"[0-9]+([.,][0-9]+)*", text):
        raise Rejected(f"{what} illisible : « {raw[:40]} »")
    whole, decimals = _split_number(text, raw, what)
    try:
        value = Decimal(f"{whole}.{decimals or '0'}")
    except InvalidOperation:  # pragma: no cover - the pattern above leaves only digits
        raise Rejected(f"{what} illisible : « {raw[:40]} »") from None
    if value > MAX_AMOUNT:
        raise Rejected(f"{what} hors de toute mesure : « {raw[:40]} »")
    if value != value.quantize(CENTIME):
        raise Rejected(f"{what} avec des fractions de centime : « {raw[:40]} »")
    return value.quantize(CENTIME)


def _split_number(text: str, raw: str, what: str) -> tuple[str, str]:
    """(whole, decimals). A lone separator followed by three digits could be either: refused."""
    parts = re.split(r"[.,]", text)
    marks = re.findall(r"[.,]", text)
    if not marks:
        return parts[0], ""
    grouped = all(len(part) == 3 for part in parts[1:])
    if len(set(marks)) == 1:
        if len(marks) > 1:
            if not grouped:
                raise Rejected(f"{what} illisible : « {raw[:40]} »")
            return "".join(parts), ""
        if grouped:
            raise Rejected(f"{what} ambigu (milliers ou décimales ?) : « {raw[:40]} »")
        return parts[0], parts[1]
    last = marks[-1]
    if marks.count(last) > 1 or any(len(part) != 3 for part in parts[1:-1]):
        raise Rejected(f"{what} illisible : « {raw[:40]} »")
    return "".join(parts[:-1]), parts[-1]


def rate(raw: str) -> Decimal:
    """``70``, ``70%``, ``0,7`` → 0.70. Up to 1 it is a fraction, above it is a percentage."""
    text = re.sub(r"\s", "", raw).replace(",", ".")
    percent = text.endswith("%")
    text = text.removesuffix("%")
    if not text:
        raise Rejected("taux de remboursement absent")
    if not re.fullmatch(r"[0-9]{1,3}(\.[0-9]{1,4})?", text):
        raise Rejected(f"taux de remboursement illisible : « {raw[:40]} »")
    value = Decimal(text)
    if percent or value > 1:
        value /= 100
    if value > 1:
        raise Rejected(f"taux de remboursement supérieur à 100 % : « {raw[:40]} »")
    if value != value.quantize(Decimal("0.0001")):
        raise Rejected(f"taux de remboursement trop précis : « {raw[:40]} »")
    return value.quantize(CENTIME) if value == value.quantize(CENTIME) else value


def split_dci(raw: str, words: Vocabulary) -> tuple[str, ...]:
    """The substances of one cell, in order, each once."""
    parts = [raw]
    for separator in words.dci_separators:
        parts = [piece for part in parts for piece in part.split(separator)]
    return tuple(dict.fromkeys(piece.strip() for piece in parts if piece.strip()))


def dosage(value: str, unit: str) -> str:
    """``("4 / 1.25", "MG / MG")`` → ``4 MG / 1.25 MG``; one unit for all is written once."""
    values, units = value.split(" / "), unit.split(" / ")
    if unit and len(values) == len(units) > 1:
        return " / ".join(f"{number} {mark}" for number, mark in zip(values, units, strict=True))
    return " ".join(part for part in (value, unit) if part)


def fold(text: str) -> str:
    """For comparison: no accents, no case, anything but letters and digits is one space."""
    plain = unicodedata.normalize("NFKD", text)
    plain = "".join(char for char in plain if not unicodedata.combining(char)).lower()
    return re.sub(r"[^a-z0-9]+", " ", plain).strip()


def _remark(row: Row, ppv: Decimal | None, base: Decimal | None, share: Decimal) -> None:
    if ppv is None:
        row.remarks.append(NO_PRICE)
    if base is None and share > 0:
        row.remarks.append(NO_BASE)
    if ppv is not None and base is not None and base > ppv:
        row.remarks.append(BASE_ABOVE_PRICE)


def _antibiotic(raw: str, atc: str | None, words: Vocabulary) -> bool | None:
    """The list's own word, else ATC group J01 (systemic antibacterials), else unknown."""
    word = fold(raw)
    if word in words.yes:
        return True
    if word in words.no:
        return False
    return atc.startswith("J01") if atc else None
