"""ATC codes of a rule: their form, and the groups that the classification has. Pure.

Source: ATC classification of the WHO, its main groups and therapeutic subgroups; deeper levels are judged on form.
"""

from __future__ import annotations

import re

_FORM = re.compile(r"[A-Z]([0-9]{2}([A-Z]([A-Z]([0-9]{2})?)?)?)?")
_SUBGROUPS = {
    "A": "01 02 03 04 05 06 07 08 09 10 11 12 13 14 15 16",
    "B": "01 02 03 05 06",
    "C": "01 02 03 04 05 07 08 09 10",
    "D": "01 02 03 04 05 06 07 08 09 10 11",
    "G": "01 02 03 04",
    "H": "01 02 03 04 05",
    "J": "01 02 04 05 06 07",
    "L": "01 02 03 04",
    "M": "01 02 03 04 05 09",
    "N": "01 02 03 04 05 06 07",
    "P": "01 02 03",
    "R": "01 02 03 05 06 07",
    "S": "01 02 03",
    "V": "01 03 04 06 07 08 09 10 20",
}
EXPECTED = "une classe ATC de l'OMS, comme A10 ou J05AB"


def exists(code: str) -> bool:
    """``A``, ``A10``, ``A10B``, ``A10BA`` or ``A10BA02``, of a group that the classification has."""
    if not _FORM.fullmatch(code) or code[0] not in _SUBGROUPS:
        return False
    return len(code) == 1 or code[1:3] in _SUBGROUPS[code[0]].split()
