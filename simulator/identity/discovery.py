"""What a world publishes about itself: OAuth metadata, token keys, and the signed list of QR keys."""

from __future__ import annotations

from collections.abc import Set
from typing import Any

from simulator.identity import model
from simulator.kit import clock, signing
from simulator.worlds.model import World

TRUST_KID = "trust-1"
LIST_TYPE = "fse-keys+jwt"


def metadata(world: World) -> dict[str, Any]:
    """RFC 8414."""
    scopes = sorted({scope for granted in model.SCOPES.values() for scope in granted})
    return {
        "issuer": world.issuer,
        "token_endpoint": f"{world.issuer}/oauth2/token",
        "revocation_endpoint": f"{world.issuer}/oauth2/revoke",
        "jwks_uri": f"{world.issuer}/jwks.json",
        "fse_keys_uri": f"{world.issuer}/.well-known/fse-keys.json",
        "scopes_supported": scopes,
        "response_types_supported": [],
        "grant_types_supported": list(model.GRANTS),
        "token_endpoint_auth_methods_supported": ["private_key_jwt", "client_secret_basic"],
        "token_endpoint_auth_signing_alg_values_supported": ["ES256"],
        "revocation_endpoint_auth_methods_supported": ["private_key_jwt", "client_secret_basic"],
        "acr_values_supported": [model.EXECUTING_ACR, model.ISSUING_ACR],
    }


def token_keys(world: World) -> dict[str, Any]:
    """JWKS of access tokens and receipts, the current key first. No token signed by a revoked one is taken any more:
    it stays there to verify the receipts that it signed before `revoked_at`.
    """
    return {"keys": [{**key, "use": "sig", "alg": "ES256"} for key in generations(world)["token"]]}


def generations(world: World) -> dict[str, list[dict[str, Any]]]:
    """Every key of each kind (``qr``, ``token``), the newest first: public JWK, `kid`, `status`, `revoked_at`."""
    keys, marks = world.keys, world.marks
    qr = range(keys.qr_key_id, 0, -1)
    token = range(keys.token_generation, 0, -1)
    made, revoked = keys.token_generation_key, marks.token_keys
    tokens = [_generation(made(n), f"token-{n}", n == token[0], revoked.keys()) for n in token]
    return {
        "qr": [_generation(keys.qr_signer(n), n, n == qr[0], marks.qr_keys) for n in qr],
        "token": [{**key, **({"revoked_at": revoked[key["kid"]]} if key["kid"] in revoked else {})} for key in tokens],
    }


def _generation(key: signing.PrivateKey, kid: str | int, newest: bool, revoked: Set[str]) -> dict[str, Any]:
    status = "revoked" if str(kid) in revoked else "current" if newest else "retired"
    return {**signing.public_jwk(key, kid), "status": status}


def trust_anchor(world: World) -> dict[str, Any]:
    """Public JWK of the key that signs the list of QR keys; handed over outside the FSE API."""
    jwk = signing.public_jwk(world.keys.trust_key, TRUST_KID)
    return {**jwk, "use": "sig", "alg": "ES256"}


def qr_keys(world: World) -> dict[str, str]:
    """``{"keys": <compact JWS>}``: QR keys by their 16-bit id, signed by the trust anchor.

    `status` of each: ``current`` signs, ``retired`` still proves, ``revoked`` proves nothing any more.
    """
    payload = {
        "issuer": world.issuer,
        "environment": world.environment,
        "issued_at": clock.to_text(world.now()),
        "keys": generations(world)["qr"],
    }
    return {"keys": signing.jws(payload, world.keys.trust_key, kid=TRUST_KID, typ=LIST_TYPE)}
