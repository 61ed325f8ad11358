"""Chance that only a seed and labels decide: the same on every machine, whole numbers throughout."""

from __future__ import annotations

from collections.abc import Sequence
from hashlib import blake2b
from typing import TypeVar

T = TypeVar("T")
_WORD = 32
_MASK = (1 << _WORD) - 1


class Dice:
    """A stream of draws: BLAKE2b of the seed, the labels and a counter. Other labels, another stream."""

    __slots__ = ("_left", "_name", "_pool", "_turn")

    def __init__(self, seed: str, *labels: str | int) -> None:
        self._name = "\0".join((seed, *map(str, labels))).encode()
        self._turn = self._left = self._pool = 0

    def below(self, many: int) -> int:
        """A whole number from 0 to `many` - 1."""
        if not self._left:
            drawn = blake2b(self._name, salt=self._turn.to_bytes(16, "big")).digest()
            self._pool, self._left, self._turn = int.from_bytes(drawn, "big"), 512, self._turn + 1
        word = self._pool & _MASK
        self._pool >>= _WORD
        self._left -= _WORD
        return word * many >> _WORD

    def between(self, low: int, high: int) -> int:
        """From `low` to `high`, both included."""
        return low + self.below(high - low + 1)

    def chance(self, per_mille: int) -> bool:
        return self.below(1000) < per_mille

    def pick(self, among: Sequence[T]) -> T:
        return among[self.below(len(among))]

    def weighted(self, weights: Sequence[int]) -> int:
        """The place of one of the weights."""
        drawn = self.below(sum(weights))
        for place, weight in enumerate(weights):
            if drawn < weight:
                return place
            drawn -= weight
        raise ValueError("no weight")

    def several(self, among: Sequence[T], many: int) -> list[T]:
        """`many` of them at most, each once, in their order."""
        places = list(range(len(among)))
        kept = sorted(places.pop(self.below(len(places))) for _ in range(min(many, len(among))))
        return [among[place] for place in kept]
