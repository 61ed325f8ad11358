"""The scan payload: what the QR of a sheet says.

`FSE1:` followed by the Base45 (RFC 9285) of 95 bytes, 148 characters in all, big-endian integers:

| bytes | field |
|---|---|
| 1 | version, 1 |
| 2 | key id |
| 7 | number: the 16 digits as an integer (10¹⁶ < 2⁵⁶) |
| 2 | day of issue, days since 2024-01-01 |
| 2 | last day of validity, same count |
| 1 | flags: bit 0 test environment, bit 1 duplicate, bit 2 reserved |
| 16 | scan secret |
| 64 | ES256 signature r ‖ s over `FSE1` ‖ the first 31 bytes |

Nothing about the patient nor the acts. The alphabet is that of the QR alphanumeric mode (byte mode is
garbled by ZBar). As 95 is odd, the last character is a digit from 0 to 5: no space can be trimmed away.
Fidelity: hypothesis.
"""

from datetime import date, timedelta

from msgspec import Struct

from simulator.codes import b45
from simulator.codes import number as numbers
from simulator.codes.recovery import Diagnostic, readings

PREFIX = "FSE1:"
LENGTH = 148
MAGIC = b"FSE1"
EPOCH = date(2024, 1, 1)
TEST, DUPLICATE, RESERVED = 1, 2, 4
_SIGNED, _WHOLE = 31, 95


class Unreadable(ValueError):
    """A text that is not a scan payload. `code` says why, for machines; nothing of the text is quoted.

    Codes: `wrong-length`, `wrong-prefix`, `not-base45`, `unknown-version`, `wrong-check-digit`.
    """

    def __init__(self, code: str) -> None:
        super().__init__(f"scan illisible ({code})")
        self.code = code


class Scan(Struct, frozen=True):
    """The fields of a payload; days are counted from 2024-01-01; `signature` is empty until signed."""

    version: int
    key_id: int
    number: str
    issued_day: int
    valid_until_day: int
    flags: int
    secret: bytes
    signature: bytes = b""

    @property
    def issued_on(self) -> date:
        """Day of issue."""
        return EPOCH + timedelta(days=self.issued_day)

    @property
    def valid_until(self) -> date:
        """Last day on which the sheet may be executed."""
        return EPOCH + timedelta(days=self.valid_until_day)

    @property
    def is_test(self) -> bool:
        """Whether the sheet was issued in a test environment."""
        return bool(self.flags & TEST)

    @property
    def is_duplicate(self) -> bool:
        """Whether this paper is marked as a duplicate."""
        return bool(self.flags & DUPLICATE)

    @property
    def signed_bytes(self) -> bytes:
        """What the signature covers: `FSE1` ‖ the first 31 bytes."""
        return MAGIC + head(self)


def day(when: date) -> int:
    """Return a date as a number of days since 2024-01-01 (raises ValueError before it, or after 2203)."""
    count = (when - EPOCH).days
    if not 0 <= count < 1 << 16:
        raise ValueError(f"{when} does not fit a scan payload")
    return count


def head(scan: Scan) -> bytes:
    """Return the first 31 bytes. Raises ValueError (or OverflowError) for fields that do not fit."""
    if len(scan.secret) != 16:
        raise ValueError("the scan secret has 16 bytes")
    return b"".join(
        (
            scan.version.to_bytes(1, "big"),
            scan.key_id.to_bytes(2, "big"),
            int(numbers.check(scan.number)).to_bytes(7, "big"),
            scan.issued_day.to_bytes(2, "big"),
            scan.valid_until_day.to_bytes(2, "big"),
            scan.flags.to_bytes(1, "big"),
            scan.secret,
        )
    )


def encode(scan: Scan) -> str:
    """Return the 148 characters of a signed scan. Raises ValueError if a field does not fit."""
    if len(scan.signature) != 64:
        raise ValueError("sign the scan before encoding it: the signature has 64 bytes")
    return spell(head(scan) + scan.signature)


def spell(signed: bytes) -> str:
    """Return the characters of the 95 bytes."""
    return PREFIX + b45.encode(signed)


def decode(raw: str) -> Scan:
    """Return the fields of a clean payload; proves nothing: see `signing.verify`.

    Raises `Unreadable` for anything else, and never another exception. `recover` handles the accidents
    of keyboard scanners.
    """
    if not raw.startswith(PREFIX):
        raise Unreadable("wrong-prefix")
    if len(raw) != LENGTH:
        raise Unreadable("wrong-length")
    try:
        data = b45.decode(raw[len(PREFIX) :])
    except ValueError:
        raise Unreadable("not-base45") from None
    if data[0] != 1:
        raise Unreadable("unknown-version")
    scan = fields(data)
    try:
        numbers.check(scan.number)
    except numbers.InvalidNumber:
        raise Unreadable("wrong-check-digit") from None
    return scan


def fields(data: bytes) -> Scan:
    """What the 95 bytes say, or the first 31 alone, unsigned; nothing is checked."""
    return Scan(
        version=data[0],
        key_id=int.from_bytes(data[1:3], "big"),
        number=f"{int.from_bytes(data[3:10], 'big'):016d}",
        issued_day=int.from_bytes(data[10:12], "big"),
        valid_until_day=int.from_bytes(data[12:14], "big"),
        flags=data[14],
        secret=data[15:_SIGNED],
        signature=data[_SIGNED:_WHOLE],
    )


def recover(raw: str) -> tuple[str, tuple[Diagnostic, ...]]:
    """Return the clean payload of a raw scan and the accidents it went through (see `recovery`).

    Raises `Unreadable` when no reading of it is a payload, and never another exception.
    """
    text, _, diagnostics = read(raw)
    return text, diagnostics


def read(raw: str) -> tuple[str, Scan, tuple[Diagnostic, ...]]:
    """Do as `recover`, and give the fields of the payload too."""
    fault: Unreadable | None = None
    for text, diagnostics in readings(raw):
        if text.startswith(PREFIX):
            try:
                return text, decode(text), diagnostics
            except Unreadable as found:
                fault = fault or found
    raise fault or Unreadable("wrong-prefix")
