"""A scanner that types: what arrives in the field, and what an honest reader makes of it.

The layouts are those of `client.keyboards`; here they are read backwards. `fixtures/vectors/keyboards.json` holds
this reader to the simulator's.
"""

from __future__ import annotations

import re
from functools import cache
from types import MappingProxyType
from typing import Literal, get_args

from client.codes import CHARSET, CodeFault, decode
from client.keyboards import LAYOUTS, Layout, as_typed

Suffix = Literal["CR", "LF", "CRLF", "TAB"]
SUFFIXES = MappingProxyType({"CR": "\r", "LF": "\n", "CRLF": "\r\n", "TAB": "\t"})
assert set(SUFFIXES) == set(get_args(Suffix))
AIM = "]Q1"
_LONGEST = 400  # characters: a payload, its prefix and suffix on the wordiest layout
_AIM = re.compile(r"\][Qq][0-6]")


def typed(payload: str, layout: Layout | None = None, suffix: Suffix | None = None, *, aim: bool = False) -> str:
    """What arrives when a scanner set for a US keyboard types this payload on a computer with that layout.

    `aim` puts the symbology identifier `]Q1` before it. Raises KeyError for a character outside the alphabet.
    """
    text = (AIM if aim else "") + payload
    return (as_typed(text, layout) if layout else text) + (SUFFIXES[suffix] if suffix else "")


def recovered(text: str) -> tuple[str, tuple[str, ...]]:
    """The payload of a typed text, and the accidents it went through: a layout, `suffix`, `aim-prefix`.

    Raises `CodeFault` (`unreadable-scan`) when no reading of it is a payload.
    """
    fault = CodeFault("unreadable-scan", "wrong-length")
    if len(text) > _LONGEST:
        raise fault
    bare = text.rstrip("\r\n\t")
    suffix = ("suffix",) if bare != text else ()
    for layout in (None, *LAYOUTS):
        read = _backwards(bare, layout)
        aim = _AIM.match(read)
        payload = read[aim.end() :] if aim else read
        try:
            decode(payload)
        except CodeFault as found:
            fault = fault if layout else found
        else:
            return payload, (*suffix, *(("aim-prefix",) if aim else ()), *((layout,) if layout else ()))
    raise fault


def _backwards(text: str, layout: Layout | None) -> str:
    """What was read, if that layout typed this text; the empty text if it cannot have."""
    if layout is None:
        return text
    keys, found, at = _keys(layout), [], 0
    while at < len(text):
        width = 2 if text[at : at + 2] in keys and len(text[at : at + 2]) == 2 else 1  # a lam-alef key types two
        if text[at : at + width] not in keys:
            return ""
        found.append(keys[text[at : at + width]])
        at += width
    return "".join(found)


@cache
def _keys(layout: Layout) -> MappingProxyType[str, str]:
    return MappingProxyType({as_typed(char, layout): char for char in (*CHARSET, "]")})
