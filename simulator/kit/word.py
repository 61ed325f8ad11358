"""Texts of a closed list, as cheap as texts: members are compared and looked up as the strings they are."""

from __future__ import annotations

from enum import StrEnum


class Word(StrEnum):
    """A `StrEnum` whose members hash as their text, without a call (Python 3.11 hashes their name instead)."""

    __hash__ = str.__hash__
