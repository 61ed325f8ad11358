"""A value made at its first use: what a unit of work decides at once, and spells at its end (see `Tx.put`)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Generic, TypeVar

T = TypeVar("T")


class Once(Generic[T]):
    """Call it for the value. It is made of what nobody changes; whoever makes it again would make the same."""

    __slots__ = ("_made", "_make")

    def __init__(self, make: Callable[[], T]) -> None:
        self._make: Callable[[], T] | None = make

    def __call__(self) -> T:
        make = self._make
        if make is not None:
            self._made = make()
            self._make = None
        return self._made
