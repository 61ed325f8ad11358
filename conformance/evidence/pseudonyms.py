"""Credentials in observations become stable keyed pseudonyms before anything is stored or judged.

Same value, same pseudonym, within one run: a check can still see that a token was reused or that a secret
stands in a URL. The key lives in memory for the length of the run and is then gone.
What is replaced: bearer tokens, assertions, client secrets, private key members. The scan secret and the
backup code of a sheet stay: they are what the printed page is judged on, and the sheet lives in a
synthetic world that is deleted with the case (ADR on document secrets).
"""

from __future__ import annotations

import hmac
import re
from hashlib import sha256
from typing import Any

_SECRET_MEMBERS = {
    "access_token": "token",
    "refresh_token": "token",
    "client_assertion": "assertion",
    "assertion": "assertion",
    "client_secret": "client-secret",
    "d": "private-key",
}
_FORM_MEMBER = re.compile(r"(?P<name>client_assertion|assertion|client_secret|access_token)=(?P<value>[^&\s]+)")
_JWT = re.compile(r"eyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]{16,}")
_BEARER = re.compile(r"(?i)^(bearer|basic) (.+)$")
#: Public signed objects that look like tokens but are meant to be read: the keys document and receipts.
_PUBLIC_MEMBERS = {"receipt", "keys"}


class Pseudonyms:
    """Replaces credentials in any JSON-like value. `key` is the run's secret, 32 bytes."""

    def __init__(self, key: bytes) -> None:
        self._key = key

    def name(self, kind: str, value: str) -> str:
        """`psn:<kind>:<16 hex>` for a value; the same for the same value, within a run."""
        if value.startswith("psn:"):
            return value
        digest = hmac.new(self._key, value.encode(), sha256).hexdigest()
        return f"psn:{kind}:{digest[:16]}"

    def text(self, value: str) -> str:
        """A text with its form members and JWTs replaced."""
        value = _FORM_MEMBER.sub(lambda m: f"{m['name']}={self.name(_SECRET_MEMBERS[m['name']], m['value'])}", value)
        return _JWT.sub(lambda m: self.name("token", m.group()), value)

    def clean(self, value: Any, member: str = "") -> Any:
        """A copy of a JSON-like value without credentials. Strings that hold JSON are cleaned inside."""
        if isinstance(value, dict):
            return {key: self.clean(item, str(key)) for key, item in value.items()}
        if isinstance(value, list | tuple):
            return [self.clean(item, member) for item in value]
        if not isinstance(value, str):
            return value
        if member in _SECRET_MEMBERS:
            return self.name(_SECRET_MEMBERS[member], value)
        if member in _PUBLIC_MEMBERS:
            return value
        if member.lower() == "authorization":
            found = _BEARER.match(value)
            return f"{found[1]} {self.name('token', found[2])}" if found else self.name("token", value)
        if value[:1] == "{" and any(f'"{name}"' in value for name in _SECRET_MEMBERS):
            return self._json(value)
        return value if any(f'"{name}"' in value for name in _PUBLIC_MEMBERS) else self.text(value)

    def _json(self, text: str) -> str:
        import json

        try:
            return json.dumps(self.clean(json.loads(text)), ensure_ascii=False)
        except (ValueError, RecursionError):
            return self.text(text)
