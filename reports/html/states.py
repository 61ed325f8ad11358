"""What changed on the simulator between two dumps of its state, as short readable lines.

Elements of lists are named by what people call them (number, type, line, id), not by their position.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from reports.html.view import Change
from reports.text import shortened

_NAMES = ("number", "type", "line", "id")
_MAX_CHANGES = 60
_MAX_VALUE = 160
_ABSENT = object()


def changes(before: Any, after: Any, root: str = "") -> tuple[Change, ...]:
    """The differences, at most 60, paths below `root`; a whole new or vanished branch is one line."""
    found = list(_compare(root, before, after))
    lines = [Change(path or "(tout)", _show(old), _show(new)) for path, old, new in found[:_MAX_CHANGES]]
    if len(found) > _MAX_CHANGES:
        lines.append(Change(f"… et {len(found) - _MAX_CHANGES} autres différences", "", ""))
    return tuple(lines)


def _compare(path: str, before: Any, after: Any) -> Iterator[tuple[str, Any, Any]]:
    if isinstance(before, list) and isinstance(after, list):
        before, after = _named(before), _named(after)
        form = "{path}[{key}]"
    else:
        form = "{path} › {key}" if path else "{key}"
    if isinstance(before, dict) and isinstance(after, dict):
        for key in [*before, *(key for key in after if key not in before)]:
            here = form.format(path=path, key=key)
            yield from _compare(here, before.get(key, _ABSENT), after.get(key, _ABSENT))
    elif before is _ABSENT or after is _ABSENT or before != after:
        yield path, before, after


def _named(items: list[Any]) -> dict[str, Any]:
    """The list as a mapping from each element's own name, or its rank from 1."""
    named: dict[str, Any] = {}
    for rank, item in enumerate(items, 1):
        known = item if isinstance(item, dict) else {}
        name = next((str(known[key]) for key in _NAMES if known.get(key) is not None), f"n° {rank}")
        named[name if name not in named else f"{name} (n° {rank})"] = item
    return named


def _show(value: Any) -> str:
    if value is _ABSENT:
        return "—"
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    beginning, left_out = shortened(text, _MAX_VALUE)
    return f"{beginning} …" if left_out else beginning
