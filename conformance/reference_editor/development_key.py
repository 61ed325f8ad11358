"""The software's own client key: A DEVELOPMENT KEY, PUBLIC BY CONSTRUCTION, never for a real platform.

It is derived from the text below, so anyone can remake it; a platform only needs its public half.
A real editor replaces it with ``--key-file`` (a private JWK, readable by its owner only).
"""

from __future__ import annotations

import hashlib
import json
from functools import cache
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric import ec
from joserfc.jwk import ECKey

from .records import Json

CLIENT_ID = "editeur-reference"
KEY_ID = "ref-1"
_LABEL = b"banc-fse reference editor: development key, not a secret"
_ORDER_P256 = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551


@cache
def development_key() -> ECKey:
    """The deterministic P-256 key pair of the reference editor."""
    scalar = int.from_bytes(hashlib.sha512(_LABEL).digest()) % (_ORDER_P256 - 1) + 1
    return ECKey.import_key(ec.derive_private_key(scalar, ec.SECP256R1()))


def key_from_file(path: Path) -> ECKey:
    """A private JWK kept in a file. ValueError or OSError when it is not one."""
    key = ECKey.import_key(json.loads(path.read_text(encoding="utf-8")))
    if not key.is_private:
        raise ValueError("the file holds no private key")
    return key


def public_jwks(key: ECKey | None = None, key_id: str = KEY_ID) -> Json:
    """The public JWK set to register for this software: ``{"keys": [{"kty", "crv", "x", "y", "kid"}]}``."""
    public = (key or development_key()).as_dict(private=False)
    return {"keys": [{**public, "kid": key_id, "use": "sig", "alg": "ES256"}]}
