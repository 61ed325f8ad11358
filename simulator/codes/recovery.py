"""The ways a scanner's text may be read, with the accidents each reading supposes.

Tolerated: a CR, LF or TAB suffix, the AIM prefix `]Q1`, lower case or Caps Lock, an AZERTY or an Arabic
layout. Each leaves a diagnostic, so that the professional learns to set the scanner right.
`payload.recover` keeps the first reading that is a payload.
"""

import re
from collections.abc import Iterator
from typing import NamedTuple

from simulator.codes.keyboards import LAYOUTS

LONGEST = 400
"""Characters: a payload, its prefix and suffixes on the wordiest layout. Anything longer is not a scan."""

_MESSAGES = {
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


class Diagnostic(NamedTuple):
    """One accident: its code and a French sentence for the professional."""

    code: str
    message: str


def readings(raw: str) -> Iterator[tuple[str, tuple[Diagnostic, ...]]]:
    """Yield each possible reading of a raw scan with its diagnostics, the plainest first."""
    if len(raw) > LONGEST:
        return
    text = raw.rstrip("\r\n\t")
    suffix = ("suffix",) if text != raw else ()
    for codes, read in _through_layouts(text):
        aim = _AIM.match(read)
        found = (*suffix, *(("aim-prefix",) if aim else ()), *codes)
        yield read[aim.end() :] if aim else read, tuple(Diagnostic(c, _MESSAGES[c]) for c in found)


def _through_layouts(text: str) -> Iterator[tuple[tuple[str, ...], str]]:
    yield (), text
    for layout in LAYOUTS:
        read = layout.read(text)
        if read is not None:
            yield layout.diagnostics, read
