"""One cell at a time: what is read, and what is refused rather than guessed."""

from __future__ import annotations

from decimal import Decimal

import pytest

import fixtures
from simulator.nomenclature import model
from simulator.nomenclature.model import Rejected, Row
from simulator.nomenclature.reading import Layout

WORDS = Layout.of(fixtures.list_layout()).words
GOOD = {
    "ean13": "6118999000018",
    "name": "AMOXIRAM",
    "dci": "AMOXICILLINE",
    "ppv": "42.30",
    "base": "42.30",
    "rate": "70",
}


@pytest.mark.parametrize(
    ("raw", "value"),
    [
        ("56.85", "56.85"),
        ("56,85", "56.85"),
        ("56,8", "56.80"),
        ("56", "56.00"),
        ("1 234,50", "1234.50"),
        ("1\u202f234,50", "1234.50"),
        ("1\u00a0234", "1234.00"),
        ("1.234,50", "1234.50"),
        ("1,234.50", "1234.50"),
        ("1.234.567", "1234567.00"),
        ("56.85 DH", "56.85"),
        ("56,85 MAD", "56.85"),
        ("56.8500", "56.85"),
        ("0", "0.00"),
        ("", None),
        ("-", None),
    ],
)
def test_amounts(raw: str, value: str | None) -> None:
    read = model.amount(raw, "prix public", WORDS)
    assert read == (None if value is None else Decimal(value))
    assert value is None or str(read) == value


@pytest.mark.parametrize(
    ("raw", "reason"),
    [
        ("1,234", "ambigu"),
        ("1.234", "ambigu"),
        ("-5.00", "illisible"),
        ("abc", "illisible"),
        ("1.2.3", "illisible"),
        ("1,2,3.00", "illisible"),
        ("56.855", "ambigu"),
        ("56.8555", "fractions de centime"),
        ("9" * 12, "hors de toute mesure"),
        ("١٢", "illisible"),
    ],
)
def test_amounts_that_are_refused(raw: str, reason: str) -> None:
    with pytest.raises(Rejected, match=reason):
        model.amount(raw, "prix public", WORDS)


@pytest.mark.parametrize(
    ("raw", "value"),
    [
        ("70", "0.70"),
        ("70%", "0.70"),
        ("70 %", "0.70"),
        ("0,7", "0.70"),
        ("0.70", "0.70"),
        ("0", "0.00"),
        ("0%", "0.00"),
        ("100", "1.00"),
        ("1", "1.00"),
        ("97,5", "0.975"),
    ],
)
def test_rates(raw: str, value: str) -> None:
    assert str(model.rate(raw)) == value


@pytest.mark.parametrize("raw", ["", "abc", "170", "-70", "70.123456", "101%"])
def test_rates_that_are_refused(raw: str) -> None:
    with pytest.raises(Rejected, match="taux"):
        model.rate(raw)


@pytest.mark.parametrize(
    ("raw", "reason"),
    [
        ("6118999000019", r"9 lu, 8 attendu"),
        ("611899900001", "13 chiffres"),
        ("61189990000180", "13 chiffres"),
        ("6.118999E+12", "tableur"),
        ("6,12E+12", "tableur"),
        ("", "absent"),
        ("６１１８９９９０００１８", "13 chiffres"),
    ],
)
def test_codes_that_are_refused(raw: str, reason: str) -> None:
    with pytest.raises(Rejected, match=reason):
        model.ean13(raw)


@pytest.mark.parametrize("raw", ["6118999000018", " 6118 9990 00018 ", "'6118999000018"])
def test_codes(raw: str) -> None:
    assert model.ean13(raw) == "6118999000018"


def test_a_whole_row() -> None:
    row = Row({**GOOD, "dosage": "1 / 125", "dosage_unit": "G / MG", "atc": "j01ca04", "generic": "Générique"})
    read = model.medicine(row, WORDS)
    assert (read.dosage, read.atc, read.generic, read.antibiotic) == ("1 G / 125 MG", "J01CA04", "G", True)
    assert read.reimbursable and row.remarks == []


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"name": " "}, "nom"),
        ({"dci": ""}, "DCI"),
        ({"rate": ""}, "taux"),
        ({"name": "X" * 301}, "trop long"),
    ],
)
def test_rows_that_are_refused(change: dict[str, str], reason: str) -> None:
    with pytest.raises(Rejected, match=reason):
        model.medicine(Row({**GOOD, **change}), WORDS)


@pytest.mark.parametrize(
    ("change", "remarks", "reimbursable"),
    [
        ({"base": "", "rate": "0"}, [], False),
        ({"base": "0,00", "rate": "0"}, [], False),
        ({"base": ""}, [model.NO_BASE], False),
        ({"ppv": ""}, [model.NO_PRICE], True),
        ({"base": "50.00"}, [model.BASE_ABOVE_PRICE], True),
    ],
)
def test_what_is_missing_is_noted_and_never_invented(
    change: dict[str, str], remarks: list[str], reimbursable: bool
) -> None:
    row = Row({**GOOD, **change})
    read = model.medicine(row, WORDS)
    assert (row.remarks, read.reimbursable) == (remarks, reimbursable)
    assert read.base is None or read.base > 0


@pytest.mark.parametrize(
    ("word", "atc", "known"),
    [
        ("1", "", True),
        ("oui", "", True),
        ("0", "J01CA04", False),
        ("", "J01CA04", True),
        ("", "N02BE01", False),
        ("", "", None),
    ],
)
def test_antibiotic(word: str, atc: str, known: bool | None) -> None:
    read = model.medicine(Row({**GOOD, "antibiotic": word, "atc": atc}), WORDS)
    assert read.antibiotic is known


def test_several_substances_in_one_cell() -> None:
    assert model.split_dci("AMOXICILLINE / ACIDE CLAVULANIQUE", WORDS) == ("AMOXICILLINE", "ACIDE CLAVULANIQUE")
    assert model.split_dci("A + B;A", WORDS) == ("A", "B")
    assert model.split_dci("ACETATE D'ABIRATERONE", WORDS) == ("ACETATE D'ABIRATERONE",)


def test_label_does_not_repeat_the_dosage() -> None:
    row = {**GOOD, "name": "ABILIFOX 10 MG", "dosage": "10 MG", "form": "COMPRIME", "presentation": "1 BOITE"}
    assert model.medicine(Row(row), WORDS).label == "ABILIFOX 10 MG COMPRIME (1 BOITE)"
    assert model.medicine(Row({**row, "name": "ABILIFOX"}), WORDS).label == "ABILIFOX 10 MG COMPRIME (1 BOITE)"
