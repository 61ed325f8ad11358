"""Names that a person types: known or not, and which of the known ones is near."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches
from functools import cache

from fixtures import loader


@cache
def operations() -> frozenset[str]:
    """The operations of the FSE API."""
    return frozenset(loader.read("operations.yaml")["operations"])


def no_operation(name: str) -> str:
    """The sentence that refuses a name which is no operation of the FSE API."""
    return f"L'API n'a pas d'opération « {name} »{end(name, operations())}"


def near(name: str, known: Iterable[str]) -> str:
    """The names that it resembles, if any, for a sentence."""
    return ", ".join(get_close_matches(name, sorted(known), n=3, cutoff=0.5))


def end(name: str, known: Iterable[str]) -> str:
    """The end of a sentence that refuses a name."""
    found = near(name, known)
    return f" ; voulez-vous dire {found} ?" if found else "."
