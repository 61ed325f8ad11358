"""The size of a printed symbol: side, module and quiet zone, measured on the rendered page.

The print rule asks for modules of at least 0.5 mm, a quiet zone of 4 modules and a frank contrast.
"""

from __future__ import annotations

from dataclasses import dataclass

from PIL import Image

from client.reading import Reading

_FARTHEST = 8  # modules: beyond, a quiet zone is wide enough for anybody


@dataclass(frozen=True)
class Geometry:
    """What was measured. `dots_per_module` is at the dpi of the page; `quiet_zone` in modules, cut at 8;
    `contrast` from 0 to 1 (difference of reflectance between the lightest and the darkest zones)."""

    modules: int
    side_mm: float
    module_mm: float
    dots_per_module: float
    quiet_zone: float
    contrast: float


def measure(image: Image.Image, reading: Reading, dpi: float) -> Geometry:
    """Measure an upright QR symbol that zxing-cpp read on a page rendered at `dpi`.

    Raises ValueError if the reading does not tell how many modules a side has (ZBar's do not).
    """
    if reading.modules is None:
        raise ValueError("measure a QR symbol read by zxing-cpp: ZBar does not tell its version")
    grey = image.convert("L")
    xs, ys = [x for x, _ in reading.corners], [y for _, y in reading.corners]
    box = (min(xs), min(ys), max(xs), max(ys))
    darkest, lightest = (float(level) for level in grey.crop(box).getextrema())  # type: ignore[arg-type]
    middle = (darkest + lightest) / 2
    module_px = (box[2] - box[0] + box[3] - box[1]) / 2 / reading.modules
    grown = 0  # corners fall up to a pixel or two inside the symbol
    while grown < module_px / 2 and not _light_ring(grey, box, grown + 1, middle):
        grown += 1
    rings = 0
    while rings < _FARTHEST * module_px and _light_ring(grey, box, grown + rings + 1, middle):
        rings += 1
    side_px = (box[2] - box[0] + box[3] - box[1]) / 2 + 2 * grown
    module_px = side_px / reading.modules
    return Geometry(
        modules=reading.modules,
        side_mm=side_px / dpi * 25.4,
        module_mm=module_px / dpi * 25.4,
        dots_per_module=module_px,
        quiet_zone=min(rings / module_px, float(_FARTHEST)),
        contrast=(lightest - darkest) / 255,
    )


def _light_ring(grey: Image.Image, box: tuple[int, int, int, int], distance: int, middle: float) -> bool:
    """Whether the one-pixel frame at this distance around the box is on the page and wholly light."""
    left, top, right, bottom = (
        box[0] - distance, box[1] - distance, box[2] + distance, box[3] + distance
    )  # fmt: skip
    if left < 0 or top < 0 or right > grey.width or bottom > grey.height:
        return False
    strips = (
        (left, top, right, top + 1),
        (left, bottom - 1, right, bottom),
        (left, top, left + 1, bottom),
        (right - 1, top, right, bottom),
    )
    return all(float(grey.crop(strip).getextrema()[0]) >= middle for strip in strips)  # type: ignore[arg-type]
