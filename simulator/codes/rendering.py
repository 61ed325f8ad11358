"""The QR symbol of a payload, as PNG, as SVG, or as a path for the printed document.

Always one QR symbol in alphanumeric mode: 41 modules at level M (version 6), 49 at level Q (version 8).
The mask is fixed: choosing the best of eight costs four to five times more and changes nothing for today's
readers. The same payload always gives the same bytes.
"""

import io
from dataclasses import dataclass
from typing import Literal

import segno

Level = Literal["M", "Q"]
QUIET_ZONE = 4
"""Modules left white around a symbol (ISO/IEC 18004)."""

MODULE_MM = 0.508
"""Side of a module in millimetres, six dots at 300 dpi: above the 0.5 mm of the print rule."""

_MASK = 3


@dataclass(frozen=True, slots=True)
class Symbol:
    """A symbol as one SVG path in units of a module, origin at its top left, without the quiet zone."""

    modules: int
    path: str


def symbol(payload: str, error: Level = "M") -> Symbol:
    """Return the symbol of a payload as a single path: neighbouring modules leave no seam when drawn."""
    matrix = _make(payload, error).matrix
    runs = []
    for y, row in enumerate(matrix):
        x = 0
        while x < len(row):
            start = x
            while x < len(row) and row[x]:
                x += 1
            if x > start:
                runs.append(f"M{start} {y}h{x - start}v1h-{x - start}z")
            x += 1
    return Symbol(len(matrix), "".join(runs))


def qr_png(payload: str, scale: int = 6, error: Level = "M") -> bytes:
    """Return a PNG with `scale` pixels a module and its quiet zone.

    Its dpi makes a module 0.508 mm on paper. Raises ValueError for a scale below 1 or above 40.
    """
    if not 1 <= scale <= 40:
        raise ValueError("the scale goes from 1 to 40 pixels a module")
    buffer = io.BytesIO()
    _make(payload, error).save(buffer, kind="png", scale=scale, border=QUIET_ZONE, dpi=50 * scale)
    return buffer.getvalue()


def qr_svg(payload: str, error: Level = "M") -> str:
    """Return a stand-alone SVG with its quiet zone, its size on paper in millimetres (0.508 a module)."""
    drawn = symbol(payload, error)
    side = drawn.modules + 2 * QUIET_ZONE
    return svg(drawn, QUIET_ZONE, f' width="{side * MODULE_MM:g}mm" height="{side * MODULE_MM:g}mm"')


def svg(drawn: Symbol, border: int = 0, size: str = "") -> str:
    """Return the SVG of a symbol on white with a border in modules; `size` holds extra attributes."""
    side = drawn.modules + 2 * border
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg"{size} viewBox="{-border} {-border} {side} {side}">'
        f'<path fill="#fff" d="M{-border} {-border}h{side}v{side}h-{side}z"/>'
        f'<path fill="#000" d="{drawn.path}"/></svg>'
    )


def _make(payload: str, error: Level) -> segno.QRCode:
    return segno.make_qr(payload, error=error, mode="alphanumeric", mask=_MASK, boost_error=False)
