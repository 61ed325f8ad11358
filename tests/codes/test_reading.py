"""The suite's eyes: what cannot be shown is refused with one typed error, what is damaged is still tried."""

import io
import random
import sys

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, ImageDraw, ImageFilter

from client import reading
from client.geometry import measure
from client.reading import UnreadableDocument, pages_of, read_zbar, read_zxing, zbar_available
from conformance.reference_editor.reading import UnreadableImage, read_image
from simulator.codes import rendering

TEXT = "FSE1:" + "0123456789 $%*+-./:ABCDEFGHIJKLMNOPQRSTUVWXYZ" * 3
needs_zbar = pytest.mark.skipif(not zbar_available(), reason="ZBar (libzbar0) is not installed")


def _symbol(scale: int = 6) -> Image.Image:
    return Image.open(io.BytesIO(rendering.qr_png(TEXT, scale))).convert("L")


def _bytes(image: Image.Image, **options: object) -> bytes:
    buffer = io.BytesIO()
    image.save(buffer, "PNG", **options)
    return buffer.getvalue()


@given(st.binary(max_size=300), st.sampled_from(["application/pdf", "image/png"]))
@settings(max_examples=40, deadline=None)
def test_any_bytes_give_pages_or_the_typed_error(data: bytes, media_type: str) -> None:
    for start in (b"", b"%PDF-1.7\n", b"\x89PNG\r\n\x1a\n"):
        try:
            assert pages_of(start + data, media_type, 50)
        except UnreadableDocument as error:
            assert str(error)


def test_an_image_keeps_its_own_resolution() -> None:
    (page,) = pages_of(_bytes(_symbol(), dpi=(300, 300)), "image/png", 203)
    assert page.dpi == pytest.approx(300, abs=0.1)
    (unknown,) = pages_of(_bytes(_symbol()), "image/png", 203)
    assert unknown.dpi is None


def test_transparent_means_white_paper() -> None:
    ink = _symbol().point(lambda level: 255 - level)
    drawn = Image.new("RGBA", ink.size, (0, 0, 0, 0))
    drawn.putalpha(ink)
    (page,) = pages_of(_bytes(drawn), "image/png", 203)
    assert [found.text for found in read_zxing(page.image)] == [TEXT]


def test_too_large_an_image(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "MAX_PIXELS", 1000)
    with pytest.raises(UnreadableDocument, match="large"):
        pages_of(_bytes(_symbol()), "image/png", 203)


def test_a_program_is_no_image() -> None:
    """Pillow would have Ghostscript run it, for as long as it runs."""
    page = io.BytesIO()
    Image.new("L", (8, 8)).save(page, "EPS")
    with pytest.raises(UnreadableDocument):
        pages_of(page.getvalue(), "image/png", 300)
    with pytest.raises(UnreadableImage):
        read_image(page.getvalue())


def test_no_rung_is_larger_than_what_is_looked_at(monkeypatch: pytest.MonkeyPatch) -> None:
    def sizes(side: int) -> list[int]:
        return [rung.width for _, _, rung in reading._ladder(Image.new("L", (side, side)), patient=True)]

    monkeypatch.setattr(reading, "MAX_PIXELS", 10_000)
    assert (max(sizes(50)), max(sizes(51))) == (100, 51)


def test_a_blank_page_has_no_symbol() -> None:
    blank = Image.new("L", (400, 400), 255)
    assert read_zxing(blank) == []
    if zbar_available():
        assert read_zbar(blank) == []


@needs_zbar
def test_the_ladder_reads_what_the_first_rung_does_not() -> None:
    rng = random.Random(7)
    grains = [rng.choice((0, 255)) if rng.random() < 0.2 else level for level in _symbol().tobytes()]
    grainy = Image.new("L", _symbol().size)
    grainy.putdata(grains)
    found = read_zbar(grainy)
    assert [symbol.text for symbol in found] == [TEXT]
    assert found[0].attempt == "median"


@needs_zbar
def test_a_print_is_not_judged_with_the_rungs_that_mend_a_damaged_paper() -> None:
    """White lines of a print head, one dot wide: mended by the patient rungs only."""
    struck = _symbol()
    for column in (40, 43, 46, 49, 52, 230, 233, 236, 239, 242):
        ImageDraw.Draw(struck).line((column, 0, column, struck.height), fill=255, width=2)
    assert read_zbar(struck) == []
    (found,) = read_zbar(struck, patient=True)
    (either,) = reading.read_patiently(struck)
    assert (found.text, found.attempt) == (either.text, either.attempt) == (TEXT, "filled")


def test_without_zbar_nothing_breaks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pyzbar", None)
    assert zbar_available() is False
    assert read_zxing(_symbol())


@pytest.mark.parametrize("quiet", [0, 1, 2, 4])
def test_the_quiet_zone_is_measured(quiet: int) -> None:
    scale, border = 6, rendering.QUIET_ZONE
    image = _symbol(scale)
    page = Image.new("L", (image.width + 200, image.height + 200), 255)
    page.paste(image, (100, 100))
    edge = 100 + (border - quiet) * scale
    ImageDraw.Draw(page).rectangle((edge - 9, 0, edge - 1, page.height), fill=0)
    found = read_zxing(page)
    if quiet == 0 and not found:
        return  # no reader finds a symbol that touches a bar: the check says so otherwise
    geometry = measure(page, found[0], 300)
    assert geometry.quiet_zone == pytest.approx(quiet, abs=0.2)
    assert geometry.dots_per_module == pytest.approx(scale, abs=0.1)


def test_a_faint_print_has_little_contrast() -> None:
    faint = _symbol().point(lambda level: 150 + level * 60 // 255).filter(ImageFilter.GaussianBlur(0.5))
    assert measure(faint, read_zxing(faint)[0], 300).contrast < 0.3


@needs_zbar
def test_zbar_does_not_tell_the_version() -> None:
    with pytest.raises(ValueError, match="zxing"):
        measure(_symbol(), read_zbar(_symbol())[0], 300)
