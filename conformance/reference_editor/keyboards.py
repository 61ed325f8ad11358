"""A scanner that behaves as a keyboard types keys, not characters: the host's layout may garble the payload.

The scanner believes in a US keyboard. On a French AZERTY host ``FSE1:`` arrives as ``FSE&M``; on an Arabic
host (101, or 102 as sold in Morocco) as vowel signs and brackets. Each layout below says, for each character
that was read, what the host may show; read backwards it gives the payload again. Only the 45 characters of
Base45 matter, and the ``]`` of the AIM prefix.
"""

from __future__ import annotations

from .codes import PREFIX

_LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_AIM_PREFIX = "]Q"
_LONGEST = 500  # a payload is 148 characters; a scanner adds a few
_LAM_ALEF = {"لإ": "\ufef9", "لأ": "\ufef7", "لآ": "\ufef5", "لا": "\ufefb"}

_FRENCH_ROW = {
    **dict(zip("1234567890", ["&", "éÉ", '"', "'", "(", "-", "èÈ", "_", "çÇ", "àÀ"], strict=True)),
    "$": "4",
    "%": "5",
    "*": "8",
    "-": ")",
}
_AZERTY = {
    **{letter: letter + letter.lower() for letter in _LETTERS},
    "A": "Qq",
    "Q": "Aa",
    "Z": "Ww",
    "W": "Zz",
    "M": "?,",
    ":": "Mm",
    ".": ":",
    "/": "!",
    "+": "+",
    " ": " ",
    "]": "$",
    **_FRENCH_ROW,
}
#: On Windows the French caps lock inverts Shift on every key.
_AZERTY_CAPS = {
    **{letter: letter.lower() for letter in _LETTERS},
    "A": "q",
    "Q": "a",
    "Z": "w",
    "W": "z",
    "M": ",",
    ":": "m",
    **{digit: digit for digit in "0123456789"},
    "$": "'",
    "%": "(",
    "*": "_",
    "-": "°",
    ".": "/",
    "/": "§",
    "+": "=",
    " ": " ",
    "]": "£",
}
_ARABIC = {
    **dict(
        zip("QWERTYUIOP", ["\u064e", "\u064b", "\u064f", "\u064c", "\ufef9", "إ", "‘`", "÷", "×", "؛"], strict=True)
    ),
    **dict(zip("ASGHJKL", ["\u0650", "\u064d", "\ufef7", *"أـ،/"], strict=True)),
    **dict(zip("ZXBNM", ["~", "\u0652", "\ufef5", "آ", "’'"], strict=True)),
    ".": "ز",
    "/": "ظ",
    ":": ":",
    "+": "+",
    " ": " ",
    "]": "د",
}
_ARABIC_LOWER = {
    **dict(zip("QWERTYUIOP", "ضصثقفغعهخح", strict=True)),
    **dict(zip("ASDFGHJKL", "شسيبلاتنم", strict=True)),
    **dict(zip("ZXCVBNM", ["ئ", "ء", "ؤ", "ر", "\ufefb", "ى", "ة"], strict=True)),
    ".": "ز",
    "/": "ظ",
    ":": ":ك",
    "+": "+",
    " ": " ",
    "]": "د",
}
_ARABIC_ROW = {
    **{digit: digit + chr(0x660 + int(digit)) for digit in "0123456789"},
    "$": "$",
    "%": "%\u066a",
    "*": "*",
    "-": "-",
}
_BRACKETS = ({"D": "]", "F": "[", "C": "}", "V": "{"}, {"D": "[", "F": "]", "C": "{", "V": "}"})

_LAYOUTS: list[tuple[list[str], dict[str, str]]] = [
    (["azerty-layout"], _AZERTY),
    (["azerty-layout", "caps-lock"], _AZERTY_CAPS),
    *(
        (["arabic-layout"], {**_ARABIC, **brackets, **row})
        for row in (_ARABIC_ROW, _FRENCH_ROW)
        for brackets in _BRACKETS
    ),
    *((["arabic-layout", "lower-case"], {**_ARABIC_LOWER, **row}) for row in (_ARABIC_ROW, _FRENCH_ROW)),
]


def recover(raw: str) -> tuple[str, list[str]]:
    """The payload as it was printed, and what had to be repaired.

    Repairs: ``suffix``, ``aim-prefix``, ``lower-case``, ``caps-lock``, ``azerty-layout``, ``arabic-layout``.
    A text that no layout explains is given back stripped, for the decoder to refuse.
    """
    text = raw.strip("\r\n\t")
    suffix = ["suffix"] if text != raw else []
    for repairs, candidate in _candidates(text) if len(text) <= _LONGEST else []:
        aim = candidate.startswith(_AIM_PREFIX)
        payload = candidate[3:] if aim else candidate
        if payload.startswith(PREFIX):
            return payload, [*suffix, *(["aim-prefix"] if aim else []), *repairs]
    return text, suffix


def _candidates(text: str) -> list[tuple[list[str], str]]:
    """Each way to understand the text: as it is, in capitals, then by layout."""
    found: list[tuple[list[str], str]] = [([], text), (["lower-case"], text.upper())]
    for repairs, layout in _LAYOUTS:
        meant = _backwards(text, layout)
        if meant is not None:
            lower = repairs == ["azerty-layout"] and text != text.upper() and "FSE" not in text
            found.append(([*repairs, "lower-case"] if lower else repairs, meant))
    return found


def _backwards(text: str, layout: dict[str, str]) -> str | None:
    """What was read, from what the host shows; None when this layout cannot show it."""
    for pair, form in _LAM_ALEF.items():
        text = text.replace(pair, form)
    meant = {shown: key for key, shows in layout.items() for shown in shows}
    keys = [meant.get(character) for character in text]
    return None if None in keys else "".join(key for key in keys if key is not None)
