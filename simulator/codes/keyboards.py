"""What a keyboard scanner types when the computer's layout is not the one it believes in.

A scanner set for a US keyboard sends the *keys* of each character; the computer types what its own layout
has on those keys. On a French AZERTY layout `FSE1:` becomes `FSE&M`. Each table below maps what was typed
back to what was read, and is invertible over the payload's alphabet (checked by the tests).

Sources: the Windows layouts French (legacy), Arabic (101) and Arabic (102) AZERTY (the default for Morocco),
and xkeyboard-config `fr`, `ara`. `]` is in the tables because the AIM prefix `]Q1` begins with it.
"""

from dataclasses import dataclass

ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:"
_LOWER = str.maketrans("abcdefghijklmnopqrstuvwxyz", "ABCDEFGHIJKLMNOPQRSTUVWXYZ")


@dataclass(frozen=True, slots=True)
class Layout:
    """One way of misreading: the diagnostics it earns, and a table from typed characters to read ones."""

    diagnostics: tuple[str, ...]
    back: dict[str, str]

    def read(self, typed: str) -> str | None:
        """Return what the scanner read, or None if a character cannot come from this layout."""
        for pair, single in _LIGATURES:
            typed = typed.replace(pair, single)
        read = [self.back.get(char) for char in typed]
        return None if None in read else "".join(char for char in read if char is not None)


# On Windows a lam-alef key types two characters, on Linux a presentation form: the latter is our form.
_LIGATURES = (("\u0644\u0625", "\ufef9"), ("\u0644\u0623", "\ufef7"), ("\u0644\u0622", "\ufef5"))

_FRENCH_DIGITS = dict(zip("&é\"'(-è_çà", "1234567890", strict=True))
_SHIFTED_DIGITS = {"4": "$", "5": "%", "8": "*"}

# French AZERTY: letters come with Shift; only A, Q, Z, W and M sit elsewhere.
_AZERTY_LETTERS = {c: c for c in "BCDEFGHIJKLNOPRSTUVXY"} | {"Q": "A", "A": "Q", "W": "Z", "Z": "W"}
_AZERTY = (
    _FRENCH_DIGITS | _SHIFTED_DIGITS | _AZERTY_LETTERS
    | {"?": "M", "M": ":", ":": ".", "!": "/", ")": "-", "+": "+", " ": " ", "$": "]"}
)  # fmt: skip
# Letters without Shift (scanner in lower case), or Caps Lock that touches letters only (Linux, macOS).
_AZERTY_LOWER = (
    {typed: read for typed, read in _AZERTY.items() if not "A" <= typed <= "Z"}
    | {typed.lower(): read for typed, read in _AZERTY_LETTERS.items()}
    | {"É": "2", "È": "7", "Ç": "9", "À": "0", ",": "M", "m": ":", "M": ":"}
)
# Caps Lock on Windows: the French layout inverts Shift on every key, digits and punctuation included.
_AZERTY_SHIFT_LOCK = (
    {c: c for c in "1234567890"} | {"'": "$", "(": "%", "_": "*"}
    | {typed.lower(): read for typed, read in _AZERTY_LETTERS.items()}
    | {",": "M", "m": ":", "/": ".", "§": "/", "°": "-", "=": "+", " ": " ", "£": "]"}
)  # fmt: skip

# Arabic: capitals are the shifted characters, mostly vowel signs and brackets.
_ARABIC_LETTERS = {
    "\u064e": "Q", "\u064b": "W", "\u064f": "E", "\u064c": "R", "\ufef9": "T", "\u0625": "Y",
    "\u2018": "U", "`": "U", "\u00f7": "I", "\u00d7": "O", "\u061b": "P",
    "\u0650": "A", "\u064d": "S", "\ufef7": "G", "\u0623": "H", "\u0640": "J", "\u060c": "K", "/": "L",
    "~": "Z", "\u0652": "X", "\ufef5": "B", "\u0622": "N", "\u2019": "M", "'": "M",
}  # fmt: skip
_ARABIC_SIGNS = {":": ":", "\u0632": ".", "\u0638": "/", "+": "+", " ": " ", "\u062f": "]"}
_ARABIC_ROW = (
    {c: c for c in "0123456789"} | {"$": "$", "%": "%", "\u066a": "%", "*": "*", "-": "-"}
    | {chr(0x660 + n): str(n) for n in range(10)}
)  # fmt: skip
_MAGHREB_ROW = _FRENCH_DIGITS | _SHIFTED_DIGITS | {"\u0664": "$", "\u0665": "%", "\u0668": "*", ")": "-"}
_BRACKETS_101 = {"]": "D", "[": "F", "}": "C", "{": "V"}
_BRACKETS_102 = {"[": "D", "]": "F", "{": "C", "}": "V"}

LAYOUTS = (
    Layout(("lower-case",), {c: c.translate(_LOWER) for c in ALPHABET.lower() + ALPHABET + "]"}),
    Layout(("azerty-layout",), _AZERTY),
    Layout(("azerty-layout", "lower-case"), _AZERTY_LOWER),
    Layout(("azerty-layout", "caps-lock"), _AZERTY_SHIFT_LOCK),
    *(
        Layout(("arabic-layout",), _ARABIC_LETTERS | _ARABIC_SIGNS | brackets | row)
        for row in (_ARABIC_ROW, _MAGHREB_ROW)
        for brackets in (_BRACKETS_101, _BRACKETS_102)
    ),
)
"""Every misreading known, tried in this order: the first that gives a payload wins."""
