"""What differs between an adverse case and its nominal twin: a JSON difference of their stimuli."""

from __future__ import annotations

from typing import Any

_MISSING = object()


def difference(one: Any, other: Any, pointer: str = "") -> list[str]:
    """JSON pointers of the leaves that differ, sorted. Lists are compared by position.

    `difference({"a": {"b": 1}}, {"a": {"b": 2}})` → `["/a/b"]`; identical values give an empty list.
    """
    if isinstance(one, dict) and isinstance(other, dict):
        found: list[str] = []
        for key in sorted({*one, *other}):
            found += difference(one.get(key, _MISSING), other.get(key, _MISSING), f"{pointer}/{_escape(key)}")
        return found
    if isinstance(one, list) and isinstance(other, list):
        found = []
        for index in range(max(len(one), len(other))):
            left = one[index] if index < len(one) else _MISSING
            right = other[index] if index < len(other) else _MISSING
            found += difference(left, right, f"{pointer}/{index}")
        return found
    return [] if one == other else [pointer or "/"]


def _escape(key: str) -> str:
    return key.replace("~", "~0").replace("/", "~1")
