"""A bounded memory: for facts that stay true, and cost more to find out again than to remember."""

from __future__ import annotations

from typing import Generic, TypeVar

T = TypeVar("T")


class Recent(Generic[T]):
    """Remembers the last `most` texts it was told of; forgetting one never changes an answer, only its cost."""

    def __init__(self, most: int = 4096) -> None:
        self._most = most
        self._known: dict[str, T] = {}

    def add(self, text: str, fact: T) -> None:
        if len(self._known) >= self._most:
            self._known.pop(next(iter(self._known)), None)
        self._known[text] = fact

    def get(self, text: str) -> T | None:
        return self._known.get(text)
