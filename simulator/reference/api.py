"""The page of the API: every operation with who may call it, its headers, its fields, its fidelity and its refusals."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from simulator.kit.problems import MEDIA_TYPE
from simulator.reference import shapes, words
from simulator.reference.blocks import Block, Bullets, Code, Heading, Page, Table, Text
from simulator.reference.words import said
from simulator.samples import sample

REPLIES = "Les en-têtes des réponses"
SHARED = "Les formes communes"


def page(document: Mapping[str, Any]) -> Page:
    """`api`."""
    groups: dict[str, list[tuple[str, str, dict[str, Any]]]] = {tag["name"]: [] for tag in document["tags"]}
    for path, item in document["paths"].items():
        for method, operation in item.items():
            groups.setdefault(operation["tags"][0], []).append((method.upper(), path, operation))
    everything = [each for group in groups.values() for each in group]
    blocks: list[Block] = [
        Text(
            "Pour commencer : [appeler l'API](../guides/appeler-l-api.md). Ce qui pilote le simulateur : "
            "[l'API du banc](banc.md)."
        ),
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
    linked = _shared(document)
    blocks += _replies(document["components"]["headers"])
    for tag, group in groups.items():
        if group:
            blocks += [Heading(2, tag), Text(said_of.get(tag, ""))]
            for each in group:
                blocks += _detail(*each, schemas, linked)
    blocks += [Heading(2, SHARED), Text("Des requêtes et des réponses que plusieurs opérations portent.")]
    for name in linked:
        whole, others = {"$ref": f"#/components/schemas/{name}"}, [each for each in linked if each != name]
        blocks += [Heading(3, name), Text(schemas[name].get("description", ""))]
        blocks += [shapes.table(whole, schemas, others, f"Champs de {name}")]
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


def _replies(headers: Mapping[str, Any]) -> list[Block]:
    """What the headers of answers say, once for all operations."""
    rows = []
    for name, header in headers.items():
        example = next(iter(header["schema"].get("examples", header["schema"].get("enum", ()))), "")
        rows.append((f"`{name}`", header["description"], f"`{example}`" if example else ""))
    rule = "Comment s'en servir, du premier jeton aux nouveaux essais : [appeler l'API](../guides/appeler-l-api.md)."
    return [Heading(2, REPLIES), Table(("En-tête", "Sens", "Exemple"), rows), Text(rule)]


def _bodies(document: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """The schema of each JSON body that is sent, answered, and answered to a refusal."""
    found = []
    for item in document["paths"].values():
        for operation in item.values():
            answers = operation["responses"].values()
            for part in (operation.get("requestBody", {}), *answers):
                found += [content["schema"] for content in part.get("content", {}).values()]
    return found


def _shared(document: Mapping[str, Any]) -> list[str]:
    """Shapes described once: those of several operations, or that stand inside another one's."""
    schemas = document["components"]["schemas"]
    used: dict[str, int] = {}
    for schema in _bodies(document):
        if root := shapes.name_of(schema):
            members = shapes.members(root, schemas)
            for name in members:
                used[name] = used.get(name, 0) + (2 if len(members) > 1 else 1)
    inside = json.dumps(schemas)
    quoted = {name for name in used if f'"#/components/schemas/{name}"' in inside}
    return sorted(name for name, times in used.items() if times > 1 or name in quoted)


def _fields(of: str, content: Mapping[str, Any], schemas: Mapping[str, Any], linked: list[str]) -> list[Block]:
    """The fields of a body, or where they are described."""
    schema = content.get("schema", {})
    root = shapes.name_of(schema)
    names = shapes.members(root, schemas) if root else []
    if names and set(names) <= set(linked):
        return [Text(f"Champs de {of} : {' ou '.join(shapes.link(name) for name in names)}.")]
    table = shapes.table(schema, schemas, linked, f"Champs de {of}")
    return [table] if table.rows else []


def _detail(
    method: str, path: str, operation: Mapping[str, Any], schemas: Mapping[str, Any], linked: list[str]
) -> list[Block]:
    asked = [_parameter(p) for p in operation["parameters"] if p["in"] != "path"]
    needs = ", ".join(f"`{scope}`" for scope in scopes(operation))
    facts = [
        f"**{method} {path}**",
        f"Qui : {_who(operation)}{f' (habilitation {needs})' if needs else ''}",
        f"Fidélité : `{operation['x-fidelity']}`, {said(words.FIDELITY, operation['x-fidelity'])}"
        + (f" ; source : {operation['x-source']}" if operation["x-source"] else ""),
        f"En-têtes et paramètres : {' ; '.join(asked) or 'aucun'}",
        f"En-têtes des réponses : {_answered(operation)}",
        f"Refus : {_refusals(operation)}",
    ]
    blocks: list[Block] = [
        Heading(3, operation["operationId"]),
        Text(f"**{operation['summary']}.** {' '.join(operation['description'].split())}"),
        Bullets(facts),
    ]
    for media, shape in operation.get("requestBody", {}).get("content", {}).items():
        blocks += _fields("la requête", shape, schemas, linked)
        blocks += _examples("la requête", media, shape, schemas, 4)
    status = min(operation["responses"])
    for media, shape in operation["responses"][status].get("content", {}).items():
        blocks += _fields(f"la réponse {status}", shape, schemas, linked)
        blocks += _examples(f"la réponse {status}", media, shape, schemas, 1)
    return blocks + _refused(operation)


def _parameter(parameter: Mapping[str, Any]) -> str:
    where = "" if parameter["in"] == "header" else " (adresse)"
    return f"`{parameter['name']}`{where}{'' if parameter['required'] else ', facultatif'}"


def _answered(operation: Mapping[str, Any]) -> str:
    """Headers of its answers, each a link to what it says."""
    found = dict.fromkeys(name for answer in operation["responses"].values() for name in answer.get("headers", ()))
    return ", ".join(f"[`{name}`](#{Heading(2, REPLIES).anchor})" for name in found) or "aucun"


def _refusals(operation: Mapping[str, Any]) -> str:
    slugs = [slug for answer in operation["responses"].values() for slug in answer.get("x-problems", ())]
    return ", ".join(f"[`{slug}`](problemes.md#{slug})" for slug in slugs)


def _examples(of: str, media: str, content: Mapping[str, Any], schemas: Mapping[str, Any], most: int) -> list[Block]:
    """What was recorded, `most` examples of it; else the shape, and it says so."""
    if media == MEDIA_TYPE or not media.endswith(("json", "x-www-form-urlencoded")):
        return []
    known = [(name, each["value"]) for name, each in content.get("examples", {}).items()][:most]
    if not known:
        title = f"Forme de {of} : chaque membre possible, valeurs sans lien entre elles"
        return [_code(title, media, sample(content.get("schema", {}), schemas))]
    titled = [(f"Exemple de {of}{f' : {name}' if len(known) > 1 else ''}", value) for name, value in known]
    return [_code(title, media, value) for title, value in titled]


def _refused(operation: Mapping[str, Any]) -> list[Block]:
    """The refusals that were recorded."""
    found: list[Block] = []
    for status, answer in operation["responses"].items():
        examples = answer.get("content", {}).get(MEDIA_TYPE, {}).get("examples", {})
        for name, value in ((name, each["value"]) for name, each in examples.items() if "value" in each):
            found.append(_code(f"Exemple d'un refus {status}, {value['code']} : {name}", MEDIA_TYPE, value))
    return found


def _code(title: str, media: str, value: Any) -> Code:
    if isinstance(value, Mapping) and not media.endswith("json"):
        return Code("", "\n".join(f"{key}={each}" for key, each in value.items()), folded=title)
    return Code("json", json.dumps(value, ensure_ascii=False, indent=2), folded=title)
