"""What is derived from the platform secret: the backup code and the scan secret of a sheet.

Neither is ever stored: HMAC-SHA-256(platform secret, label ‖ 0 ‖ number ‖ 0 ‖ rotation) rebuilds both for
a reprint or an idempotent replay, and a reissue (rotation + 1) changes both at once.

The backup code is printed under the QR for an authenticated professional: 8 characters of Crockford's
base 32 (40 bits) and a Luhn mod 32 check of the same alphabet. Fidelity: hypothesis.
"""

import hmac

from simulator.kit.keyed import mac

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_VALUE = {char: value for value, char in enumerate(ALPHABET)}
_TYPED = str.maketrans(
    {char.lower(): char for char in ALPHABET if char.isalpha()}
    | dict.fromkeys("IiLl", "1")
    | dict.fromkeys("Oo", "0")
    | dict.fromkeys(" \u00a0\u202f\u2009\t\r\n-–.", "")
)


class InvalidCode(ValueError):
    """A text that is not a backup code. `code` is a machine-readable reason."""

    code = "invalid-backup-code"


class NotNineCharacters(InvalidCode):
    """After normalisation, something other than 9 characters of Crockford's base 32 is left."""

    code = "not-nine-characters"


class WrongCheckCharacter(InvalidCode):
    """Nine good characters, but the Luhn mod 32 check fails: a typing error."""

    code = "wrong-check-character"


def derive(secret: bytes, number: str, rotation: int) -> str:
    """Return the 9 characters of the backup code of a sheet (8 + check), without dashes."""
    bits = int.from_bytes(_mac(secret, b"fse-backup-code", number, rotation)[:5], "big")
    eight = "".join([ALPHABET[bits >> shift & 31] for shift in range(35, -1, -5)])
    return eight + check_character(eight)


def scan_secret(secret: bytes, number: str, rotation: int) -> bytes:
    """Return the 16 bytes that stand in the QR only, and make holding the paper a proof."""
    return _mac(secret, b"fse-scan-secret", number, rotation)[:16]


def check_character(eight: str) -> str:
    """Return the Luhn mod 32 check of 8 normalised characters (doubling starts at the rightmost one)."""
    total = 0
    for position, char in enumerate(reversed(eight)):
        doubled = _VALUE[char] * (2 if position % 2 == 0 else 1)
        total += doubled // 32 + doubled % 32
    return ALPHABET[-total % 32]


def normalise(raw: str) -> str:
    """Return a code as typed in its bare form: upper case, no dashes or spaces, I and L read 1, O read 0.

    Says nothing of its validity: see `check`.
    """
    return raw.translate(_TYPED)


def check(raw: str) -> str:
    """Return the 9 characters of a code as typed.

    Raises `NotNineCharacters` or `WrongCheckCharacter`, both `ValueError`.
    """
    code = normalise(raw)
    if len(code) != 9 or any(char not in _VALUE for char in code):
        raise NotNineCharacters("un code de secours compte 9 lettres ou chiffres")
    if check_character(code[:8]) != code[8]:
        raise WrongCheckCharacter("le caractère de contrôle du code de secours est faux")
    return code


def printed(code: str) -> str:
    """Return the printed form `XXXX-XXXX-C` of the 9 characters."""
    return f"{code[:4]}-{code[4:8]}-{code[8:]}"


def same(expected: str, raw: str) -> bool:
    """Compare a typed code with the expected one in constant time."""
    return hmac.compare_digest(expected.encode(), normalise(raw).encode())


def _mac(secret: bytes, label: bytes, number: str, rotation: int) -> bytes:
    return mac(secret, b"\0".join((label, number.encode("ascii"), b"%d" % rotation)))
