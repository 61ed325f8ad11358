"""A bounded memory: for facts that stay true, and cost more to find out again than to remember."""

from __future__ import annotations

from typing import Generic, TypeVar

T = TypeVar("T")


class Recent(Generic[T]):
    """Remembers the last texts it was told of, half of `most` at least; forgetting one never changes an answer, only
    its cost. Two halves: when the young one is full, the old one is forgotten whole.
    """

    def __init__(self, most: int = 4096) -> None:
        self._half = most // 2
        self._young: dict[str, T] = {}
        self._old: dict[str, T] = {}

    def add(self, text: str, fact: T) -> None:
        if len(self._young) >= self._half:
            self._old, self._young = self._young, {}
        self._young[text] = fact

    def get(self, text: str) -> T | None:
        found = self._young.get(text)
        return found if found is not None else self._old.get(text)
