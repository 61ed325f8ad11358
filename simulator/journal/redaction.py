"""What the journal never keeps: credentials become ``redacted:sha256:<12 hex>``, equal for equal secrets."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from functools import lru_cache
from urllib.parse import parse_qsl, unquote_plus, urlencode

from simulator.kit.ids import fingerprint

TOKEN_PATHS = ("/oauth2/token", "/oauth2/revoke")
SECRET_FIELDS = frozenset({"client_secret", "client_assertion", "assertion", "access_token", "token", "secret"})
PLAIN_FIELDS = frozenset({"grant_type", "client_assertion_type", "scope", "inpe", "patient", "token_type_hint"})
"""Fields of a token request that are kept: any other, or what a form that is none seems to name, may be a secret."""
MARK = re.compile("redacted(?::|%3A)sha256(?::|%3A)([0-9a-f]{12})")
"""What stands for a credential, as it is or in a query."""
SUBSCRIPTIONS = "/v1/subscriptions"
DOCUMENTS = "/documents"
_HEADERS = re.compile("authori[sz]ation|authentication|cookie|token|secret|assertion|password|api-?key")
_NAMED = (
    b"(?:client(?:_|-|%5f)?secret|client(?:_|-|%5f)?assertion|assertion|access(?:_|-|%5f)?token|token|secret|password)"
)
_IN_JSON = re.compile(b'("' + _NAMED + b'"\\s*:\\s*")((?:[^"\\\\]|\\\\.)+)(?=")', re.I)
_IN_FORM = re.compile(b"((?:^|[&;])" + _NAMED + b'(?:\\[]|%5b%5d)?=)([^&;\\s"]+)', re.I)
_UNREADABLE = (ValueError, RecursionError)
"""What reading JSON, and writing it again, may raise."""
_SIGNED = re.compile(rb"eyJ[\w-]+\.eyJ[\w-]*\.[\w-]*")


def headers(given: Mapping[str, str]) -> dict[str, str]:
    """The same headers, those that carry a credential keeping their scheme and its fingerprint."""
    return {name: authorization(value) if _secret_header(name) else value for name, value in given.items()}


@lru_cache(maxsize=512)
def _secret_header(name: str) -> bool:
    return _HEADERS.search(name) is not None


def astray(body: bytes) -> bytes:
    """The body of a call that is no token request, without the secrets that it names as if it were one: a token asked
    for at a wrong address, or in a wrong form.
    """
    small = body.lower()
    if b"secret" not in small and b"token" not in small and b"assertion" not in small and b"password" not in small:
        return body
    return _IN_FORM.sub(_hidden, _IN_JSON.sub(_hidden, body))


def _hidden(found: re.Match[bytes]) -> bytes:
    return found[1] + fingerprint(found[2].decode("latin-1")).encode()


def query(text: str) -> str:
    """A query string; one that names a secret, which has no place there, is spelled again without its value."""
    if not text:
        return text
    read = unquote_plus(text).lower()
    if not any(name in read for name in SECRET_FIELDS):
        return text
    pairs = parse_qsl(text, keep_blank_values=True)
    return urlencode([(k, fingerprint(v) if v and _secret(k, v) else v) for k, v in pairs])


def _secret(name: str, value: str) -> bool:
    """Whether a pair of a query names a secret; a semicolon may hide another pair in its value."""
    told, hidden = name.strip().lower().removesuffix("[]"), value.lower()
    return told in SECRET_FIELDS or any(f"{each}=" in hidden for each in SECRET_FIELDS)


def signed(text: bytes) -> bytes:
    """A text without the signed tokens that stand where none has its place: a path, a header, the body of a call."""
    if b"J" not in text or b"eyJ" not in text:  # one byte is found many times faster than three, and J is rare
        return text
    return _SIGNED.sub(lambda found: fingerprint(found[0].decode()).encode(), text)


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
            return _json(text, kept=PLAIN_FIELDS)
        pairs = parse_qsl(text, keep_blank_values=True, strict_parsing=True, max_num_fields=100)
    except _UNREADABLE:
        return fingerprint(body.decode("latin-1")).encode()
    if any(k not in PLAIN_FIELDS | SECRET_FIELDS and not k.isidentifier() for k, _ in pairs):
        return fingerprint(text).encode()
    return urlencode([(k, v if k in PLAIN_FIELDS else fingerprint(v)) for k, v in pairs]).encode()


def secret_answer(body: bytes) -> bytes:
    """An answer that hands a secret over: its fingerprint stands there, the same as in later requests. One that cannot
    be read (a fault cut it) is replaced as a whole.
    """
    try:
        return _json(body.decode())
    except _UNREADABLE:
        return fingerprint(body.decode("latin-1")).encode() if body else body


def document(body: bytes) -> bytes:
    """A request that sends a document, without it: its fingerprint stands there; all of a request not as expected."""
    try:
        value = json.loads(body.decode())
        if not isinstance(value, dict) or set(value) - {"kind", "media_type", "content"}:
            raise ValueError("not a document")
        kept = {k: fingerprint(str(v)) if k == "content" else v for k, v in value.items()}
        return json.dumps(kept, ensure_ascii=False).encode()
    except _UNREADABLE:
        return fingerprint(body.decode("latin-1")).encode()


def _json(text: str, kept: frozenset[str] | None = None) -> bytes:
    """Without the fields that hold a secret; with those of `kept` only."""
    value = json.loads(text)
    if not isinstance(value, dict):
        raise ValueError("not an object")
    if kept is not None and any(not k.isidentifier() for k in value):
        raise ValueError("not a request for a token")
    clean = {
        k: v if (k not in SECRET_FIELDS if kept is None else k in kept and isinstance(v, str)) else fingerprint(str(v))
        for k, v in value.items()
    }
    return json.dumps(clean, ensure_ascii=False, separators=(",", ":")).encode()
