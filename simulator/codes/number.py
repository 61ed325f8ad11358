"""The FSE number: 16 digits, printed 4 × 4.

Two digits of year, a body of 12 digits that tells nothing of the order of issuance (its first digit is 0
in the test environment), then two check digits by ISO 7064 MOD 97-10: the whole number leaves 1 when
divided by 97. The number is public: it never authorises anything by itself.

Fidelity: hypothesis (the CNSS announced a unique number, not its form).
"""

from hashlib import blake2s

TEST_BODIES = 10**11
"""How many bodies the test environment has: those whose first digit is 0."""

_SIDE = 316_228
"""The smallest side whose square holds every body: the walk below almost never takes a second step."""
_SEPARATORS = str.maketrans(dict.fromkeys(" \u00a0\u202f\u2009\t\r\n-–.·", ""))


class InvalidNumber(ValueError):
    """A text that is not an FSE number. `code` is a machine-readable reason."""

    code = "invalid-number"


class NotSixteenDigits(InvalidNumber):
    """After removing spaces and dashes, something other than 16 ASCII digits is left."""

    code = "not-sixteen-digits"


class WrongCheckDigit(InvalidNumber):
    """Sixteen digits, but the ISO 7064 check fails: a typing error, to be refused before any exchange."""

    code = "wrong-check-digit"


def make(body12: int, year2: int) -> str:
    """Return the 16-digit number of a body (0 … 10¹²−1) issued in a year (0 … 99).

    >>> make(48173905524, 26)
    '2604817390552494'
    """
    if not 0 <= body12 < 10**12 or not 0 <= year2 < 100:
        raise ValueError("the body has 12 digits and the year 2")
    stem = f"{year2:02d}{body12:012d}"
    return f"{stem}{98 - int(stem) * 100 % 97:02d}"


def check(raw: str) -> str:
    """Return the 16 digits of a number as typed or printed (spaces and dashes tolerated).

    Raises `NotSixteenDigits` or `WrongCheckDigit`, both `ValueError`.
    """
    digits = raw.translate(_SEPARATORS)
    if len(digits) != 16 or not (digits.isascii() and digits.isdigit()):
        raise NotSixteenDigits("un numéro de FSE compte 16 chiffres")
    # The check digits run from 02 to 98: 00, 01 and 99 would be second spellings of 97, 98 and 02.
    if int(digits) % 97 != 1 or not 2 <= int(digits[14:]) <= 98:
        raise WrongCheckDigit("la clé de contrôle du numéro de FSE est fausse")
    return digits


def grouped(number: str) -> str:
    """Return the printed form, 4 × 4: `2604 8173 9055 2494`."""
    return " ".join(number[i : i + 4] for i in range(0, 16, 4))


def is_test(number: str) -> bool:
    """Tell whether a (checked) number belongs to the test environment."""
    return number[2] == "0"


def scattered_body(key: bytes, counter: int) -> int:
    """Return the body of the `counter`-th sheet of a world: unpredictable, and never drawn twice.

    A keyed permutation of 0 … 10¹¹−1 (a four-round Feistel network on two digits of base 316,228, walked
    until it lands inside): two counters never give the same body, where random draws would soon collide.
    The key has at most 32 bytes.
    """
    if not 0 <= counter < TEST_BODIES:
        raise ValueError("the test environment has 10¹¹ bodies")
    value, keyed = counter, blake2s(key=key, person=b"fse-num", digest_size=8)
    while True:
        left, right = divmod(value, _SIDE)
        for turn in b"\0\1\2\3":
            mix = keyed.copy()
            mix.update(right.to_bytes(4, "big") + bytes((turn,)))
            left, right = right, (left + int.from_bytes(mix.digest(), "big")) % _SIDE
        value = left * _SIDE + right
        if value < TEST_BODIES:
            return value
