"""What a service answers: a body ready for JSON, and what becomes headers.

Busy operations build their body as plain dictionaries, in the order and with the texts of their documented
shape; tests hold every answer against that shape. Others may answer the shape itself (a `Wire` model).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from msgspec import Struct, field
from msgspec.json import Encoder

JSON, CSV = "application/json", "text/csv"
Json = dict[str, Any]
"""A JSON object: texts, integers, booleans, lists and objects; a member without value is left out."""


class Later:
    """A text of a body that is made when the body is written: a signature, the costliest thing in it."""

    __slots__ = ("_make",)

    def __init__(self, make: Callable[[], str]) -> None:
        self._make = make

    def __str__(self) -> str:
        return self._make()


def _made(value: Any) -> str:
    if isinstance(value, Later):
        return str(value)
    raise TypeError(f"no JSON is known of a {type(value).__name__}")


_encode = Encoder(enc_hook=_made).encode


class Answer(Struct, frozen=True):
    """`revision` becomes the ETag, `location` the header of the same name.

    `parts`: further members of the body that are JSON already (a claim, as it was stored), written last.
    """

    body: Mapping[str, Any]
    revision: int | None = None
    location: str | None = None
    parts: Mapping[str, bytes] = field(default_factory=dict)

    def encoded(self) -> bytes:
        """The body as it goes out."""
        text = _encode(self.body)
        if not self.parts:
            return text
        whole = [text[:-1]]
        for name, part in self.parts.items():  # each by itself: what was just stored is already encoded
            whole += [b',"' if self.body or len(whole) > 1 else b'"', name.encode(), b'":', part]
        return b"".join([*whole, b"}"])


def told(result: Any) -> Any:
    """What a service answers, or what it answered that makes it."""
    return result() if callable(result) else result


class Whole(Struct):
    """An answer as it goes out; the gateway adds its own headers to these."""

    status: int
    headers: dict[str, str]
    body: bytes


class Drawing(NamedTuple):
    """What a service answers when the body is drawn after its unit of work, in a thread; `name`: of the file."""

    draw: Callable[[], bytes]
    name: str | None = None
