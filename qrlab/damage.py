"""What printers, pockets and cameras do to a printed code.

Each damage is a pure function of (grey image, strength, seed, dpi). Strengths are in a physical unit, said in
`DAMAGES`: more is worse, 0 changes nothing. The drawn part (where, which way) comes from the seed alone.
One pixel is one dot of the printer at `dpi`.
"""

from __future__ import annotations

import hashlib
import io
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from PIL import Image

from qrlab import optics
from qrlab.optics import Grey, as_image, as_pixels, blurred, cloud
from qrlab.render import MM_PER_INCH

Act = Callable[[Grey, float, np.random.Generator, float], Grey]
MOST_PIXELS = 9_000_000  # an A4 page at 300 dpi


@dataclass(frozen=True)
class Damage:
    """One kind: what it is (French), the unit of its strength (French), the most that is taken, and the act."""

    about: str
    unit: str
    most: float
    act: Act


class Unknown(ValueError):
    """No such damage, a strength out of its bounds or an image too large; the message is French."""


def damage(image: Image.Image, steps: Sequence[tuple[str, float]], seed: str, dpi: float) -> Image.Image:
    """The image after each (damage, strength), in this order; the same seed gives the same bytes. Raises `Unknown`."""
    for name, strength in steps:
        if name not in DAMAGES:
            raise Unknown(f"dégât inconnu : {name} ; connus : {', '.join(DAMAGES)}")
        if not 0 <= strength <= DAMAGES[name].most:
            raise Unknown(f"{name} va de 0 à {DAMAGES[name].most:g} ({DAMAGES[name].unit})")
    if image.width * image.height > MOST_PIXELS:
        raise Unknown(f"{image.width} × {image.height} points : {MOST_PIXELS} en tout au plus")
    pixels = as_pixels(image)
    for place, (name, strength) in enumerate(steps):
        if strength:
            pixels = DAMAGES[name].act(pixels, strength, drawn(f"{seed}/{place}/{name}"), dpi)
    return as_image(pixels)


def drawn(seed: str) -> np.random.Generator:
    """The draws that belong to this text."""
    return np.random.Generator(np.random.PCG64(int.from_bytes(hashlib.sha256(seed.encode()).digest()[:16], "big")))


def _ink_spread(pixels: Grey, mm: float, rng: np.random.Generator, dpi: float) -> Grey:
    """Ink that bleeds `mm` beyond every edge, more here and less there as the paper drinks."""
    fine = np.asarray(as_image(pixels).resize((pixels.shape[1] * 3, pixels.shape[0] * 3), Image.Resampling.NEAREST))
    reach = mm * dpi * 3 / MM_PER_INCH
    softness = max(reach * 1.2, 1.0)
    soft = blurred(fine.astype(np.float32) / np.float32(255), softness)
    thirst = 1 + 0.35 * cloud(soft.shape, rng, dpi * 3 / MM_PER_INCH * 0.6)
    black = soft < 1 / (1 + np.exp(-1.702 * reach * thirst / softness))
    height, width = pixels.shape
    spread: Grey = (1 - black.reshape(height, 3, width, 3).mean((1, 3))).astype(np.float32)
    return spread


def _fading(pixels: Grey, lost: float, rng: np.random.Generator, dpi: float) -> Grey:
    """A thermal head too cold, or a paper kept in the sun: ink pales by patches, some dots are not burnt at all."""
    patches = np.clip(0.75 + 0.5 * cloud(pixels.shape, rng, dpi / MM_PER_INCH * 3), 0, 1.25)
    missed = rng.random(pixels.shape, dtype=np.float32) < 0.5 * lost * patches
    ink = (1 - pixels) * (1 - np.minimum(lost * patches, 1))
    return 1 - np.where(missed, 0, ink).astype(np.float32)


def _dead_lines(pixels: Grey, count: float, rng: np.random.Generator, dpi: float) -> Grey:
    """Elements of the thermal head that no longer heat: white columns, one dot wide, one in four two dots."""
    out = pixels.copy()
    for column in rng.permutation(pixels.shape[1])[: round(count)]:
        out[:, column : column + (2 if rng.random() < 0.25 else 1)] = 1
    return out


def _creases(pixels: Grey, count: float, rng: np.random.Generator, dpi: float) -> Grey:
    """Folds across the whole print: the ink flakes off along a line 0.2 to 0.5 mm wide, whose side is in shade."""
    out: Grey = pixels
    height, width = pixels.shape
    y, x = np.mgrid[0:height, 0:width].astype(np.float32)
    per_mm = dpi / MM_PER_INCH
    for _ in range(round(count)):
        angle, through = rng.uniform(0, np.pi), rng.uniform(0.2, 0.8, 2)
        half = rng.uniform(0.1, 0.25) * per_mm
        wave = cloud(pixels.shape, rng, per_mm) * 0.3 * per_mm
        away = (x - through[0] * width) * np.sin(angle) - (y - through[1] * height) * np.cos(angle) + wave
        flaked = np.clip(half + 0.5 - np.abs(away), 0, 1) * (rng.random(pixels.shape, dtype=np.float32) < 0.9)
        shade = np.where((away > half) & (away < 3 * half), 0.78, 1).astype(np.float32)
        out = (out * shade * (1 - flaked) + 0.95 * flaked).astype(np.float32)
    return out


def _blot(pixels: Grey, mm: float, rng: np.random.Generator, dpi: float) -> Grey:
    """A stain as dark as ink, ragged, of this mean diameter, anywhere over the symbol."""
    height, width = pixels.shape
    y, x = np.mgrid[0:height, 0:width].astype(np.float32)
    at = rng.uniform(0.15, 0.85, 2) * (height, width)
    stretch, turn = rng.uniform(1, 1.5), rng.uniform(0, np.pi)
    along = (x - at[1]) * np.cos(turn) + (y - at[0]) * np.sin(turn)
    across = (y - at[0]) * np.cos(turn) - (x - at[1]) * np.sin(turn)
    radius = mm / 2 * dpi / MM_PER_INCH * (1 + 0.15 * cloud(pixels.shape, rng, dpi / MM_PER_INCH * 1.5))
    inside = np.clip(radius - np.hypot(along / np.sqrt(stretch), across * np.sqrt(stretch)) + 0.5, 0, 1)
    stained: Grey = (pixels * (1 - 0.88 * inside)).astype(np.float32)
    return stained


def _blur(pixels: Grey, mm: float, rng: np.random.Generator, dpi: float) -> Grey:
    """A camera out of focus: a Gaussian of this deviation."""
    return blurred(pixels, mm * dpi / MM_PER_INCH)


def _low_contrast(pixels: Grey, lost: float, rng: np.random.Generator, dpi: float) -> Grey:
    """Pale ink on grey paper, lit from one side: this part of the contrast is gone, and the rest is grainy."""
    height, width = pixels.shape
    y, x = np.mgrid[0:height, 0:width].astype(np.float32)
    way = rng.uniform(0, 2 * np.pi)
    light = (x / width - 0.5) * np.cos(way) + (y / height - 0.5) * np.sin(way)
    pale = rng.uniform(0.45, 0.65) * lost + pixels * (1 - lost) + 0.12 * lost * light
    grainy: Grey = (pale + 0.01 * lost * rng.standard_normal(pixels.shape, dtype=np.float32)).astype(np.float32)
    return grainy


def _noise(pixels: Grey, deviation: float, rng: np.random.Generator, dpi: float) -> Grey:
    """The grain of a sensor."""
    return pixels + np.float32(deviation) * rng.standard_normal(pixels.shape, dtype=np.float32)


def _jpeg(pixels: Grey, lost: float, rng: np.random.Generator, dpi: float) -> Grey:
    """A picture sent by a messaging service: JPEG of quality 100 less what is lost."""
    kept = io.BytesIO()
    as_image(pixels).save(kept, "JPEG", quality=round(100 - lost))
    return as_pixels(Image.open(kept))


DAMAGES: dict[str, Damage] = {
    "ink-spread": Damage("encre qui bave au-delà de chaque bord", "mm", 0.5, _ink_spread),
    "fading": Damage("papier thermique pâli, points qui manquent", "part perdue, 0 à 1", 1, _fading),
    "dead-lines": Damage("lignes blanches de la tête thermique", "nombre", 60, _dead_lines),
    "creases": Damage("plis", "nombre", 20, _creases),
    "blot": Damage("tache sombre", "mm de diamètre", 40, _blot),
    "blur": Damage("flou", "mm (écart type)", 3, _blur),
    "low-contrast": Damage("contraste perdu", "part perdue, 0 à 1", 1, _low_contrast),
    "skew": Damage("page de travers", "degrés", 180, optics.skew),
    "perspective": Damage("page vue de biais", "part du côté, 0 à 0,4", 0.4, optics.perspective),
    "noise": Damage("grain du capteur", "écart type, 0 à 1", 1, _noise),
    "jpeg": Damage("compression JPEG", "qualité perdue, 0 à 99", 99, _jpeg),
}
