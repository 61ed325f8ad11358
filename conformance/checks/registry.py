"""The register of checks: stable kebab-case id → pure function, with its basis and its parameters.

A check takes a `Seen` (stored observations) and its parameters, and returns a `Finding`. It has no clock,
no network, no randomness; the same id serves success and failure.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from conformance.evidence.model import Basis, Finding, Verdict
from conformance.evidence.seen import Action, Exchange

CheckFunction = Callable[..., Finding]


@dataclass(frozen=True)
class Check:
    """One registered check. `says` completes « Attendu : » in a list of checks, in French."""

    id: str
    basis: Basis
    says: str
    run: CheckFunction


#: Filled by the decorator as the rooms are imported; read it through `catalogue.register()`.
REGISTER: dict[str, Check] = {}


def check(id: str, basis: Basis, says: str) -> Callable[[CheckFunction], CheckFunction]:
    """Register a check under a stable id."""
    if not re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", id) or id in REGISTER:
        raise ValueError(f"check id {id!r} is not kebab-case or is taken")

    def keep(function: CheckFunction) -> CheckFunction:
        REGISTER[id] = Check(id, basis, says, function)
        return function

    return keep


def ids(*items: Action | Exchange | None) -> tuple[str, ...]:
    """The observation ids a finding refers to."""
    return tuple(item.id for item in items if item is not None)


def passed(expected: str, received: str, *seen: Action | Exchange | None) -> Finding:
    """A finding that the expectation holds."""
    return Finding(Verdict.PASSED, expected, received, references=ids(*seen))


def failed(expected: str, received: str, *seen: Action | Exchange | None, cause: str, next: str = "") -> Finding:
    """A finding that it does not, with its probable cause and what to do next."""
    return Finding(Verdict.FAILED, expected, received, cause, next, ids(*seen))


def inconclusive(expected: str, received: str, *seen: Action | Exchange | None, cause: str) -> Finding:
    """A finding that nothing can be concluded: the prerequisite or the right stage was not seen."""
    return Finding(Verdict.INCONCLUSIVE, expected, received, cause, references=ids(*seen))


def shown(value: Any) -> str:
    """A value as a person reads it in a finding."""
    if value is None or value == "" or value == []:
        return "rien"
    if isinstance(value, list | tuple):
        return " ; ".join(shown(item) for item in value)
    return str(value)
