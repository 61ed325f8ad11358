"""The page of the API: every operation with who may call it, its headers, its fidelity and its refusals."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from simulator.kit.problems import MEDIA_TYPE
from simulator.reference import words
from simulator.reference.blocks import Block, Bullets, Code, Heading, Page, Table, Text
from simulator.reference.words import said
from simulator.samples import sample


def page(document: Mapping[str, Any]) -> Page:
    """`api`."""
    groups: dict[str, list[tuple[str, str, dict[str, Any]]]] = {tag["name"]: [] for tag in document["tags"]}
    for path, item in document["paths"].items():
        for method, operation in item.items():
            groups.setdefault(operation["tags"][0], []).append((method.upper(), path, operation))
    everything = [each for group in groups.values() for each in group]
    blocks: list[Block] = [
        Text(
            "Les chemins s'ajoutent à l'adresse d'un monde. Le document complet, pour les machines : `/openapi.json`. "
            "Les exemples viennent d'une suite d'appels réellement joués ; jetons et reçus y sont abrégés."
        ),
        Table(("Fidélité", "Sens"), [(f"`{k}`", v) for k, v in words.FIDELITY.items()]),
        Heading(2, "Toutes les opérations"),
        Table(("Opération", "Appel", "Qui", "Fidélité"), [_row(*each) for each in everything]),
    ]
    said_of = {tag["name"]: tag["description"] for tag in document["tags"]}
    schemas = document["components"]["schemas"]
    for tag, group in groups.items():
        if group:
            blocks += [Heading(2, tag), Text(said_of.get(tag, ""))]
            for each in group:
                blocks += _detail(*each, schemas)
    return Page("api", "L'API FSE, opération par opération", blocks)


def scopes(operation: Mapping[str, Any]) -> list[str]:
    """The scopes of which one opens this operation."""
    return [scope for need in operation.get("security", ()) for scope in need.get("bearer", ())]


def _who(operation: Mapping[str, Any]) -> str:
    if "x-who" in operation:
        return str(operation["x-who"])
    if not operation.get("security"):
        return "sans jeton"
    return ", ".join(dict.fromkeys(said(words.WHO, scope) for scope in scopes(operation))) or "tous"


def _row(method: str, path: str, operation: Mapping[str, Any]) -> tuple[str, ...]:
    name = operation["operationId"]
    call, fidelity = f"`{method} {path}`", f"`{operation['x-fidelity']}`"
    return f"[`{name}`](#{name}) {operation['summary']}", call, _who(operation), fidelity


def _detail(method: str, path: str, operation: Mapping[str, Any], schemas: Mapping[str, Any]) -> list[Block]:
    asked = [_parameter(p) for p in operation["parameters"] if p["in"] != "path"]
    needs = ", ".join(f"`{scope}`" for scope in scopes(operation))
    facts = [
        f"**{method} {path}**",
        f"Qui : {_who(operation)}{f' (habilitation {needs})' if needs else ''}",
        f"Fidélité : `{operation['x-fidelity']}`, {said(words.FIDELITY, operation['x-fidelity'])}"
        + (f" ; source : {operation['x-source']}" if operation["x-source"] else ""),
        f"En-têtes et paramètres : {' ; '.join(asked) or 'aucun'}",
        f"Refus : {_refusals(operation)}",
    ]
    blocks: list[Block] = [
        Heading(3, operation["operationId"]),
        Text(f"**{operation['summary']}.** {' '.join(operation['description'].split())}"),
        Bullets(facts),
    ]
    for media, shape in operation.get("requestBody", {}).get("content", {}).items():
        blocks += _examples("la requête", media, shape, schemas)
    status = min(operation["responses"])
    for media, shape in operation["responses"][status].get("content", {}).items():
        blocks += _examples(f"la réponse {status}", media, shape, schemas)
    return blocks


def _parameter(parameter: Mapping[str, Any]) -> str:
    where = "" if parameter["in"] == "header" else " (adresse)"
    return f"`{parameter['name']}`{where}{'' if parameter['required'] else ', facultatif'}"


def _refusals(operation: Mapping[str, Any]) -> str:
    slugs = [slug for answer in operation["responses"].values() for slug in answer.get("x-problems", ())]
    return ", ".join(f"[`{slug}`](problemes.md#{slug})" for slug in slugs)


def _examples(of: str, media: str, content: Mapping[str, Any], schemas: Mapping[str, Any]) -> list[Block]:
    """What was recorded, first example only; else the shape, and it says so."""
    if media == MEDIA_TYPE or not media.endswith(("json", "x-www-form-urlencoded")):
        return []
    known = next(iter(content.get("examples", {}).values()), None)
    value = known["value"] if known else sample(content.get("schema", {}), schemas)
    title = f"Exemple de {of}" if known else f"Forme de {of} : chaque membre possible, valeurs sans lien entre elles"
    if isinstance(value, Mapping) and not media.endswith("json"):
        return [Code("", "\n".join(f"{key}={each}" for key, each in value.items()), folded=title)]
    return [Code("json", json.dumps(value, ensure_ascii=False, indent=2), folded=title)]
