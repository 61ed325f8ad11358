"""The body of a request: whole, neither too large nor too slow in coming."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from starlette.types import Receive

from simulator.kit.problems import Problem
from simulator.worlds.patience import Patience

LARGEST = 1_000_000
TIMEOUT_S = 30.0


async def body(headers: Mapping[str, str], receive: Receive, patience: Patience) -> bytes:
    """Raises Problem payload-too-large, and request-timeout when patience is out."""
    try:
        return await patience.read(lambda: _whole(headers, receive))
    except TimeoutError:
        detail = f"Le corps de la requête n'est pas arrivé en entier en {TIMEOUT_S:.0f} s."
        raise Problem("request-timeout", detail, headers={"connection": "close"}) from None


async def _whole(headers: Mapping[str, str], receive: Receive) -> bytes:
    """Raises Problem payload-too-large beyond 1 MB, announced or not."""
    length = headers.get("content-length", "0")
    if length.isdigit() and int(length) > LARGEST:
        raise _too_large()
    parts: list[bytes] = []
    size = 0
    while True:
        message: Any = await receive()
        if message["type"] == "http.disconnect":
            return b"".join(parts)
        part = message.get("body", b"")
        size += len(part)
        if size > LARGEST:
            raise _too_large()
        if not message.get("more_body"):
            return b"".join([*parts, part]) if parts else part
        parts.append(part)


def _too_large() -> Problem:
    return Problem("payload-too-large", "Le corps de la requête dépasse 1 Mo.")
