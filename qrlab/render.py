"""A code as a printer lays it: every edge of a module falls on a whole dot, one pixel a dot.

Lengths are millimetres on paper. Images are grey (`L`), 0 is ink.
"""

from __future__ import annotations

import json
import math
from functools import cache
from typing import Literal, get_args

import numpy as np
import segno
from PIL import Image

from client.codes import CHARSET
from fixtures.loader import FOLDER

Level = Literal["L", "M", "Q", "H"]
LEVELS: tuple[Level, ...] = get_args(Level)
QUIET_ZONE = 4
MODULE_MM = 0.5
MM_PER_INCH = 25.4
MOST_DOTS = 6000  # of a side


class Unprintable(ValueError):
    """What is asked for cannot be drawn; the message is French."""


def render(
    payload: str, *, module_mm: float = MODULE_MM, dpi: float = 300, level: Level = "M", quiet: int = QUIET_ZONE
) -> Image.Image:
    """The symbol of a payload, its quiet zone (in modules) included. Raises `Unprintable`.

    A module that is not a whole number of dots gives modules of unequal width, as a driver's do. Text of the QR
    alphanumeric alphabet is drawn in that mode, the others in bytes.
    """
    dots = _dots(module_mm, dpi)
    matrix = np.pad(~_matrix(payload, level), quiet, constant_values=True)
    if (side := np.rint(len(matrix) * dots)) > MOST_DOTS:
        raise Unprintable(f"{side:.0f} points de côté, {MOST_DOTS} au plus")
    widths = np.diff(np.rint(np.arange(len(matrix) + 1) * dots).astype(int))
    return Image.fromarray(np.repeat(np.repeat(matrix, widths, 0), widths, 1).astype(np.uint8) * 255)


def whole_dots(module_mm: float, dpi: float) -> float:
    """The side of a module that is a whole number of dots, no smaller than asked (print rule: domain, QR)."""
    dots = _dots(module_mm, dpi)
    if dots > MOST_DOTS:
        raise Unprintable(f"un module de {module_mm:g} mm fait plus de {MOST_DOTS} points à {dpi:g} dpi")
    return math.ceil(dots - 1e-9) * MM_PER_INCH / dpi


def vectors() -> dict[str, str]:
    """The payloads of the shared vectors by name: the good ones, then the altered ones (`altered/…`)."""
    known = _vectors()
    good = {row["name"]: row["payload"] for row in known["valid"]}
    return good | {f"altered/{row['name']}": row["payload"] for row in known["invalid"]}


@cache
def _vectors() -> dict[str, list[dict[str, str]]]:
    return dict(json.loads((FOLDER / "vectors" / "payloads.json").read_text("utf-8")))


def _dots(module_mm: float, dpi: float) -> float:
    dots = module_mm * dpi / MM_PER_INCH
    if not dots >= 1:
        raise Unprintable(f"un module de {module_mm:g} mm est plus petit qu'un point à {dpi:g} dpi")
    return dots


def _matrix(payload: str, level: Level) -> np.ndarray[tuple[int, int], np.dtype[np.bool_]]:
    alphanumeric = all(char in CHARSET for char in payload)
    try:
        made = segno.make_qr(
            payload, error=level, mode="alphanumeric" if alphanumeric else None, mask=3, boost_error=False
        )
    except ValueError as error:  # DataOverflowError is one
        raise Unprintable(f"aucun QR ne porte ce contenu ({error})") from None
    return np.array([list(row) for row in made.matrix], dtype=bool)
