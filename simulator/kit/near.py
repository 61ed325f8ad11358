"""Which of the known names a mistyped one resembles."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches


def near(typed: str, known: Iterable[str]) -> str:
    """The nearest first, three at most, for a sentence; empty when none is."""
    return ", ".join(get_close_matches(typed, sorted(known), n=3, cutoff=0.5))
