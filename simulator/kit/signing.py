"""Keys derived from a seed, deterministic ES256 (RFC 6979), compact JWS and JWKs.

Same seed, same keys, same signatures: for test worlds only. The instance key of a server that signs
journals never comes from here.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import (
    decode_dss_signature,
    encode_dss_signature,
)
from cryptography.hazmat.primitives.hashes import SHA256
from msgspec.json import encode

PrivateKey = ec.EllipticCurvePrivateKey
PublicKey = ec.EllipticCurvePublicKey
_URL_SAFE = bytes.maketrans(b"+/", b"-_")
_ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
_ES256 = ec.ECDSA(SHA256(), deterministic_signing=True)
_ES256_VERIFY = ec.ECDSA(SHA256())


class BadToken(ValueError):
    """Not a compact JWS, or not signed by that key; the message is for a developer, in French."""


def derive(seed: str, label: str) -> bytes:
    """64 bytes that only (seed, label) decide."""
    return hmac.new(seed.encode(), label.encode(), hashlib.sha512).digest()


def derive_key(seed: str, label: str) -> PrivateKey:
    """P-256 private key of (seed, label)."""
    scalar = int.from_bytes(derive(seed, label), "big") % (_ORDER - 1) + 1
    return ec.derive_private_key(scalar, ec.SECP256R1())


def sign(key: PrivateKey, data: bytes) -> bytes:
    """ES256 signature r‖s, 64 bytes, the same each time."""
    r, s = decode_dss_signature(key.sign(data, _ES256))
    return r.to_bytes(32, "big") + s.to_bytes(32, "big")


def verify(key: PublicKey, data: bytes, signature: bytes) -> bool:
    """True when `signature` (r‖s) is that of `data`."""
    if len(signature) != 64:
        return False
    r, s = int.from_bytes(signature[:32], "big"), int.from_bytes(signature[32:], "big")
    try:
        key.verify(encode_dss_signature(r, s), data, _ES256_VERIFY)
    except InvalidSignature:
        return False
    return True


def b64(data: bytes) -> str:
    return binascii.b2a_base64(data, newline=False).translate(_URL_SAFE).rstrip(b"=").decode()


def unb64(text: str) -> bytes:
    """Raises ValueError for a text that is not base64url without padding."""
    raw = base64.b64decode(text.encode("ascii") + b"=" * (-len(text) % 4), b"-_", validate=True)
    if b64(raw) != text:
        raise ValueError("not canonical base64url")
    return raw


def jws(claims: Mapping[str, Any], key: PrivateKey, *, kid: str, typ: str = "JWT") -> str:
    """Compact JWS, ES256."""
    return signed(unsigned(claims, kid=kid, typ=typ), key)


def unsigned(claims: Mapping[str, Any], *, kid: str, typ: str = "JWT") -> str:
    """A compact JWS but for its signature."""
    return f"{_header(kid, typ)}.{b64(encode(claims))}"


def signed(text: str, key: PrivateKey) -> str:
    """That text with its signature."""
    return f"{text}.{b64(sign(key, text.encode()))}"


@lru_cache(maxsize=64)
def _header(kid: str, typ: str) -> str:
    return b64(encode({"alg": "ES256", "kid": kid, "typ": typ}))


@dataclass(frozen=True)
class Unverified:
    """A well-formed compact JWS, nothing trusted yet."""

    header: Mapping[str, Any]
    claims: Mapping[str, Any]
    signed: bytes
    signature: bytes

    def verified(self, key: PublicKey) -> Mapping[str, Any]:
        """The claims; raises BadToken unless ES256 by `key`."""
        if self.header.get("alg") != "ES256" or "crit" in self.header:
            raise BadToken("l'algorithme de signature doit être ES256")
        if not verify(key, self.signed, self.signature):
            raise BadToken("la signature ne correspond pas à la clé annoncée")
        return self.claims


def open_jws(token: str) -> Unverified:
    """Take a compact JWS apart; raises BadToken."""
    try:
        head, body, signature = token.split(".")
        header, claims = json.loads(unb64(head)), json.loads(unb64(body))
        raw = unb64(signature)
    except (ValueError, RecursionError):
        raise BadToken("ce n'est pas un JWT compact") from None
    if not isinstance(header, dict) or not isinstance(claims, dict):
        raise BadToken("ce n'est pas un JWT compact")
    return Unverified(header, claims, f"{head}.{body}".encode(), raw)


def public_jwk(key: PrivateKey | PublicKey, kid: str | int | None = None) -> dict[str, Any]:
    """Public JWK (`kty`, `crv`, `x`, `y`, and `kid` when given)."""
    public = key.public_key() if isinstance(key, PrivateKey) else key
    numbers = public.public_numbers()
    jwk: dict[str, Any] = {
        "kty": "EC",
        "crv": "P-256",
        "x": b64(numbers.x.to_bytes(32, "big")),
        "y": b64(numbers.y.to_bytes(32, "big")),
    }
    return jwk if kid is None else {"kid": kid, **jwk}


def private_jwk(key: PrivateKey, kid: str) -> dict[str, Any]:
    """Private JWK: given only to the bench, for test credentials."""
    return {
        **public_jwk(key, kid),
        "d": b64(key.private_numbers().private_value.to_bytes(32, "big")),
    }


def load_public_jwk(jwk: Mapping[str, Any]) -> PublicKey:
    """P-256 public key of a JWK; raises ValueError."""
    if jwk.get("kty") != "EC" or jwk.get("crv") != "P-256":
        raise ValueError("the JWK is not an EC P-256 key")
    try:
        x, y = int.from_bytes(unb64(jwk["x"]), "big"), int.from_bytes(unb64(jwk["y"]), "big")
    except (KeyError, AttributeError, TypeError):
        raise ValueError("the JWK lacks x or y") from None
    return ec.EllipticCurvePublicNumbers(x, y, ec.SECP256R1()).public_key()
