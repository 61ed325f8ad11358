"""Identifiers of exchanges, and secrets of a server: the only true randomness of the simulator.

What identifies an exchange of a world is drawn by that world (`World.exchange_mark`).
"""

from __future__ import annotations

import hashlib
import hmac
import re
import secrets

_TRACEPARENT = re.compile(r"^[0-9a-f]{2}-([0-9a-f]{32})-[0-9a-f]{16}-[0-9a-f]{2}$")
_REQUEST_ID = re.compile(r"^[\x21-\x7e]{1,128}$")


def trace_id(traceparent: str | None, otherwise: str = "") -> str:
    """Trace id of a W3C `traceparent`; else `otherwise` (32 hex digits), or a new one."""
    found = _TRACEPARENT.match(traceparent or "")
    return found.group(1) if found else otherwise or secrets.token_hex(16)


def request_id(given: str | None, otherwise: str) -> str:
    """The caller's X-Request-ID when printable ASCII of at most 128 characters."""
    return given if given and _REQUEST_ID.match(given) else otherwise


def new_secret() -> str:
    """A bench token: 43 characters, unguessable."""
    return secrets.token_urlsafe(32)


def same(given: str, expected: str) -> bool:
    """Constant-time comparison."""
    return hmac.compare_digest(given.encode(), expected.encode())


def fingerprint(secret: str) -> str:
    """``redacted:sha256:<12 hex>``: shows equality, never the secret."""
    return f"redacted:sha256:{hashlib.sha256(secret.encode()).hexdigest()[:12]}"


def new_life() -> str:
    """What tells two worlds of the same name apart: 16 hex digits."""
    return secrets.token_hex(8)


def new_name() -> str:
    """A world's id when nobody gave one: ``w-`` and 10 hex digits."""
    return f"w-{secrets.token_hex(5)}"
