"""From what a scanner really delivered to a clean payload, with the accidents it went through.

Tolerated: a CR, LF or TAB suffix, the AIM prefix `]Q1`, lower case or Caps Lock, an AZERTY or an Arabic
layout. Each leaves a diagnostic, so that the professional learns to set the scanner right.
"""

import re
from typing import NamedTuple

from simulator.codes.keyboards import LAYOUTS
from simulator.codes.payload import PREFIX, Scan, Unreadable, decode

MESSAGES = {
    "azerty-layout": "Le lecteur est réglé pour un clavier américain alors que le poste est en AZERTY : "
    "réglez le lecteur sur « clavier français ».",
    "arabic-layout": "Le poste était en clavier arabe pendant la lecture : repassez en français, "
    "ou réglez le lecteur en conséquence.",
    "lower-case": "Le lecteur envoie des minuscules, ou la touche Verr. Maj. est active.",
    "caps-lock": "La touche Verr. Maj. est active sur le poste : désactivez-la.",
    "suffix": "Le lecteur ajoute une fin de ligne ou une tabulation après le code.",
    "aim-prefix": "Le lecteur ajoute l’identifiant de symbologie (]Q1) devant le code.",
}
_AIM = re.compile(r"\][Qq][0-6]")
_LONGEST = 400  # a payload, its prefix and suffixes, on the wordiest layout: anything longer is not a scan


class Diagnostic(NamedTuple):
    """One accident: its code and a French sentence for the professional."""

    code: str
    message: str


class Recovered(NamedTuple):
    """A clean payload and the accidents it went through, in order of discovery."""

    payload: str
    diagnostics: tuple[Diagnostic, ...]


def recover(raw: str) -> Recovered:
    """Return the clean payload of a raw scan. Raises `Unreadable` when no reading gives a payload.

    >>> recover("hello")
    Traceback (most recent call last):
    simulator.codes.payload.Unreadable: scan illisible (wrong-prefix)
    """
    found: list[str] = []
    text = raw
    if len(text) > _LONGEST:
        raise Unreadable("wrong-length")
    if (stripped := text.rstrip("\r\n\t")) != text:
        found.append("suffix")
        text = stripped
    first: Unreadable | None = None
    for read, codes in _readings(text):
        aim = _AIM.match(read)
        clean = read[aim.end() :] if aim else read
        if not clean.startswith(PREFIX):
            continue
        try:
            decode(clean)
        except Unreadable as fault:
            first = first or fault
            continue
        found += (["aim-prefix"] if aim else []) + list(codes)
        return Recovered(clean, tuple(Diagnostic(code, MESSAGES[code]) for code in found))
    raise first or Unreadable("wrong-prefix")


def scan(raw: str) -> tuple[Scan, tuple[Diagnostic, ...]]:
    """Return the decoded scan and the diagnostics of a raw scan. Raises `Unreadable`."""
    payload, diagnostics = recover(raw)
    return decode(payload), diagnostics


def _readings(text: str) -> list[tuple[str, tuple[str, ...]]]:
    others = ((layout.read(text), layout.diagnostics) for layout in LAYOUTS)
    return [(text, ()), *((read, codes) for read, codes in others if read is not None)]
