"""What a service answers: a body ready for JSON, and what becomes headers.

Busy operations build their body as plain dictionaries, in the order and with the texts of their documented
shape; tests hold every answer against that shape. Others may answer the shape itself (a `Wire` model).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from pydantic_core import to_json
from starlette.responses import Response

Json = dict[str, Any]
"""A JSON object: texts, integers, booleans, lists and objects; a member without value is left out."""


@dataclass(frozen=True, slots=True)
class Answer:
    """`revision` becomes the ETag, `location` the header of the same name.

    `parts`: further members of the body that are JSON text already (a claim, as it was stored), written last.
    """

    body: Mapping[str, Any]
    revision: int | None = None
    location: str | None = None
    parts: Mapping[str, str] = field(default_factory=dict)

    def encoded(self) -> bytes:
        """The body as it goes out."""
        text = to_json(self.body)
        if not self.parts:
            return text
        more = ",".join(f'"{name}":{part}' for name, part in self.parts.items())
        return text[:-1] + (b"," if self.body else b"") + more.encode() + b"}"


class Whole(Response):
    """An answer as the gateway sends it, with its headers as texts: a response that nobody else renders."""

    def __init__(self, status: int, headers: dict[str, str], body: bytes) -> None:
        self.status_code, self.texts, self.body = status, headers, body
        self.background = None
