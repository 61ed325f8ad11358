"""Wire shapes of the identity room."""

from __future__ import annotations

from typing import Any, Literal

from simulator.identity import model
from simulator.kit.wire import Instant, Wire


class TokenAnswer(Wire):
    """RFC 6749 §5.1; `warning` only in the first-hour mode."""

    access_token: str
    token_type: Literal["Bearer"]
    expires_in: int
    scope: str
    mode: Literal["software", "professional", "patient", "first-hour"]
    warning: str | None = None


class Metadata(Wire):
    """RFC 8414."""

    issuer: str
    token_endpoint: str
    revocation_endpoint: str
    jwks_uri: str
    fse_keys_uri: str
    scopes_supported: list[str]
    response_types_supported: list[str]
    grant_types_supported: list[str]
    token_endpoint_auth_methods_supported: list[str]
    token_endpoint_auth_signing_alg_values_supported: list[str]
    revocation_endpoint_auth_methods_supported: list[str]
    acr_values_supported: list[str]


class Jwk(Wire):
    """A public key."""

    kid: str
    kty: Literal["EC"]
    crv: Literal["P-256"]
    x: str
    y: str
    use: Literal["sig"]
    alg: Literal["ES256"]
    status: Literal["current", "retired", "revoked"]
    revoked_at: Instant | None = None


class Jwks(Wire):
    """RFC 7517."""

    keys: list[Jwk]


class QrKeys(Wire):
    """`keys`: compact JWS signed by the trust anchor."""

    keys: str


TOKEN_FORM: dict[str, Any] = {
    "type": "object",
    "required": ["grant_type"],
    "properties": {
        "grant_type": {"type": "string", "enum": list(model.GRANTS)},
        "client_assertion_type": {"type": "string", "enum": [model.CLIENT_ASSERTION]},
        "client_assertion": {"type": "string", "description": "JWT ES256, 300 s at most, single use"},
        "assertion": {"type": "string", "description": "JWT ES256 of a professional, agent or patient"},
        "inpe": {"type": "string", "pattern": "^[0-9]{9}$", "description": "first-hour mode only"},
        "patient": {
            "type": "string",
            "pattern": "^[0-9]{9}/[0-9]{1,2}$",
            "description": "first-hour mode only, instead of inpe: registration number/dependant rank",
        },
        "scope": {"type": "string"},
    },
}
REVOCATION_FORM: dict[str, Any] = {
    "type": "object",
    "required": ["token"],
    "properties": {
        "token": {"type": "string", "minLength": 1},
        "token_type_hint": {"type": "string", "enum": ["access_token"]},
        "client_assertion_type": {"type": "string", "enum": [model.CLIENT_ASSERTION]},
        "client_assertion": {"type": "string", "description": "JWT ES256, 300 s at most, single use"},
    },
}
