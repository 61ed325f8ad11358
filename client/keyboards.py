"""What a scanner set for a US keyboard makes a computer type, layout by layout.

The suite hands these texts to the software's `scan` action (`keyboard`). Written apart from the simulator's
tables, which go the other way; `fixtures/vectors/keyboards.json` holds both to the same strings.
"""

from typing import Literal, get_args

Layout = Literal["azerty", "azerty-caps-lock", "arabic", "arabic-azerty", "lower-case"]
LAYOUTS: tuple[Layout, ...] = get_args(Layout)

# Digits from 0 to 9, letters from A to Z, then space $ % * + - . / : and ] (for the AIM prefix).
_READ = [*"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:]"]
_ARABIC_LETTERS = [
    "\u0650", "\u0644\u0622", "}", "]", "\u064f", "[", "\u0644\u0623", "\u0623", "\u00f7", "\u0640",
    "\u060c", "/", "\u2019", "\u0622", "\u00d7", "\u061b", "\u064e", "\u064c", "\u064d", "\u0644\u0625",
    "\u2018", "{", "\u064b", "\u0652", "\u0625", "~",
]  # fmt: skip
_TYPED: dict[Layout, list[str]] = {
    # French AZERTY (Windows, Linux): digits come without Shift, capitals with it.
    "azerty": [*"à&é\"'(-è_ç", *"QBCDEFGHIJKL?NOPARSTUVZXYW", *" 458+):!M$"],
    # The same with Caps Lock on Windows, where it inverts Shift on every key.
    "azerty-caps-lock": [*"0123456789", *"qbcdefghijkl,noparstuvzxyw", *" '(_=°/§m£"],
    # Arabic (101): the keys T, G and B type two characters.
    "arabic": [*"0123456789", *_ARABIC_LETTERS, *" $%*+-\u0632\u0638:\u062f"],
    # Arabic (102) AZERTY, the North African keyboard: the digit row is the French one.
    "arabic-azerty": [*"à&é\"'(-è_ç", *_ARABIC_LETTERS, *" 458+)\u0632\u0638:\u062f"],
    "lower-case": [char.lower() for char in _READ],
}


def as_typed(payload: str, layout: Layout) -> str:
    """Return what the computer types for a payload (or `]Q1` and a payload) on one of `LAYOUTS`.

    Raises KeyError for an unknown layout or a character outside the payload's alphabet.
    """
    table = dict(zip(_READ, _TYPED[layout], strict=True))
    return "".join(table[char] for char in payload)


def as_azerty(payload: str) -> str:
    """Return a payload as typed on French AZERTY: `FSE1:` becomes `FSE&M`."""
    return as_typed(payload, "azerty")
