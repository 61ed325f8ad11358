"""Names that a person types to the bench: known or not, and how one that is not is refused."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache

from fixtures import loader
from simulator.kit.near import near


@cache
def operations() -> frozenset[str]:
    """The operations of the FSE API."""
    return frozenset(loader.read("operations.yaml")["operations"])


def no_operation(name: str) -> str:
    """The sentence that refuses a name which is no operation of the FSE API."""
    return f"L'API n'a pas d'opération « {name} »{end(name, operations())}"


def end(name: str, known: Iterable[str]) -> str:
    """The end of a sentence that refuses a name."""
    found = near(name, known)
    return f" ; voulez-vous dire {found} ?" if found else "."
