"""What a service answers: a body ready for JSON, and what becomes headers.

Busy operations build their body as plain dictionaries, in the order and with the texts of their documented
shape; tests hold every answer against that shape. Others may answer the shape itself (a `Wire` model).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from msgspec import Struct, field
from msgspec.json import encode

JSON, CSV = "application/json", "text/csv"
Json = dict[str, Any]
"""A JSON object: texts, integers, booleans, lists and objects; a member without value is left out."""


class Answer(Struct, frozen=True):
    """`revision` becomes the ETag, `location` the header of the same name.

    `parts`: further members of the body that are JSON text already (a claim, as it was stored), written last.
    `unsealed`: texts of the body that are to be signed before it goes out, by the seal of its route.
    """

    body: Mapping[str, Any]
    revision: int | None = None
    location: str | None = None
    parts: Mapping[str, str] = field(default_factory=dict)
    unsealed: tuple[str, ...] = ()

    def encoded(self) -> bytes:
        """The body as it goes out."""
        text = encode(self.body)
        if not self.parts:
            return text
        whole = [text[:-1]]
        for name, part in self.parts.items():  # each by itself: what was just stored is already encoded
            whole += [b',"' if self.body or len(whole) > 1 else b'"', name.encode(), b'":', part.encode()]
        return b"".join([*whole, b"}"])


class Whole(Struct):
    """An answer as it goes out; the gateway adds its own headers to these.

    Until it is sealed, each text of `unsealed` stands once in its body as a JSON text of its own.
    """

    status: int
    headers: dict[str, str]
    body: bytes
    unsealed: tuple[str, ...] = ()

    def sealed(self, seal: Callable[[str], str]) -> Whole:
        """The same with each of those texts as its seal makes it, always the same for the same text."""
        body = self.body
        for text in self.unsealed:
            body = body.replace(f'"{text}"'.encode(), f'"{seal(text)}"'.encode(), 1)
        return Whole(self.status, self.headers, body)


class Drawing(NamedTuple):
    """What a service answers when the body is drawn after its unit of work, in a thread; `name`: of the file."""

    draw: Callable[[], bytes]
    name: str | None = None
