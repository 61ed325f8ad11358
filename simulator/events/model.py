"""Rules of events: their types and ids, which URLs may be called, when a delivery is tried again. Pure."""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
from typing import Literal, get_args

EventType = Literal[
    "care-sheet.executed",
    "care-sheet.cancelled",
    "care-sheet.cancellation-requested",
    "care-sheet.replaced",
    "care-sheet.reissued",
    "execution.amended",
    "execution.withdrawn",
    "late-execution.to-reconcile",
    "keys.rotated",
]
TYPES: tuple[str, ...] = get_args(EventType)
_ID = re.compile(r"^evt-([0-9]{8,15})([a-z2-7]{10})$")


def event_id(secret: bytes, client: str, seq: int) -> str:
    """``evt-`` + rank in the client's feed + 10 characters bound to world and client: nothing to store or to index."""
    mac = hmac.new(secret, f"event|{client}|{seq}".encode(), hashlib.sha256).digest()
    return f"evt-{seq:08d}{base64.b32encode(mac)[:10].decode().lower()}"


def rank(secret: bytes, client: str, identifier: str) -> int | None:
    """The rank of an event of this client; None for any other text."""
    found = _ID.match(identifier)
    if found is None:
        return None
    seq = int(found.group(1))
    return seq if event_id(secret, client, seq) == identifier else None
