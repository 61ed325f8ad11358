"""What a camera adds, and the shapes that damages share: soft fields, blur, a page seen from the side.

Pixels are floats, 0 black, 1 white.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageFilter

Grey = NDArray[np.float32]


def as_image(pixels: Grey) -> Image.Image:
    return Image.fromarray(np.rint(np.clip(pixels, 0, 1) * 255).astype(np.uint8))


def as_pixels(image: Image.Image) -> Grey:
    return np.asarray(image.convert("L"), dtype=np.float32) / np.float32(255)


def blurred(pixels: Grey, deviation_px: float) -> Grey:
    """A Gaussian of this deviation, at the precision of a grey image; beyond its edges the page goes on."""
    return as_pixels(as_image(pixels).filter(ImageFilter.GaussianBlur(deviation_px)))


def cloud(shape: tuple[int, ...], rng: np.random.Generator, grain_px: float) -> Grey:
    """A soft random field, about -1 to 1, whose spots are `grain_px` wide."""
    height, width = shape[:2]
    knots = [max(2, round(side / max(grain_px, 1)) + 1) for side in (height, width)]
    coarse = Image.fromarray(rng.uniform(-1, 1, knots).astype(np.float32))
    return np.asarray(coarse.resize((width, height), Image.Resampling.BICUBIC), dtype=np.float32)


def skew(pixels: Grey, degrees: float, rng: np.random.Generator, dpi: float) -> Grey:
    """The page turned by this angle, one way or the other; the image grows to hold it."""
    turned = as_image(pixels).rotate(
        degrees if rng.random() < 0.5 else -degrees, Image.Resampling.BICUBIC, expand=True, fillcolor=_paper(pixels)
    )
    return as_pixels(turned)


def perspective(pixels: Grey, part: float, rng: np.random.Generator, dpi: float) -> Grey:
    """The page seen from one side: the far edge is shorter by up to this part of its length, at each end."""
    height, width = pixels.shape
    near = [(0.0, 0.0), (width, 0.0), (width, height), (0.0, height)]
    far = int(rng.integers(4))  # the edge from this corner to the next
    shift = part * rng.uniform(0.7, 1, 2) / 2
    seen = list(near)
    (ax, ay), (bx, by) = near[far], near[(far + 1) % 4]
    centre = (width / 2, height / 2)
    nearer = part / 2  # the far edge also comes closer
    for corner, (px, py), (qx, qy), moved in (
        (far, (ax, ay), (bx, by), shift[0]),
        ((far + 1) % 4, (bx, by), (ax, ay), shift[1]),
    ):
        along = (px + (qx - px) * moved, py + (qy - py) * moved)
        inward = (centre[0] - (ax + bx) / 2, centre[1] - (ay + by) / 2)
        seen[corner] = (along[0] + inward[0] * nearer, along[1] + inward[1] * nearer)
    found = as_image(pixels).transform(
        (width, height),
        Image.Transform.PERSPECTIVE,
        _warp(seen, near),
        Image.Resampling.BICUBIC,
        fillcolor=_paper(pixels),
    )
    return as_pixels(found)


def _paper(pixels: Grey) -> int:
    """The grey of the page around the symbol."""
    edge = np.concatenate([pixels[0], pixels[-1], pixels[:, 0], pixels[:, -1]])
    return round(255 * float(np.clip(np.median(edge), 0, 1)))


def _warp(seen: list[tuple[float, float]], there: list[tuple[float, float]]) -> list[float]:
    """The eight coefficients that Pillow asks for: from a point of the answer to its point in the source."""
    rows, goal = [], []
    for (x, y), (u, v) in zip(seen, there, strict=True):
        rows += [[x, y, 1, 0, 0, 0, -u * x, -u * y], [0, 0, 0, x, y, 1, -v * x, -v * y]]
        goal += [u, v]
    return [float(value) for value in np.linalg.solve(np.array(rows), np.array(goal))]
