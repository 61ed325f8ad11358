"""Rules of events: their types, ids and payload, and what follows from the answer of a receiver. Pure."""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
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
    "prior-approval.decided",
    "claim.decided",
    "claim.paid",
    "keys.rotated",
]
TYPES: tuple[str, ...] = get_args(EventType)
DeliveryStatus = Literal["pending", "delivered", "abandoned"]
GONE = 410
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


def webhook_secret(secret: bytes, subscription: str) -> str:
    """``whsec_`` + base64 of 32 bytes (Standard Webhooks); derived from the platform secret, stored nowhere."""
    key = hmac.new(secret, f"webhook-secret|{subscription}".encode(), hashlib.sha256).digest()
    return "whsec_" + base64.b64encode(key).decode()


@dataclass(frozen=True, slots=True)
class Event:
    """One row of a client's feed: `at` is world time as text, `data` the JSON of the payload's member."""

    client: str
    seq: int
    type: str
    at: str
    data: str

    def text(self, secret: bytes) -> str:
        """The JSON of this event, the same in the feed and in a webhook."""
        identifier = event_id(secret, self.client, self.seq)
        return f'{{"id":"{identifier}","type":"{self.type}","timestamp":"{self.at}","data":{self.data}}}'


@dataclass(frozen=True, slots=True)
class Outcome:
    """What an attempt met: an HTTP status, or `error`: ``timeout``, ``connection``; not tried: ``url-refused``,
    ``client-suspended``, ``delayed`` (a fault of the bench).
    """

    status: int | None = None
    error: str | None = None

    @property
    def delivered(self) -> bool:
        return self.status is not None and 200 <= self.status < 300

    @property
    def gone(self) -> bool:
        """The receiver wants no more: 410 disables the subscription."""
        return self.status == GONE


def following(
    outcome: Outcome, tries: int, at: datetime, delays: Sequence[timedelta]
) -> tuple[DeliveryStatus, datetime | None]:
    """(status, world time of the next attempt) after attempt number `tries` ≥ 1, made at world time `at`."""
    if outcome.delivered:
        return "delivered", None
    if outcome.gone or tries > len(delays):
        return "abandoned", None
    return "pending", at + delays[tries - 1]
