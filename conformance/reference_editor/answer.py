"""What the platform answered, read without trusting it to make sense."""

from __future__ import annotations

import json
from dataclasses import dataclass

import httpx

from .records import Json, Unavailable
from .texts import NO_SENSE


@dataclass(frozen=True)
class Answer:
    """What the platform answered: ``body`` is the JSON object, or None when it was not one."""

    status: int
    headers: httpx.Headers
    content: bytes
    body: Json | None

    @property
    def ok(self) -> bool:
        return 200 <= self.status < 300

    @property
    def code(self) -> str | None:
        """The problem's slug, whatever the shape of the error."""
        code = (self.body or {}).get("code")
        return code if isinstance(code, str) else None

    def json(self) -> Json:
        """The JSON object of a success; Unavailable when the answer makes no sense."""
        if self.body is None:
            raise Unavailable(NO_SENSE)
        return self.body

    def etag(self) -> str:
        """The revision to give back in ``If-Match``: the header, otherwise made from the body."""
        return self.headers.get("ETag") or f'"{self.json()["revision"]}"'


def json_object(content: bytes) -> Json | None:
    """The JSON object in a body, or None: HTML, a truncated answer, a list…"""
    try:
        value = json.loads(content)
    except ValueError:
        return None
    return value if isinstance(value, dict) else None
