"""What the journal never keeps: credentials become ``redacted:sha256:<12 hex>``, equal for equal secrets."""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import lru_cache
from urllib.parse import parse_qsl, urlencode

from simulator.kit.ids import fingerprint

TOKEN_PATHS = ("/oauth2/token", "/oauth2/revoke")
SECRET_FIELDS = frozenset({"client_secret", "client_assertion", "assertion", "access_token", "token", "secret"})
PLAIN_FIELDS = frozenset({"grant_type", "client_assertion_type", "scope", "inpe", "patient", "token_type_hint"})
"""Fields of a token request that are kept: any other, or what a form that is none seems to name, may be a secret."""
SUBSCRIPTIONS = "/v1/subscriptions"
DOCUMENTS = "/documents"
_HEADERS = ("authorization", "proxy-authorization", "cookie")


def headers(given: Mapping[str, str]) -> dict[str, str]:
    """The same headers, those that carry a credential keeping their scheme and its fingerprint."""
    return {**given, **{name: authorization(given[name]) for name in _HEADERS if name in given}}


def query(text: str) -> str:
    """A query string; one that names a secret, which has no place there, is spelled again without its value."""
    if not text or not any(name in text for name in SECRET_FIELDS):
        return text
    pairs = parse_qsl(text, keep_blank_values=True)
    return urlencode([(k, fingerprint(v) if k in SECRET_FIELDS else v) for k, v in pairs])


def token_path(path: str) -> bool:
    """Is it where secrets are sent, or was it meant to be?"""
    return path.rstrip("/") in TOKEN_PATHS


@lru_cache(maxsize=1024)
def authorization(value: str) -> str:
    """``Bearer xyz`` → ``Bearer redacted:sha256:…``: the fingerprint of the credential alone."""
    scheme, _, credential = value.partition(" ")
    if not credential:
        return fingerprint(value)
    return f"{scheme} {fingerprint(credential.strip())}"


def token_request(body: bytes, media_type: str) -> bytes:
    """A token request without its secrets; a body that cannot be read is replaced as a whole."""
    if not body:
        return body
    try:
        text = body.decode()
        if "json" in media_type:
            return _json(text)
        pairs = parse_qsl(text, keep_blank_values=True, strict_parsing=True, max_num_fields=100)
    except ValueError:
        return fingerprint(body.decode("latin-1")).encode()
    if any(k not in PLAIN_FIELDS | SECRET_FIELDS and not k.isidentifier() for k, _ in pairs):
        return fingerprint(text).encode()
    return urlencode([(k, v if k in PLAIN_FIELDS else fingerprint(v)) for k, v in pairs]).encode()


def secret_answer(body: bytes) -> bytes:
    """An answer that hands a secret over: its fingerprint stands there, the same as in later requests."""
    try:
        return _json(body.decode())
    except ValueError:
        return body


def document(body: bytes) -> bytes:
    """A request that sends a document, without it: its fingerprint stands there; all of a request not as expected."""
    try:
        value = json.loads(body.decode())
    except ValueError:
        return fingerprint(body.decode("latin-1")).encode()
    if not isinstance(value, dict) or set(value) - {"kind", "media_type", "content"}:
        return fingerprint(body.decode("latin-1")).encode()
    kept = {k: fingerprint(str(v)) if k == "content" else v for k, v in value.items()}
    return json.dumps(kept, ensure_ascii=False).encode()


def _json(text: str) -> bytes:
    value = json.loads(text)
    if not isinstance(value, dict):
        raise ValueError("not an object")
    clean = {k: fingerprint(str(v)) if k in SECRET_FIELDS else v for k, v in value.items()}
    return json.dumps(clean, ensure_ascii=False, separators=(",", ":")).encode()
