"""What the journal never keeps: credentials become ``redacted:sha256:<12 hex>``, equal for equal secrets."""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import lru_cache
from urllib.parse import parse_qsl, urlencode

from simulator.kit.ids import fingerprint

TOKEN_PATHS = ("/oauth2/token", "/oauth2/revoke")
SECRET_FIELDS = frozenset({"client_secret", "client_assertion", "assertion", "access_token", "token"})


def headers(given: Mapping[str, str]) -> dict[str, str]:
    """The same headers, `authorization` keeping its scheme and the fingerprint of its credential."""
    if "authorization" not in given:
        return dict(given)
    return {**given, "authorization": authorization(given["authorization"])}


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
    return urlencode([(k, fingerprint(v) if k in SECRET_FIELDS else v) for k, v in pairs]).encode()


def token_answer(body: bytes) -> bytes:
    """A token answer whose access token is a fingerprint, the same as in later requests."""
    try:
        return _json(body.decode())
    except ValueError:
        return body


def _json(text: str) -> bytes:
    value = json.loads(text)
    if not isinstance(value, dict):
        raise ValueError("not an object")
    clean = {k: fingerprint(str(v)) if k in SECRET_FIELDS else v for k, v in value.items()}
    return json.dumps(clean, ensure_ascii=False, separators=(",", ":")).encode()
