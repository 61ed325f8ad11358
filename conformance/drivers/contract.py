"""The driver contract, checked at our end: what we ask and what a software answers, by JSON Schema."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any

from jsonschema import Draft202012Validator

_SCHEMAS = Path(__file__).parent / "schemas"


class Nonsense(Exception):
    """A software's answer does not follow the contract; the text says where and what was expected."""


@cache
def schema(name: str) -> dict[str, Any]:
    """One published schema file: `capabilities`, `outcome` or `actions`."""
    return dict(json.loads((_SCHEMAS / f"{name}.json").read_text(encoding="utf-8")))


@cache
def _validator(name: str, action: str | None = None) -> Draft202012Validator | None:
    document = schema("actions" if action else name)
    if action is None:
        return Draft202012Validator(document)
    part = document[name].get(action)
    return None if part is None else Draft202012Validator({"$defs": document["$defs"], **part})


def _fault(validator: Draft202012Validator | None, value: Any) -> str | None:
    if validator is None:
        return None
    error = next(iter(sorted(validator.iter_errors(value), key=lambda e: list(map(str, e.path)))), None)
    if error is None:
        return None
    where = "/" + "/".join(str(part) for part in error.path)
    return f"{where} : {error.message[:300]}"


def check_capabilities(value: Any) -> dict[str, Any]:
    """The capabilities, or `Nonsense`."""
    if fault := _fault(_validator("capabilities"), value):
        raise Nonsense(f"capacités hors contrat à {fault}")
    return dict(value)


def check_outcome(action: str, value: Any) -> dict[str, Any]:
    """The outcome of an action (its `data` too when it completed), or `Nonsense`."""
    if fault := _fault(_validator("outcome"), value):
        raise Nonsense(f"réponse à « {action} » hors contrat à {fault}")
    if value["status"] == "completed" and (fault := _fault(_validator("data", action), value["data"])):
        raise Nonsense(f"données de « {action} » hors contrat à /data{fault}")
    return dict(value)


def check_input(action: str, value: Any) -> dict[str, Any]:
    """Our own request; a fault here is ours (`ValueError`)."""
    if action not in schema("actions")["inputs"]:
        raise ValueError(f"unknown driver action {action!r}")
    if fault := _fault(_validator("inputs", action), value):
        raise ValueError(f"our own input of {action!r} breaks the contract at {fault}")
    return dict(value)
