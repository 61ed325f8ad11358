"""The hostile corpus (`hostile.yaml`): texts that are no sheet, which a software and a platform refuse calmly."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from client.codes import decode, to_base45
from qrlab.render import vectors


@dataclass(frozen=True)
class Hostile:
    """One text: a machine name, its family, and what arrives."""

    name: str
    family: str
    text: str


@cache
def corpus() -> tuple[Hostile, ...]:
    """Every hostile text, in the order of the file."""
    rows = yaml.safe_load(Path(__file__).with_name("hostile.yaml").read_text("utf-8"))
    return tuple(Hostile(row["name"], row["family"], _text(row)) for row in rows)


def _text(row: dict[str, Any]) -> str:
    plain = vectors()["plain"]
    if "vector" in row:
        return vectors()[f"altered/{row['vector']}"]
    if row.get("swapped"):  # every pair of bytes the other way round
        good = decode(plain)
        data = bytearray(good.body + good.signature)
        data[0:94:2], data[1:94:2] = data[1:94:2], data[0:94:2]
        return "FSE1:" + to_base45(bytes(data))
    if row.get("twice"):
        return plain + plain
    text = str(row["text"]) * int(row.get("repeat", 1))
    return text + "\ud800" if row.get("surrogate") else text
