"""The printed page: what is on it, that two readers read it, that it is the same to the byte."""

import io
from dataclasses import replace
from datetime import date
from typing import Any, Literal

import pypdfium2 as pdfium
import pytest
from PIL import Image

from client.geometry import measure
from client.reading import pages_of, read_zbar, read_zxing, render_pages, zbar_available
from simulator.codes import document, rendering
from simulator.codes.document import Line, Part, PrescriptionDocument, age, long_date, prescription_pdf

needs_zbar = pytest.mark.skipif(not zbar_available(), reason="ZBar (libzbar0) is not installed")


def _text(data: PrescriptionDocument) -> str:
    pages = pages_of(prescription_pdf(data), "application/pdf", 30)
    return " ".join(" ".join(page.text.split()) for page in pages)


def _pharmacy(lines: tuple[Line, ...]) -> Part:
    return Part("pharmacy", lines)


@needs_zbar
@pytest.mark.parametrize("printer", [203, 300])
@pytest.mark.parametrize("dpi", [203, 300])
def test_both_readers_read_the_page(prescription: PrescriptionDocument, printer: Literal[203, 300], dpi: int) -> None:
    pdf = prescription_pdf(replace(prescription, printer_dpi=printer))
    (page,) = render_pages(pdf, dpi)
    (zxing,), (zbar,) = read_zxing(page), read_zbar(page)
    assert zxing.text == zbar.text == prescription.payload
    assert (zxing.modules, zxing.level, zbar.attempt) == (49, "Q", "original")
    found = measure(page, zxing, dpi)
    assert found.module_mm >= 0.5
    assert found.quiet_zone >= rendering.QUIET_ZONE
    assert found.contrast > 0.95
    assert found.side_mm == pytest.approx(24.9 if printer == 300 else 24.5, abs=0.15)
    if printer == dpi:
        assert found.dots_per_module == (6 if dpi == 300 else 4)


def test_level_m_is_smaller_and_on_whole_dots_too(prescription: PrescriptionDocument) -> None:
    (page,) = render_pages(prescription_pdf(replace(prescription, error="M", paper="a4")), 300)
    (reading,) = read_zxing(page)
    found = measure(page, reading, 300)
    assert (found.modules, found.dots_per_module) == (41, 6)
    assert found.side_mm == pytest.approx(20.83, abs=0.01)


def test_mentions_of_article_34(prescription: PrescriptionDocument) -> None:
    text = _text(prescription)
    for mention in (
        "Dr Salma Bennani", "Médecin généraliste", "12, av. Hassan II, Kénitra", "INPE 100000011",
        "23 novembre 2026", "Yasmine Alaoui, 8 ans", "SIGNATURE ET CACHET DU PRESCRIPTEUR", "ORDONNANCE",
        "2604 8173 9055 2494", "32BK-0XNV-0", "SPÉCIMEN — environnement de test", "jusqu’au 21 février 2027",
        "AMOXICILLINE 500 MG, gélule", "2 boîtes", "1 gélule matin et soir, pendant 7 jours", "Non substituable",
        "Sérum oral", "1 unité", "Substitution autorisée · hors liste de référence",
    ):  # fmt: skip
        assert mention in text, mention
    assert "DUPLICATA" not in text
    assert prescription.payload not in text, "the scan secret stands in the QR only"


def test_an_adult_has_no_age_and_a_duplicate_says_so(prescription: PrescriptionDocument) -> None:
    adult = replace(prescription.patient, birth_date=date(1980, 1, 1))
    text = _text(replace(prescription, patient=adult, duplicate=True, test=False))
    assert "Yasmine Alaoui DATE" in text
    assert "DUPLICATA" in text
    assert "SPÉCIMEN" not in text


def test_codes_are_printed_in_ten_points_or_more(prescription: PrescriptionDocument) -> None:
    with pdfium.PdfDocument(prescription_pdf(prescription)) as pdf:
        page = pdf[0].get_textpage()
        for code in ("2604 8173 9055 2494", "32BK-0XNV-0"):
            at, _ = page.search(code).get_next()
            assert pdfium.raw.FPDFText_GetFontSize(page, at) >= 10


def test_every_page_of_a_long_prescription_can_be_scanned(prescription: PrescriptionDocument) -> None:
    pdf = prescription_pdf(replace(prescription, parts=(_pharmacy(prescription.parts[0].lines * 8),), duplicate=True))
    pages = pages_of(pdf, "application/pdf", 203)
    assert len(pages) == 2
    for rank, page in enumerate(pages, start=1):
        assert [reading.text for reading in read_zxing(page.image)] == [prescription.payload]
        for mention in (f"page {rank} sur 2", "DUPLICATA", "Dr Salma Bennani", "Yasmine Alaoui"):
            assert mention in page.text


def test_each_executor_gets_a_page_of_his_own(prescription: PrescriptionDocument) -> None:
    analyses = Part("biology", (Line("Glycémie à jeun", "1", None, "à jeun", None, None, code="B-GLY"),))
    sessions = Part(
        "physiotherapy",
        (Line("Séance de kinésithérapie", "10", "session", substitution_allowed=None, prior_approval=True),),
    )
    tooth = Part("dental", (Line("Obturation d'une face", "2", None, substitution_allowed=None, tooth="26"),))
    long = Part("devices", (Line("Verre correcteur unifocal", "2", "unit", substitution_allowed=None),) * 20)
    parts = (*prescription.parts, analyses, sessions, tooth, long)
    pages = pages_of(prescription_pdf(replace(prescription, parts=parts)), "application/pdf", 203)
    texts = [" ".join(page.text.split()) for page in pages]
    expected = (
        "PHARMACIE 1. AMOXICILLINE", "ANALYSES DE BIOLOGIE MÉDICALE 1. Glycémie", "KINÉSITHÉRAPIE 1. Séance",
        "SOINS ET PROTHÈSES DENTAIRES 1. Obturation", "OPTIQUE ET DISPOSITIFS MÉDICAUX 1. Verre",
    )  # fmt: skip
    assert [sum(title in text for text in texts) for title in expected] == [1] * 5
    for said, place in (
        ("B-GLY", 1), ("à jeun", 1), ("10 séances", 2), ("accord préalable à demander", 2), ("dent 26", 3), ("× 2", 3),
    ):  # fmt: skip
        assert [number for number, text in enumerate(texts) if said in text] == [place], said
    for page, text in zip(pages, texts, strict=True):
        assert [reading.text for reading in read_zxing(page.image)] == [prescription.payload]
        assert "Dr Salma Bennani" in text and "Yasmine Alaoui" in text
    assert [("sur" in text.split("SPÉCIMEN")[-1]) for text in texts] == [False] * 4 + [True, True]
    assert "page 1 sur 2" in texts[4] and "page 2 sur 2" in texts[5]
    assert "Substitu" not in texts[1] and "substitu" in texts[0]


def test_own_acts_alone_still_give_a_page_with_the_code(prescription: PrescriptionDocument) -> None:
    (page,) = pages_of(prescription_pdf(replace(prescription, parts=())), "application/pdf", 203)
    assert [reading.text for reading in read_zxing(page.image)] == [prescription.payload]


def test_the_same_sheet_gives_the_same_bytes(prescription: PrescriptionDocument) -> None:
    first = prescription_pdf(prescription)
    other = prescription_pdf(replace(prescription, duplicate=True))
    document._compiler.cache_clear()
    assert prescription_pdf(prescription) == first != other


HOSTILE = (
    '#eval("1") $x$ *gras* _i_ @r <l> `c` \\ // ]', "#panic()", '"}#sys.inputs{"', "<svg onload=x>",
    "\u202egnp", "\x00\x07", "x" * 400, "دكتورة سلمى", "",
)  # fmt: skip


@pytest.mark.parametrize("text", HOSTILE, ids=ascii)
def test_what_users_write_is_data(prescription: PrescriptionDocument, text: str) -> None:
    line = document.Line(text, "2", text, posology=text)
    name = document.Patient(text, text, date(2025, 1, 1))
    who = document.Prescriber(text, text, text, text, text)
    pdf = prescription_pdf(replace(prescription, parts=(_pharmacy((line,)),), patient=name, prescriber=who))
    (page,) = pages_of(pdf, "application/pdf", 203)
    assert [reading.text for reading in read_zxing(page.image)] == [prescription.payload]
    if text.isascii() and text.isprintable() and 0 < len(text) < 20:
        assert text in page.text


@pytest.mark.parametrize(
    ("birth", "expected"),
    [
        (date(2014, 11, 24), "11 ans"), (date(2014, 11, 23), None), (date(2024, 11, 23), "2 ans"),
        (date(2024, 11, 24), "23 mois"), (date(2026, 10, 23), "1 mois"), (date(2026, 10, 24), "30 jours"),
        (date(2026, 11, 22), "1 jour"), (date(2026, 11, 23), "0 jour"), (date(2027, 1, 1), None),
    ],
)  # fmt: skip
def test_age_of_a_child_under_twelve(birth: date, expected: str | None) -> None:
    assert age(birth, date(2026, 11, 23)) == expected


def test_dates_in_french() -> None:
    assert long_date(date(2027, 3, 1)) == "1er mars 2027"


@pytest.mark.parametrize("level", ["M", "Q"])
def test_png_and_svg(payloads: dict[str, Any], level: rendering.Level) -> None:
    text = payloads["valid"][0]["payload"]
    png = rendering.qr_png(text, 4, level)
    image = Image.open(io.BytesIO(png))
    side = {"M": 41, "Q": 49}[level] + 2 * rendering.QUIET_ZONE
    assert image.size == (side * 4, side * 4)
    (reading,) = read_zxing(image.convert("L"))
    assert (reading.text, reading.level) == (text, level)
    assert png == rendering.qr_png(text, 4, level)
    svg = rendering.qr_svg(text, level)
    assert f'width="{side * rendering.MODULE_MM:g}mm"' in svg
    assert svg == rendering.qr_svg(text, level)


@pytest.mark.parametrize("scale", [0, 41])
def test_scales_out_of_range(scale: int) -> None:
    with pytest.raises(ValueError, match="scale"):
        rendering.qr_png("FSE1:", scale)
