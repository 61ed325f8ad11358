"""The print conditions (`conditions.yaml`), and the images that are drawn under each of them from a seed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import MappingProxyType

import yaml
from PIL import Image

from qrlab.damage import damage, drawn

Step = tuple[str, float, float]


@dataclass(frozen=True)
class Condition:
    """A name, its French label, and the (damage, least, most) that an image goes through, capture included."""

    name: str
    label: str
    steps: tuple[Step, ...]


@cache
def conditions() -> Mapping[str, Condition]:
    """Every condition by name, in the order of the file."""
    said = yaml.safe_load(Path(__file__).with_name("conditions.yaml").read_text("utf-8"))
    capture = [tuple(step) for step in said["capture"]]
    return MappingProxyType(
        {
            name: Condition(name, row["label"], (*(tuple(step) for step in row["steps"]), *capture))
            for name, row in said["conditions"].items()
        }
    )


def under(condition: Condition, image: Image.Image, seed: str, dpi: float) -> Image.Image:
    """A print at `dpi` under this condition: strengths and places come from the seed alone."""
    draw = drawn(f"{seed}/strengths")
    steps = [(name, float(draw.uniform(least, most))) for name, least, most in condition.steps]
    return damage(image, steps, seed, dpi)
