"""Reading a QR symbol from a photograph or a scan: zxing-cpp first, then ZBar with a short ladder of repairs.

ZBar needs the system library libzbar0; without it the software still reads with zxing-cpp alone.
"""

from __future__ import annotations

import io
from collections.abc import Iterator

import zxingcpp
from PIL import Image, ImageFilter, ImageOps, UnidentifiedImageError

_QR_ONLY = zxingcpp.BarcodeFormats([zxingcpp.BarcodeFormat.QRCode])
MAX_PIXELS = 60_000_000  # an A4 page at 600 dpi is 35 million
FORMATS = ("PNG", "JPEG", "WEBP", "GIF", "BMP", "TIFF")  # no PostScript: Ghostscript would run it


class UnreadableImage(ValueError):
    """The bytes are not an image, or no reader finds a QR symbol in it."""


def read_image(data: bytes) -> str:
    """The text of the QR symbol in an encoded image (PNG, JPEG, …); UnreadableImage when there is none."""
    try:
        with Image.open(io.BytesIO(data), formats=FORMATS) as opened:
            if opened.width * opened.height > MAX_PIXELS:
                raise UnreadableImage("image too large")
            image = _grey(opened)
    except (UnidentifiedImageError, Image.DecompressionBombError, OSError, SyntaxError) as error:
        raise UnreadableImage("not an image") from error
    text = _read_zxing(image) or _read_zbar(image)
    if text is None:
        raise UnreadableImage("no QR symbol")
    return text


def _grey(image: Image.Image) -> Image.Image:
    """Greyscale on white: a transparent background must not become black."""
    if image.mode in ("RGBA", "LA", "PA") or "transparency" in image.info:
        flat = Image.new("RGBA", image.size, "white")
        flat.alpha_composite(image.convert("RGBA"))
        return flat.convert("L")
    return image.convert("L")


def _read_zxing(image: Image.Image) -> str | None:
    for found in zxingcpp.read_barcodes(image, formats=_QR_ONLY):
        return str(found.text)
    return None


def _read_zbar(image: Image.Image) -> str | None:
    try:
        from pyzbar.pyzbar import ZBarSymbol, decode
    except ImportError:  # libzbar0 is not installed
        return None
    for rung in _ladder(image):
        for found in decode(rung, symbols=[ZBarSymbol.QRCODE]):
            return bytes(found.data).decode("utf-8", errors="replace")
    return None


def _ladder(image: Image.Image) -> Iterator[Image.Image]:
    """The image as it is, then repaired for speckle, for size, and for broken modules."""
    yield image
    yield ImageOps.autocontrast(image.filter(ImageFilter.MedianFilter(3)))
    half = image.resize((max(1, image.width // 2), max(1, image.height // 2)))
    yield ImageOps.autocontrast(half)
    blurred = image.filter(ImageFilter.GaussianBlur(1))
    if image.width * image.height * 4 <= MAX_PIXELS:
        yield blurred.resize((image.width * 2, image.height * 2))
