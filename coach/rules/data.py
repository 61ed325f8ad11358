"""The words of each rule and the scopes of the operations, from `rules.yaml`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Literal

import yaml

Severity = Literal["fault", "warning", "hint"]
SEVERITIES: tuple[Severity, ...] = ("fault", "warning", "hint")


@dataclass(frozen=True)
class Rule:
    """What is said of a rule, in French; `requirements` are ids of the suite, possibly none."""

    id: str
    severity: Severity
    title: str
    why: str
    change: str
    requirements: tuple[str, ...]


@cache
def _file() -> dict[str, Any]:
    return dict(yaml.safe_load(Path(__file__).parent.with_suffix(".yaml").read_text(encoding="utf-8")))


@cache
def rules() -> Mapping[str, Rule]:
    """Every rule by id, in the order of the file."""
    return {
        id: Rule(id, **{**said, "requirements": tuple(said["requirements"])}) for id, said in _file()["rules"].items()
    }


@cache
def scopes() -> Mapping[str, frozenset[str]]:
    """Scope → the operations that need it."""
    return {scope: frozenset(operations) for scope, operations in _file()["scopes"].items()}
