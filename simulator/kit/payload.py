"""JSON bodies: strict parsing, and refusals that point at the place (RFC 6901) and say what is expected there."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from simulator.kit.problems import Problem

M = TypeVar("M", bound=BaseModel)

MOST_ERRORS = 100
"""Of one refusal: a small body may have a hundred thousand, each told in a hundred bytes."""
NOT_BLANK = r"\S"
"""The pattern of a text that says something."""
_FRENCH = {
    "missing": "Ce champ est obligatoire.",
    "extra_forbidden": "Ce champ n'existe pas dans le contrat.",
    "string_type": "Une chaîne de caractères est attendue.",
    "string_pattern_mismatch": "La valeur n'a pas la forme attendue : {pattern}",
    "string_too_short": "Le texte est trop court : {min_length} caractère(s) au moins.",
    "string_too_long": "Le texte est trop long : {max_length} caractères au plus.",
    "int_type": "Un nombre entier est attendu.",
    "bool_type": "Un booléen (true ou false) est attendu.",
    "list_type": "Une liste est attendue.",
    "tuple_type": "Une liste est attendue.",
    "model_type": "Un objet est attendu.",
    "model_attributes_type": "Un objet est attendu.",
    "dict_type": "Un objet est attendu.",
    "literal_error": "Attendu : une valeur parmi : {expected}.",
    "enum": "Attendu : une valeur parmi : {expected}.",
    "greater_than": "La valeur est trop petite : plus de {gt} est attendu.",
    "greater_than_equal": "La valeur est trop petite : {ge} au moins.",
    "less_than": "La valeur est trop grande : moins de {lt} est attendu.",
    "less_than_equal": "La valeur est trop grande : {le} au plus.",
    "too_short": "La liste contient trop peu d'éléments : {min_length} au moins.",
    "too_long": "La liste contient trop d'éléments : {max_length} au plus.",
    "value_error": "La valeur n'est pas admise.",
}


def parse(model: type[M], headers: Mapping[str, str], body: bytes) -> M:
    """The body as `model`. Raises Problem unsupported-media-type, invalid-json, invalid-payload."""
    media = headers.get("content-type", "").partition(";")[0].strip().lower()
    if media != "application/json":
        raise Problem("unsupported-media-type", "Le corps de la requête doit être du JSON (application/json).")
    try:
        return model.model_validate_json(body)
    except ValidationError as error:
        raise refusal(error) from None


def refusal(error: ValidationError) -> Problem:
    """The problem of a validation error; never shows the values received."""
    found = error.errors(include_url=False, include_input=False)
    if found[0]["type"] == "json_invalid":
        if "recursion limit" in str(found[0].get("ctx")):
            return Problem("invalid-json", "Le corps de la requête est trop imbriqué : 200 niveaux au plus.")
        return Problem("invalid-json", "Le corps de la requête n'est pas un document JSON lisible.")
    errors = [
        {
            "pointer": pointer(item["loc"]),
            "code": item["type"].replace("_", "-"),
            "detail": _detail(item),
        }
        for item in found[:MOST_ERRORS]
    ]
    return Problem("invalid-payload", "Le contenu ne respecte pas le contrat.", errors=errors)


def _detail(item: Any) -> str:
    message, context = str(item["msg"]), dict(item.get("ctx", {}))
    if item["type"] == "value_error" and message.startswith("Value error, "):
        return message.removeprefix("Value error, ")
    known = _FRENCH.get(item["type"])
    if known is None:
        return message
    if "expected" in context:
        context["expected"] = _listed(str(context["expected"]))
    if context.get("pattern") == NOT_BLANK:
        return "Le texte ne peut pas être vide."
    return known.format_map(context)


def _listed(expected: str) -> str:
    """``'a', 'b' or 'c'``, as pydantic writes it → ``a, b, c``."""
    return ", ".join(re.findall(r"'([^']*)'", expected)) or expected


def pointer(location: tuple[int | str, ...]) -> str:
    """``("sections", 0, "a/b")`` → ``/sections/0/a~1b``; ``#…`` parts are pydantic's union tags."""
    parts = (str(part).replace("~", "~0").replace("/", "~1") for part in location)
    return "".join(f"/{part}" for part in parts if not part.startswith("#"))
