"""Reading a printed page as a counter would: render it, find its symbols with two readers, measure.

zxing-cpp comes first (self-contained wheel); ZBar needs the system package `libzbar0`: ask `zbar_available`.
A print check needs both readers. Lengths are millimetres on paper, pixels are those of the rendered page.
"""

from __future__ import annotations

import io
import threading
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Literal

import pypdfium2 as pdfium
import zxingcpp
from PIL import Image, ImageFilter, ImageOps

MAX_PAGES = 20
MAX_PIXELS = 40_000_000
FORMATS = ("PNG", "JPEG", "WEBP", "GIF", "BMP", "TIFF")
"""Of images: Pillow knows others, and hands the program that a PostScript file is to Ghostscript."""
QR = "QR Code"
_PDFIUM = threading.Lock()  # PDFium is not thread-safe


class UnreadableDocument(ValueError):
    """Bytes that are not a page that can be looked at: damaged, encrypted, empty or far too large."""


@dataclass(frozen=True)
class Page:
    """One page: its grey image, the dpi it was rendered at (None: an image that does not say), its text."""

    image: Image.Image
    dpi: float | None
    text: str


@dataclass(frozen=True)
class Reading:
    """One symbol read. `corners` are in pixels: zxing's go clockwise from its top left, ZBar's in any order.

    ZBar tells neither the number of `modules` of a side nor the error correction `level`. `attempt` is the
    rung of the ladder that worked (see `_ladder`).
    """

    reader: Literal["zxing", "zbar"]
    text: str
    format: str
    corners: tuple[tuple[int, int], ...]
    attempt: str = "original"
    modules: int | None = None
    level: str | None = None


def render_pages(pdf: bytes, dpi: float) -> list[Image.Image]:
    """Return the pages of a PDF as grey images. Raises `UnreadableDocument`."""
    return [page.image for page in pages_of(pdf, "application/pdf", dpi)]


def pages_of(data: bytes, media_type: str, dpi: float) -> list[Page]:
    """Return the pages of a document, PDF (rendered at `dpi`) or image (as it is).

    Raises `UnreadableDocument` when it cannot be shown, or goes beyond `MAX_PAGES` or `MAX_PIXELS` a page.
    """
    if media_type == "application/pdf":
        with _PDFIUM:
            try:
                return list(_pdf_pages(data, dpi))
            except pdfium.PdfiumError as error:
                raise UnreadableDocument(f"not a readable PDF: {error}") from None
    try:
        image = Image.open(io.BytesIO(data), formats=FORMATS)
        if image.width * image.height > MAX_PIXELS:
            raise UnreadableDocument("the image is too large")
        own = image.info.get("dpi")
        return [Page(_grey(image), float(own[0]) if own else None, "")]
    except (OSError, SyntaxError, ValueError, Image.DecompressionBombError) as error:
        raise UnreadableDocument(f"not a readable image: {error}") from None


def read_zxing(image: Image.Image) -> list[Reading]:
    """Return every symbol zxing-cpp finds, of whatever format."""
    found = zxingcpp.read_barcodes(image, text_mode=zxingcpp.TextMode.Plain)
    return [_zxing_reading(symbol) for symbol in found]


def zbar_available() -> bool:
    """Tell whether ZBar can be used here (it needs the system package `libzbar0`). Never raises."""
    try:
        from pyzbar import pyzbar
    except Exception:  # a missing or broken shared library raises what it likes
        return False
    return bool(pyzbar)


def read_zbar(image: Image.Image, *, patient: bool = False) -> list[Reading]:
    """Return the QR symbols ZBar finds, going up the ladder until a rung reads something.

    `patient` goes on with the rungs that mend a damaged paper; a print is not judged with them: they would read
    what counters do not. Raises ImportError where `zbar_available()` is False.
    """
    for attempt, scale, candidate in _ladder(_grey(image), patient):
        found = _zbar(candidate, attempt, scale)
        if found:
            return found
    return []


def read_patiently(image: Image.Image) -> list[Reading]:
    """Return what either reader finds first: zxing-cpp then ZBar (where it can be used) at each rung of the ladder.

    A QR symbol if there is one, else what zxing-cpp first found. For a damaged paper; a blank page costs every rung.
    """
    zbar = zbar_available()
    others: list[Reading] = []
    for attempt, scale, candidate in _ladder(_grey(image), patient=True):
        found = [_rescaled(reading, attempt, scale) for reading in read_zxing(candidate)]
        if not any(reading.format == QR for reading in found):  # grain may look like a bar code
            others = others or found
            found = _zbar(candidate, attempt, scale) if zbar else []
        if found:
            return found
    return others


def _zbar(image: Image.Image, attempt: str, scale: float) -> list[Reading]:
    from pyzbar import pyzbar

    return [
        Reading(
            reader="zbar",
            text=symbol.data.decode("utf-8", errors="replace"),
            format=QR,
            corners=tuple((round(p.x / scale), round(p.y / scale)) for p in symbol.polygon),
            attempt=attempt,
        )
        for symbol in pyzbar.decode(image, symbols=[pyzbar.ZBarSymbol.QRCODE])
    ]


def _rescaled(reading: Reading, attempt: str, scale: float) -> Reading:
    corners = tuple((round(x / scale), round(y / scale)) for x, y in reading.corners)
    return replace(reading, attempt=attempt, corners=corners)


def _pdf_pages(data: bytes, dpi: float) -> Iterator[Page]:
    with pdfium.PdfDocument(data) as document:
        if not 1 <= len(document) <= MAX_PAGES:
            raise UnreadableDocument(f"the document has {len(document)} pages")
        for page in document:
            width, height = page.get_size()
            if width * height * (dpi / 72) ** 2 > MAX_PIXELS:
                raise UnreadableDocument("the page is too large")
            image = page.render(scale=dpi / 72, grayscale=True).to_pil()
            yield Page(_grey(image), dpi, page.get_textpage().get_text_bounded())


def _grey(image: Image.Image) -> Image.Image:
    if image.mode in ("RGBA", "LA", "P"):  # transparent means white paper, not black
        image = image.convert("RGBA")
        image = Image.alpha_composite(Image.new("RGBA", image.size, "white"), image)
    return image.convert("L")


def _zxing_reading(symbol: zxingcpp.Barcode) -> Reading:
    at = symbol.position
    corners = (at.top_left, at.top_right, at.bottom_right, at.bottom_left)
    version = symbol.extra.get("Version", "") if isinstance(symbol.extra, dict) else ""
    is_qr = symbol.format == zxingcpp.BarcodeFormat.QRCode
    return Reading(
        reader="zxing",
        text=symbol.text,
        format=str(symbol.format),
        corners=tuple((corner.x, corner.y) for corner in corners),
        modules=17 + 4 * int(version) if is_qr and version.isdigit() else None,
        level=symbol.ec_level or None,
    )


def _ladder(grey: Image.Image, patient: bool) -> Iterator[tuple[str, float, Image.Image]]:
    """(name, scale, image) of each rung; the patient ones each undo an accident of paper (rates: `fse qr bench`).

    None is larger than `MAX_PIXELS`: what has that many dots already is not too small to be read.
    """
    doubles = grey.width * grey.height * 4 <= MAX_PIXELS
    yield "original", 1, grey
    yield "median", 1, ImageOps.autocontrast(grey.filter(ImageFilter.MedianFilter(3)))
    yield "half", 0.5, ImageOps.autocontrast(grey.reduce(2))
    if doubles:
        yield "doubled", 2, grey.filter(ImageFilter.GaussianBlur(1)).resize((grey.width * 2, grey.height * 2))
    if not patient:
        return
    darker, lighter = ImageFilter.MinFilter(3), ImageFilter.MaxFilter(3)
    yield "filled", 1, grey.filter(darker).filter(lighter)  # white lines one or two dots wide
    yield "thinned", 1, grey.filter(lighter)  # ink that spread
    yield "sharpened", 1, grey.filter(ImageFilter.UnsharpMask(radius=3, percent=250, threshold=0))  # blur
    if doubles:
        larger = grey.resize((grey.width * 2, grey.height * 2), Image.Resampling.BICUBIC)
        yield "enlarged", 2, larger.filter(lighter)
    filled = grey.filter(ImageFilter.MinFilter(5)).filter(ImageFilter.MaxFilter(5))
    yield "filled-widely", 1, filled  # white lines three or four dots wide
