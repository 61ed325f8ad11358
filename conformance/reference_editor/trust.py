"""The keys that sign QR codes: believed only because the trust anchor signed the published list."""

from __future__ import annotations

import json
from dataclasses import dataclass

from cryptography.hazmat.primitives.asymmetric import ec
from joserfc import jws
from joserfc.errors import JoseError
from joserfc.jwk import ECKey

from .records import Json


class UntrustedKeys(ValueError):
    """The published list is not signed by the trust anchor, or is not for this platform."""


@dataclass(frozen=True)
class TrustedKeys:
    """The published keys by id, and the environment they sign for (``test``)."""

    environment: str
    by_id: dict[int, ec.EllipticCurvePublicKey]


def read_published_keys(answer: Json, anchor: Json, issuer: str) -> TrustedKeys:
    """Verify ``{"keys": "<compact JWS>"}`` (ES256) and read it; UntrustedKeys when anything is wrong."""
    try:
        signed = jws.deserialize_compact(answer["keys"], ECKey.import_key(anchor), algorithms=["ES256"])
        claims = json.loads(signed.payload)
        if claims["issuer"] != issuer:
            raise UntrustedKeys("the list was signed for another platform")
        return TrustedKeys(str(claims["environment"]), {int(key["kid"]): public_key(key) for key in claims["keys"]})
    except (JoseError, KeyError, TypeError, ValueError) as error:
        raise UntrustedKeys(str(error)) from error


def public_key(key: Json) -> ec.EllipticCurvePublicKey:
    """Retired keys stay in the list: they still prove what they signed."""
    imported = ECKey.import_key({name: key[name] for name in ("kty", "crv", "x", "y")}).public_key
    if not isinstance(imported, ec.EllipticCurvePublicKey):
        raise UntrustedKeys("not an elliptic curve key")
    return imported
