"""The list of faulty editors, and the decorator that puts one on it.

``breaks`` is the exact set of check ids that must turn red, no more and no less. :data:`UNPINNED` marks a
fault whose checks have not been settled yet: it proves nothing until it is pinned.
"""

from __future__ import annotations

import importlib
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

from conformance.reference_editor.editor import ReferenceEditor

UNPINNED: frozenset[str] = frozenset()
Editor = TypeVar("Editor", bound=ReferenceEditor)
_ROOMS = ("issuing", "printing", "reading", "executing", "showing")


@dataclass(frozen=True)
class Fault:
    """One faulty editor: its name, what it does wrong (French), the checks it must turn red, its class."""

    name: str
    says_fr: str
    breaks: frozenset[str]
    editor: type[ReferenceEditor]

    @property
    def pinned(self) -> bool:
        return bool(self.breaks)


FAULTS: dict[str, Fault] = {}


def fault(*, name: str, says_fr: str, breaks: frozenset[str] | set[str]) -> Callable[[type[Editor]], type[Editor]]:
    """Register a faulty editor under a kebab-case name."""

    def register(editor: type[Editor]) -> type[Editor]:
        if name in FAULTS:
            raise ValueError(f"two faulty editors are named {name}")
        editor.product = f"EditeurFautif-{name}"
        FAULTS[name] = Fault(name, says_fr, frozenset(breaks), editor)
        return editor

    return register


def all_faults() -> dict[str, Fault]:
    """Every faulty editor by name; importing the rooms registers them."""
    for room in _ROOMS:
        importlib.import_module(f"{__package__}.{room}")
    return dict(sorted(FAULTS.items()))
