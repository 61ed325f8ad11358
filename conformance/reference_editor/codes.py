"""The care sheet's number, its backup code and its QR payload, as the reader's software understands them.

Rules (domain, section 3): the number is 16 digits, ISO 7064 MOD 97-10; the backup code is 8 Crockford
base-32 characters and a Luhn mod 32 check character; the payload is ``FSE1:`` + Base45 of 95 bytes, of which
the last 64 are an ES256 signature over ``FSE1`` and the first 31. All errors are :class:`BadCode`.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass
from datetime import date, timedelta

import base45
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature

CROCKFORD = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
PREFIX = "FSE1:"
EPOCH = date(2024, 1, 1)
FLAG_TEST, FLAG_DUPLICATE = 1, 2
_BODY = struct.Struct(">BH7sHHB16s")  # version, key id, number, issue day, last day, flags, secret
_SEPARATORS = " \t\r\n-.\u00a0\u202f"


class BadCode(ValueError):
    """What was typed or read is not a well-formed code. ``reason``: shape, check-digit, version or number."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


def _without_separators(raw: str) -> str:
    return "".join(character for character in raw if character not in _SEPARATORS)


def check_number(raw: str) -> str:
    """The 16 digits of a typed number, separators removed; BadCode when the check digits are wrong."""
    digits = _without_separators(raw)
    if len(digits) != 16 or not (digits.isascii() and digits.isdigit()):
        raise BadCode("shape")
    if digits[14:] != f"{98 - int(digits[:14] + '00') % 97:02d}":
        raise BadCode("check-digit")
    return digits


def grouped(number: str) -> str:
    """``2604 8173 9055 2494``: how a number is shown and printed."""
    return " ".join(number[start : start + 4] for start in range(0, len(number), 4))


def check_backup_code(raw: str) -> str:
    """The 9 characters of a typed backup code (I and L read as 1, O as 0); BadCode if it cannot be right."""
    code = _without_separators(raw).upper().translate(str.maketrans("ILO", "110"))
    if len(code) != 9 or any(character not in CROCKFORD for character in code):
        raise BadCode("shape")
    total = 0
    for position, character in enumerate(reversed(code)):
        value = CROCKFORD.index(character) * (1 + position % 2)
        total += value // 32 + value % 32
    if total % 32:
        raise BadCode("check-digit")
    return code


@dataclass(frozen=True)
class Payload:
    """What a QR says: nothing about the patient, and nothing to believe before its signature is verified."""

    key_id: int
    number: str
    issued: date
    valid_until: date
    flags: int
    signed: bytes
    signature: bytes

    @property
    def is_test(self) -> bool:
        return bool(self.flags & FLAG_TEST)

    @property
    def is_duplicate(self) -> bool:
        return bool(self.flags & FLAG_DUPLICATE)


def decode_payload(text: str) -> Payload:
    """Read ``FSE1:…``; BadCode unless it is exactly 95 bytes of version 1 with a well-formed number."""
    if not text.startswith(PREFIX):
        raise BadCode("shape")
    try:
        raw = base45.b45decode(text[len(PREFIX) :])
    except ValueError as error:
        raise BadCode("shape") from error
    if len(raw) != _BODY.size + 64:
        raise BadCode("shape")
    version, key_id, number, issued, last, flags, _secret = _BODY.unpack_from(raw)
    if version != 1:
        raise BadCode("version")
    try:
        digits = check_number(f"{int.from_bytes(number):016d}")
    except BadCode as error:
        raise BadCode("number") from error
    return Payload(
        key_id=key_id,
        number=digits,
        issued=EPOCH + timedelta(days=issued),
        valid_until=EPOCH + timedelta(days=last),
        flags=flags,
        signed=b"FSE1" + raw[: _BODY.size],
        signature=raw[_BODY.size :],
    )


def signature_is_good(payload: Payload, key: ec.EllipticCurvePublicKey) -> bool:
    """Whether ``key`` signed this payload (ES256, r‖s)."""
    r, s = (int.from_bytes(half) for half in (payload.signature[:32], payload.signature[32:]))
    try:
        key.verify(encode_dss_signature(r, s), payload.signed, ec.ECDSA(hashes.SHA256()))
    except InvalidSignature:
        return False
    return True
