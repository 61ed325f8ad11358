"""HMAC-SHA-256 for short messages, many times under the same key.

The two inner states of a key are kept: a message costs two short hashes, and, unlike `hmac.digest`, never lets
another thread in (OpenSSL's one-shot call releases the interpreter for each message, however short).
"""

from __future__ import annotations

import hashlib
from functools import lru_cache
from typing import Any

_BLOCK = 64
_INNER = bytes(byte ^ 0x36 for byte in range(256))
_OUTER = bytes(byte ^ 0x5C for byte in range(256))


@lru_cache(maxsize=256)
def _states(key: bytes) -> tuple[Any, Any]:
    padded = (hashlib.sha256(key).digest() if len(key) > _BLOCK else key).ljust(_BLOCK, b"\0")
    return hashlib.sha256(padded.translate(_INNER)), hashlib.sha256(padded.translate(_OUTER))


def mac(key: bytes, message: bytes) -> bytes:
    """The 32 bytes of RFC 2104 over SHA-256."""
    inner, outer = _states(key)
    first = inner.copy()
    first.update(message)
    second = outer.copy()
    second.update(first.digest())
    return bytes(second.digest())
