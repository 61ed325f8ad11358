"""A bounded set of texts: for facts that stay true, and cost more to find out again than to remember."""

from __future__ import annotations


class Recent:
    """Remembers the last `most` texts it was given; forgetting one never changes an answer, only its cost."""

    def __init__(self, most: int = 4096) -> None:
        self._most = most
        self._texts: dict[str, None] = {}

    def add(self, text: str) -> None:
        if len(self._texts) >= self._most:
            self._texts.pop(next(iter(self._texts)), None)
        self._texts[text] = None

    def __contains__(self, text: str) -> bool:
        return text in self._texts
