"""The signature of a scan payload: ES256 over P-256, raw r ‖ s of 64 bytes, deterministic (RFC 6979).

Deterministic so that a reprint, an idempotent replay or a replayed run gives the same QR to the bit.
"""

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature, encode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256

from simulator.codes.payload import MAGIC, Scan, head, spell

_SIGN = ec.ECDSA(SHA256(), deterministic_signing=True)
_VERIFY = ec.ECDSA(SHA256())


def sign(scan: Scan, key: ec.EllipticCurvePrivateKey) -> str:
    """Return the payload text of a scan signed with a P-256 private key (an earlier signature is replaced).

    Raises ValueError if a field does not fit or if the key is on another curve.
    """
    if not isinstance(key.curve, ec.SECP256R1):
        raise ValueError("scan payloads are signed on P-256")
    body = head(scan)
    r, s = decode_dss_signature(key.sign(MAGIC + body, _SIGN))
    return spell(body + r.to_bytes(32, "big") + s.to_bytes(32, "big"))


def verify(scan: Scan, public_key: ec.EllipticCurvePublicKey) -> bool:
    """Tell whether the signature of a decoded scan was made by the owner of this key."""
    if len(scan.signature) != 64:
        return False
    r, s = int.from_bytes(scan.signature[:32], "big"), int.from_bytes(scan.signature[32:], "big")
    try:
        public_key.verify(encode_dss_signature(r, s), scan.signed_bytes, _VERIFY)
    except InvalidSignature:
        return False
    return True
