"""The codes of a sheet, written a second time for the suite: it must not judge with the simulator's own code.

Reads and verifies scan payloads, and makes the adverse ones: each alteration changes exactly one thing of a
good payload. Nothing here is shared with `simulator.codes`; `fixtures/vectors` ties the implementations.
"""

from __future__ import annotations

import base64
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Literal, get_args

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, utils

from client.keyboards import as_azerty as as_azerty

CHARSET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:"

Alteration = Literal[
    "signature", "number", "check-digit", "secret", "key-id", "issued-day", "valid-until", "expired",
    "environment", "duplicate", "version", "prefix", "truncated", "garbled",
]  # fmt: skip
ALTERATIONS: tuple[Alteration, ...] = get_args(Alteration)


class CodeFault(ValueError):
    """A payload refused; `code` is the problem an honest reader gives, `reason` the finer cause.

    Codes: `unreadable-scan`, `wrong-environment`, `unknown-key`, `revoked-key`, `forged-scan`.
    """

    def __init__(self, code: str, reason: str) -> None:
        super().__init__(f"{code} ({reason})")
        self.code = code
        self.reason = reason


@dataclass(frozen=True)
class Decoded:
    """The fields of a payload. `body` is the 31 bytes the signature covers after `FSE1`."""

    version: int
    key_id: int
    number: str
    issued_on: date
    valid_until: date
    flags: int
    secret: bytes
    signature: bytes
    body: bytes

    @property
    def test(self) -> bool:
        """Flag of the test environment."""
        return self.flags & 0x01 == 0x01

    @property
    def duplicate(self) -> bool:
        """Flag of a duplicate."""
        return self.flags & 0x02 == 0x02


def decode(payload: str) -> Decoded:
    """Read a clean payload of 148 characters. Raises `CodeFault` (`unreadable-scan`)."""
    data = _bytes_of(payload)
    if data[0] != 1:
        raise CodeFault("unreadable-scan", "unknown-version")
    number = str(int.from_bytes(data[3:10], "big")).rjust(16, "0")
    if not check_number(number):
        raise CodeFault("unreadable-scan", "wrong-check-digit")
    first_day = date(2024, 1, 1)
    return Decoded(
        version=data[0],
        key_id=data[1] * 256 + data[2],
        number=number,
        issued_on=first_day + timedelta(days=data[10] * 256 + data[11]),
        valid_until=first_day + timedelta(days=data[12] * 256 + data[13]),
        flags=data[14],
        secret=data[15:31],
        signature=data[31:],
        body=data[:31],
    )


def verify(payload: str, keys: Iterable[Mapping[str, Any]], test: bool | None = None) -> Decoded:
    """Read a payload and check its signature against published keys (`kid` integer, JWK `x` and `y`, `status`).

    `test` is the environment expected, None when it does not matter. Raises `CodeFault`: `unreadable-scan`,
    `wrong-environment`, `unknown-key`, `revoked-key` or `forged-scan`, looked for in this order.
    """
    decoded = decode(payload)
    if test is not None and decoded.test != test:
        raise CodeFault("wrong-environment", f"flags {decoded.flags}")
    jwk = next((key for key in keys if int(key["kid"]) == decoded.key_id), None)
    if jwk is None:
        raise CodeFault("unknown-key", f"key {decoded.key_id}")
    if jwk.get("status") == "revoked":
        raise CodeFault("revoked-key", f"key {decoded.key_id}")
    x, y = (int.from_bytes(base64.urlsafe_b64decode(jwk[axis] + "=="), "big") for axis in ("x", "y"))
    r, s = (int.from_bytes(decoded.signature[at : at + 32], "big") for at in (0, 32))
    public = ec.EllipticCurvePublicNumbers(x, y, ec.SECP256R1()).public_key()
    try:
        public.verify(utils.encode_dss_signature(r, s), b"FSE1" + decoded.body, ec.ECDSA(hashes.SHA256()))
    except InvalidSignature:
        raise CodeFault("forged-scan", "signature") from None
    return decoded


def alter(payload: str, what: Alteration, signed_by: ec.EllipticCurvePrivateKey | None = None) -> str:
    """Return a payload that differs from a good one by exactly one thing.

    With `signed_by` the altered fields are signed again: by a stranger's key, the work of a careful forger;
    by the issuer's own, a sheet that really is so (an expired one, say).

    | alteration | an honest reader says |
    |---|---|
    | signature, number, secret, issued-day, valid-until, expired, duplicate | forged-scan |
    | environment (test flag cleared) | wrong-environment |
    | key-id | unknown-key |
    | check-digit, version, prefix, truncated, garbled | unreadable-scan |

    Raises `CodeFault` if the payload given is not readable.
    """
    good = decode(payload)
    match what:
        case "prefix":
            return "FSE9:" + payload[5:]
        case "truncated":
            return payload[:-3]
        case "garbled":  # three characters worth more than two bytes: no byte string has this text
            return payload[:5] + ":::" + payload[8:]
    data = bytearray(good.body + good.signature)
    match what:
        case "signature":
            data[-1] ^= 0x01
        case "number":
            data[3:10] = int(another_number(good.number)).to_bytes(7, "big")
        case "check-digit":
            data[3:10] = int(wrong_check_digit(good.number)).to_bytes(7, "big")
        case "secret":
            data[30] ^= 0x01
        case "key-id":
            data[1:3] = (good.key_id ^ 0x5555).to_bytes(2, "big")
        case "issued-day":
            data[11] ^= 0x01
        case "valid-until":  # one year more
            data[12:14] = min(int.from_bytes(data[12:14], "big") + 365, 0xFFFF).to_bytes(2, "big")
        case "expired":  # valid on the day of issue only
            data[12:14] = data[10:12]
        case "environment":
            data[14] &= 0xFE
        case "duplicate":
            data[14] ^= 0x02
        case "version":
            data[0] = 2
    if signed_by is not None and what != "signature":
        algorithm = ec.ECDSA(hashes.SHA256(), deterministic_signing=True)
        r, s = utils.decode_dss_signature(signed_by.sign(b"FSE1" + bytes(data[:31]), algorithm))
        data[31:] = r.to_bytes(32, "big") + s.to_bytes(32, "big")
    return "FSE1:" + to_base45(bytes(data))


def check_number(number: str) -> bool:
    """Tell whether 16 bare digits pass ISO 7064 MOD 97-10."""
    if len(number) != 16 or any(digit not in "0123456789" for digit in number):
        return False
    return _remainder(number) == 1 and number[14:] not in ("00", "01", "99")


def wrong_check_digit(number: str) -> str:
    """Return the number with its last digit mistyped (16 digits, wrong check)."""
    return number[:15] + str((int(number[15]) + 1) % 10)


def another_number(number: str) -> str:
    """Return a well-formed number that differs from the given one (its body plus one, its own check)."""
    stem = f"{(int(number[:14]) + 1) % 10**14:014d}"
    return f"{stem}{98 - _remainder(stem + '00'):02d}"


def to_base45(data: bytes) -> str:
    """Encode bytes as RFC 9285 says: two bytes in three characters, a last byte alone in two."""
    text = []
    for at in range(0, len(data), 2):
        chunk = data[at : at + 2]
        value = int.from_bytes(chunk, "big")
        for _ in range(len(chunk) + 1):
            value, digit = divmod(value, 45)
            text.append(CHARSET[digit])
    return "".join(text)


def _remainder(digits: str) -> int:
    remainder = 0
    for digit in digits:
        remainder = (remainder * 10 + ord(digit) - ord("0")) % 97
    return remainder


def _bytes_of(payload: str) -> bytes:
    if payload[:5] != "FSE1:":
        raise CodeFault("unreadable-scan", "wrong-prefix")
    if len(payload) != 148:
        raise CodeFault("unreadable-scan", "wrong-length")
    values = [CHARSET.find(char) for char in payload[5:]]
    data = bytearray()
    for at in range(0, len(values), 3):
        chunk = values[at : at + 3]
        value = sum(digit * 45**power for power, digit in enumerate(chunk))
        if -1 in chunk or value >= 256 ** (len(chunk) - 1):
            raise CodeFault("unreadable-scan", "not-base45")
        data += value.to_bytes(len(chunk) - 1, "big")
    return bytes(data)
