"""The OpenAPI document as it is published: the routes' shapes, with words, examples, and a source for each part.

Nothing is invented here: the words are `fixtures/operations.yaml`, the examples were recorded (`examples.json`), the
refusals are rendered by the very function that answers them.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from importlib import resources
from typing import Any

from simulator.kit import openapi, problems
from simulator.kit.answer import CSV
from simulator.kit.problems import MEDIA_TYPE, Problem, render
from simulator.kit.route import Route
from simulator.reference import fields
from simulator.reference.texts import Texts, texts

WEAKEST_FIRST = ("hypothesis", "deduced", "official")
INFO: Mapping[str, Any] = {
    "title": "API FSE (simulateur de référence, non officiel)",
    "description": (
        "Le côté CNSS de la feuille de soins électronique, tel que ce banc le définit : aucune spécification publique "
        "n'existe. Chaque opération et chaque groupe de champs porte `x-fidelity` (`official` : texte officiel ; "
        "`deduced` : déduit d'annonces ou d'usages publics ; `hypothesis` : hypothèse du banc) et `x-source`.\n\n"
        "Erreurs : RFC 9457, un seul catalogue. Montants et quantités : des chaînes décimales. Instants : UTC."
    ),
    "version": "1",
    "license": {"name": "EUPL-1.2", "identifier": "EUPL-1.2"},
    "contact": {"name": "Banc FSE (projet non officiel, sans lien avec la CNSS)"},
    "x-unofficial": True,
}
_TRACE = "4bf92f3577b34da6a3ce929d0e0e4736"


@cache
def recorded() -> Mapping[str, Any]:
    """Operation → ``{"requests": {name: value}, "answers": {status: {name: value}}}``, as a scripted run gave them."""
    place = resources.files("simulator.reference").joinpath("examples.json")
    return dict(json.loads(place.read_text(encoding="utf-8"))) if place.is_file() else {}


def build(
    routes: Iterable[Route], *, base: str, world: str, examples: Mapping[str, Any] | None = None
) -> dict[str, Any]:
    """The document; `examples` None takes those that are kept with the program."""
    document = openapi.build(routes, info=INFO, base=base, world=world)
    said = texts()
    document["tags"] = [{"name": name, "description": text} for name, text in said.tags.items()]
    flows = document["components"]["securitySchemes"]["bearer"]["flows"]
    for scopes in (flow["scopes"] for flow in flows.values()):
        scopes.update({scope: said.scopes.get(scope, "") for scope in scopes})
    for name, header in document["components"]["headers"].items():
        header["description"] = said.replies.get(name, name)
    kept = recorded() if examples is None else examples
    slugs: set[str] = set()
    for operation in operations(document):
        _say(operation, said)
        _show(operation, kept.get(operation["operationId"], {}))
        slugs |= _refuse(operation, kept.get(operation["operationId"], {}).get("answers", {}))
    issuer = f"{base}/w/{world}"
    document["components"]["examples"] = {slug: _refusal(slug, issuer) for slug in sorted(slugs)}
    fields.say(document)
    _mark_groups(document, said)
    return document


def operations(document: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """Every operation, in the document's order."""
    for item in document["paths"].values():
        yield from item.values()


def _say(operation: dict[str, Any], said: Texts) -> None:
    words = said.operations.get(operation["operationId"], {})
    operation["summary"] = words.get("title", operation.get("summary", operation["operationId"]))
    if "who" in words:
        operation["x-who"] = words["who"]
    operation["description"] = words.get("text", operation["summary"]).strip()
    for parameter in operation["parameters"]:
        known = said.headers if parameter["in"] == "header" else said.parameters
        text = parameter["schema"].get("description") or known.get(parameter["name"])
        if text:
            parameter["description"] = text


def _show(operation: dict[str, Any], kept: Mapping[str, Any]) -> None:
    """Recorded exchanges become the examples of the request and of the successful answer."""
    body = operation.get("requestBody", {}).get("content", {})
    for content in body.values():
        if requests := kept.get("requests"):
            content["examples"] = {name: {"value": value} for name, value in requests.items()}
    for status, answers in kept.get("answers", {}).items():
        content = operation["responses"].get(status, {}).get("content", {})
        for media, shape in content.items():
            if media == MEDIA_TYPE:
                continue
            shape["examples"] = {
                name: {"value": value}
                for name, value in answers.items()
                if CSV not in content or isinstance(value, str) == (media == CSV)
            }


def _refuse(operation: dict[str, Any], answers: Mapping[str, Any]) -> set[str]:
    """Point each refusal at its example, beside those that were recorded; the slugs that this operation may answer."""
    slugs: set[str] = set()
    for status, answer in operation["responses"].items():
        here = answer.get("x-problems", [])
        if here and MEDIA_TYPE in answer["content"]:
            recorded = {name: {"value": value} for name, value in answers.get(status, {}).items()}
            general = {s: {"$ref": f"#/components/examples/{s}"} for s in here}
            answer["content"][MEDIA_TYPE]["examples"] = {**general, **recorded}
        slugs.update(here)
    return slugs


def _refusal(slug: str, issuer: str) -> dict[str, Any]:
    _, _, body = render(Problem(slug), issuer=issuer, instance="/v1/…", trace_id=_TRACE)
    return {"summary": problems.catalogue()[slug].title["fr"], "value": json.loads(body)}


def _mark_groups(document: dict[str, Any], said: Texts) -> None:
    """`x-fidelity` and `x-source` on every component: its own, or those of the least certain operation with it."""
    schemas: dict[str, Any] = document["components"]["schemas"]
    carried: dict[str, list[Mapping[str, Any]]] = {}
    for operation in operations(document):
        for name in _reached(operation, schemas):
            carried.setdefault(name, []).append(operation)
    for name, schema in schemas.items():
        own = said.groups.get(name)
        by = min(carried.get(name, ()), key=lambda o: WEAKEST_FIRST.index(o["x-fidelity"]), default=None)
        schema["x-fidelity"] = own["fidelity"] if own else by["x-fidelity"] if by else WEAKEST_FIRST[0]
        schema["x-source"] = own["source"] if own else by["x-source"] if by else "Contract of this project"


def _reached(value: Any, schemas: Mapping[str, Any], seen: set[str] | None = None) -> set[str]:
    """Names of the components that a part of the document points to, directly or not."""
    seen = set() if seen is None else seen
    if isinstance(value, Mapping):
        name = str(value.get("$ref", "")).removeprefix("#/components/schemas/")
        if name in schemas and name not in seen:
            seen.add(name)
            _reached(schemas[name], schemas, seen)
        for part in value.values():
            _reached(part, schemas, seen)
    elif isinstance(value, list):
        for part in value:
            _reached(part, schemas, seen)
    return seen
