"""The driver contract, checked at our end: what we ask and what a software answers, by JSON Schema."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any

from jsonschema import Draft202012Validator
from jsonschema.exceptions import ValidationError

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
    """The first three faults, the shallowest first, in French; None when the contract is followed."""
    if validator is None:
        return None
    errors = sorted(validator.iter_errors(value), key=lambda e: (len(e.path), list(map(str, e.path))))
    faults = dict.fromkeys(f"/{'/'.join(map(str, error.path))} : {_in_french(error)}" for error in errors)
    return " ; ".join(list(faults)[:3]) or None


_RULES = {"type": "de type", "const": "égal à", "pattern": "de la forme", "minItems": "au moins"}


def _in_french(error: ValidationError) -> str:
    """What was expected there: the schema's own words, else the rule broken. Objects are not quoted back:
    they may hold a key."""
    value: Any = error.instance
    rule: Any = error.validator_value
    here: Any = error.schema
    if error.validator == "required":
        return f"il manque {', '.join(f'« {name} »' for name in rule if name not in value)}"
    if error.validator == "additionalProperties":
        return f"membre inattendu : {', '.join(sorted(set(value) - set(here.get('properties', {}))))}"
    received = "" if isinstance(value, dict) else f"reçu {json.dumps(value, ensure_ascii=False, default=str)[:120]}, "
    if error.validator == "enum":
        return f"{received}attendu l'un de : {', '.join(map(str, rule))}"
    if "description" in here:
        return f"{received}attendu {here['description']}"
    name = _RULES.get(str(error.validator), str(error.validator))
    return f"{received}attendu {name} {json.dumps(rule, ensure_ascii=False)[:120]}"


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


def check_profile(value: Any) -> dict[str, Any]:
    """A profile as read from its file, or `Nonsense`."""
    if fault := _fault(_validator("profile"), value):
        raise Nonsense(fault)
    return dict(value)


def check_input(action: str, value: Any) -> dict[str, Any]:
    """Our own request; a fault here is ours (`ValueError`)."""
    if action not in schema("actions")["inputs"]:
        raise ValueError(f"unknown driver action {action!r}")
    if fault := _fault(_validator("inputs", action), value):
        raise ValueError(f"our own input of {action!r} breaks the contract at {fault}")
    return dict(value)
