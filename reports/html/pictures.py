"""Documents and QR images of a case, embedded in the page within a budget.

The kind of a file is read from its first bytes, never from its name or from what the software declared.
PDF: the first page as a small PNG (pypdfium2), and the document itself behind a link when it is small.
PNG: as it is when small, otherwise reduced. Anything else is named, not shown.
"""

from __future__ import annotations

import io
from base64 import b64encode
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path

import pypdfium2 as pdfium
from PIL import Image, UnidentifiedImageError

from reports import words
from reports.html.view import Picture
from reports.model import Attachment

#: Bytes of one document behind a link, of one image shown as it is, and of all that a page embeds.
MAX_LINK = 300_000
MAX_IMAGE = 60_000
BUDGET = 2_600_000
#: A file larger than this is not even opened (bytes); an image beyond this many pixels is not decoded.
MAX_FILE = 32 * 1024 * 1024
MAX_PIXELS = 40_000_000
_WIDTH, _HEIGHT = 460, 900
Renderer = Callable[[bytes], tuple[bytes, int, int, int]]


@dataclass
class Album:
    """Makes pictures until the page's budget is spent; the same document is rendered once."""

    left: int = BUDGET
    _thumbnails: dict[str, tuple[bytes, int, int, int]] = field(default_factory=dict)

    def pictures(self, attachments: tuple[Attachment, ...]) -> Iterator[Picture]:
        """One picture per attachment, in order."""
        for attachment in attachments:
            yield self._picture(attachment)

    def _picture(self, attachment: Attachment) -> Picture:
        path = attachment.path
        title = f"{attachment.name} — observation {attachment.observation}"
        if path is None:
            return _unseen(title, attachment.name, "fichier absent des preuves")
        size = path.stat().st_size
        if size > MAX_FILE:
            return _unseen(title, attachment.name, f"trop grand pour être montré ({words.bytes_size(size)})")
        content = path.read_bytes()
        about = f"{words.bytes_size(size)} · SHA-256 {sha256(content).hexdigest()[:16]}…"
        try:
            if content.startswith(b"%PDF-"):
                return self._pdf(title, attachment, content, about)
            if content.startswith(b"\x89PNG\r\n\x1a\n"):
                return self._png(title, attachment, content, about)
        except (pdfium.PdfiumError, UnidentifiedImageError, OSError, ValueError, SyntaxError):
            return _unseen(title, attachment.name, f"document illisible · {about}")
        return _unseen(title, attachment.name, f"ni PDF ni PNG, non montré · {about}")

    def _pdf(self, title: str, attachment: Attachment, content: bytes, about: str) -> Picture:
        image, width, height, pages = self._once(content, _first_page)
        about = f"PDF, {words.counted(pages, 'page')} · {about}"
        link = self._afford(content, "application/pdf") if len(content) <= MAX_LINK else ""
        shown = self._afford(image, "image/png")
        return Picture(title, about, shown, link, _file_name(attachment.path, ".pdf"), width, height)

    def _png(self, title: str, attachment: Attachment, content: bytes, about: str) -> Picture:
        image, width, height, _ = self._once(content, _reduced)
        shown = self._afford(image, "image/png")
        return Picture(title, f"PNG · {about}", shown, "", _file_name(attachment.path, ".png"), width, height)

    def _once(self, content: bytes, render: Renderer) -> tuple[bytes, int, int, int]:
        key = sha256(content).hexdigest()
        if key not in self._thumbnails:
            self._thumbnails[key] = render(content)
        return self._thumbnails[key]

    def _afford(self, content: bytes, media_type: str) -> str:
        uri = f"data:{media_type};base64,{b64encode(content).decode()}"
        if len(uri) > self.left:
            return ""
        self.left -= len(uri)
        return uri


def _first_page(content: bytes) -> tuple[bytes, int, int, int]:
    """`(png, width, height, pages)`."""
    document = pdfium.PdfDocument(content)
    try:
        page = document[0]
        width, height = page.get_size()
        # Rendered at twice the size and reduced: thin bars and small print stay legible.
        scale = min(_WIDTH / max(width, 1), _HEIGHT / max(height, 1))
        image = page.render(scale=2 * scale).to_pil().convert("L")
        return *_small_png(image), len(document)
    finally:
        document.close()


def _reduced(content: bytes) -> tuple[bytes, int, int, int]:
    with Image.open(io.BytesIO(content), formats=["PNG"]) as image:
        width, height = image.size
        if width * height > MAX_PIXELS:
            raise ValueError("too many pixels")
        if len(content) <= MAX_IMAGE:
            image.verify()
            return content, *_fitted(width, height), 1
        return *_small_png(image.convert("L")), 1


def _small_png(image: Image.Image) -> tuple[bytes, int, int]:
    width, height = _fitted(*image.size)
    small = image.resize((width, height), Image.Resampling.LANCZOS).quantize(16)
    sink = io.BytesIO()
    small.save(sink, "PNG", optimize=True)
    return sink.getvalue(), width, height


def _fitted(width: int, height: int) -> tuple[int, int]:
    scale = min(1.0, _WIDTH / max(width, 1), _HEIGHT / max(height, 1))
    return max(1, round(width * scale)), max(1, round(height * scale))


def _file_name(path: Path | None, suffix: str) -> str:
    stem = "".join(sign for sign in (path.stem if path else "") if sign.isalnum() or sign in "-_")
    return (stem[:80] or "document") + suffix


def _unseen(title: str, name: str, why: str) -> Picture:
    return Picture(title, why, "", "", name, 0, 0)
