"""What a world publishes about itself: OAuth metadata, token keys, and the signed list of QR keys."""

from __future__ import annotations

from typing import Any

from simulator.identity import model
from simulator.kit import bearer, clock, signing
from simulator.worlds.model import World

TRUST_KID = "trust-1"
LIST_TYPE = "fse-keys+jwt"


def metadata(world: World) -> dict[str, Any]:
    """RFC 8414."""
    scopes = sorted({scope for granted in model.SCOPES.values() for scope in granted})
    return {
        "issuer": world.issuer,
        "token_endpoint": f"{world.issuer}/oauth2/token",
        "jwks_uri": f"{world.issuer}/jwks.json",
        "fse_keys_uri": f"{world.issuer}/.well-known/fse-keys.json",
        "scopes_supported": scopes,
        "response_types_supported": [],
        "grant_types_supported": list(model.GRANTS),
        "token_endpoint_auth_methods_supported": ["private_key_jwt", "client_secret_basic"],
        "token_endpoint_auth_signing_alg_values_supported": ["ES256"],
        "acr_values_supported": [model.EXECUTING_ACR, model.ISSUING_ACR],
    }


def token_keys(world: World) -> dict[str, Any]:
    """JWKS of access tokens and receipts."""
    jwk = signing.public_jwk(world.keys.token_key, bearer.KEY_ID)
    return {"keys": [{**jwk, "use": "sig", "alg": "ES256"}]}


def trust_anchor(world: World) -> dict[str, Any]:
    """Public JWK of the key that signs the list of QR keys; handed over outside the FSE API."""
    jwk = signing.public_jwk(world.keys.trust_key, TRUST_KID)
    return {**jwk, "use": "sig", "alg": "ES256"}


def qr_keys(world: World) -> dict[str, str]:
    """``{"keys": <compact JWS>}``: QR keys by their 16-bit id, signed by the trust anchor."""
    current = signing.public_jwk(world.keys.qr_key, world.keys.qr_key_id)
    payload = {
        "issuer": world.issuer,
        "environment": world.environment,
        "issued_at": clock.to_text(world.now()),
        "keys": [{**current, "status": "current"}],
    }
    return {"keys": signing.jws(payload, world.keys.trust_key, kid=TRUST_KID, typ=LIST_TYPE)}
