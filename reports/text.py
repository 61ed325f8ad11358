"""Hostile text made harmless to read, and JSON laid out without changing one of its characters.

Everything a run holds was written by a program under test. Escaping for HTML or XML is the renderer's
work; here go the characters that lie to the eye or break a file: controls, bidirectional overrides, lone
surrogates. They are shown as `⟨U+202E⟩`, never dropped: a certifier must see that they were there.
"""

from __future__ import annotations

import json
import re
from typing import Any

_LYING = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069\ufffe\uffff\ud800-\udfff]")
_TOKEN = re.compile(r'"(?:[^"\\]|\\.)*"|[{}\[\],:]|[^\s{}\[\],:"]+')
_OPENING, _CLOSING = "{[", "}]"
#: Deeper values are no evidence format of ours: they are refused before any recursion hurts.
MAX_DEPTH = 64


def harmless(text: str) -> str:
    """The text with every invisible or direction-changing character made visible; CRLF becomes LF."""
    return _LYING.sub(lambda found: f"⟨U+{ord(found.group()):04X}⟩", text.replace("\r\n", "\n"))


def harmless_json(value: Any, depth: int = 0) -> Any:
    """A copy of a JSON value whose strings and keys are harmless; `ValueError` beyond `MAX_DEPTH`."""
    if depth > MAX_DEPTH:
        raise ValueError(f"plus de {MAX_DEPTH} niveaux d'imbrication")
    if isinstance(value, str):
        return harmless(value)
    if isinstance(value, list):
        return [harmless_json(item, depth + 1) for item in value]
    if isinstance(value, dict):
        return {harmless(key): harmless_json(item, depth + 1) for key, item in value.items()}
    return value


def as_text(value: Any) -> str:
    """Any JSON value as text for a reader: strings as they are, null as nothing, the rest as JSON."""
    if value is None:
        return ""
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, sort_keys=True)


def laid_out(text: str) -> str:
    """A body as it was received, indented when it is JSON.

    Works on the tokens, not on the parsed value: numbers keep their digits (`56.10`), duplicated members
    and escapes stay visible. A text that is not JSON comes back unchanged.
    """
    if text.lstrip()[:1] not in ("{", "["):
        return text
    try:
        json.loads(text)
    except (ValueError, RecursionError):
        return text
    tokens = _TOKEN.findall(text)
    parts: list[str] = []
    depth = 0
    for position, sign in enumerate(tokens):
        following = tokens[position + 1] if position + 1 < len(tokens) else ""
        if sign in _OPENING:
            depth += 1
            parts.append(sign if following and following in _CLOSING else sign + _break(depth))
        elif sign in _CLOSING:
            depth -= 1
            empty = tokens[position - 1] in _OPENING
            parts.append(sign if empty else _break(depth) + sign)
        elif sign == ",":
            parts.append("," + _break(depth))
        else:
            parts.append(": " if sign == ":" else sign)
    return "".join(parts)


def _break(depth: int) -> str:
    return "\n" + "  " * min(depth, MAX_DEPTH)


def shortened(text: str, limit: int) -> tuple[str, int]:
    """`(beginning, characters left out)`; the second is 0 when the text fits in `limit` characters."""
    return (text, 0) if len(text) <= limit else (text[:limit], len(text) - limit)
