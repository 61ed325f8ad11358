"""`dataclasses.replace` for the busy path: a copy with some fields changed, without passing through all the others.

For frozen dataclasses without slots and without `__post_init__`; cached properties are left behind.
"""

from __future__ import annotations

from dataclasses import fields
from functools import lru_cache
from typing import Any, TypeVar

T = TypeVar("T")


def changed(one: T, **new: Any) -> T:
    """The same with these fields; their names are not checked, their types are the caller's."""
    kind: Any = type(one)
    other: T = object.__new__(kind)
    known, kept = _names(kind), one.__dict__
    if len(kept) == len(known):
        other.__dict__.update(kept)
    else:
        other.__dict__.update((name, kept[name]) for name in known)
    other.__dict__.update(new)
    return other


@lru_cache(maxsize=64)
def _names(kind: Any) -> tuple[str, ...]:
    return tuple(field.name for field in fields(kind))
