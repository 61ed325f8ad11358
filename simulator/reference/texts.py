"""What people read about the operations: `fixtures/operations.yaml`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from fixtures import loader


@dataclass(frozen=True)
class Texts:
    """French texts by name; `groups`: field group → its ``fidelity`` and ``source``."""

    tags: Mapping[str, str]
    scopes: Mapping[str, str]
    headers: Mapping[str, str]
    replies: Mapping[str, str]
    parameters: Mapping[str, str]
    operations: Mapping[str, Mapping[str, str]]
    groups: Mapping[str, Mapping[str, str]]


@cache
def texts() -> Texts:
    """The file, read once. Raises TypeError for an unknown or missing part."""
    return Texts(**loader.read("operations.yaml"))
