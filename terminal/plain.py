"""Text that came from outside, made safe to print: a terminal obeys what it is sent."""

from __future__ import annotations

_KEPT = "\u00a0\u202f"
"""The spaces of French typography, which Python calls unprintable."""


def plain(text: str, most: int = 300) -> str:
    """One line: escape sequences, line ends, direction overrides and other invisible characters are spelled out."""
    shown = "".join(c if c.isprintable() or c in _KEPT else _spelled(c) for c in text[: most + 1])
    return shown if len(text) <= most else f"{shown[:most]}…"


def _spelled(character: str) -> str:
    code = ord(character)
    return f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}"
