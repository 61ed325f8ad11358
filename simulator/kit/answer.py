"""What a service answers: a body ready for JSON, and what becomes headers.

Busy operations build their body as plain dictionaries, in the order and with the texts of their documented
shape; tests hold every answer against that shape. Others may answer the shape itself (a `Wire` model).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

Json = dict[str, Any]
"""A JSON object: texts, integers, booleans, lists and objects; a member without value is left out."""


@dataclass(frozen=True, slots=True)
class Answer:
    """`revision` becomes the ETag, `location` the header of the same name."""

    body: Mapping[str, Any]
    revision: int | None = None
    location: str | None = None
