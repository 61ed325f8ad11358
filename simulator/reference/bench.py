"""The page of the bench's own API, `/bench/v1`: its routes, the bodies they take, what they answer."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from functools import cache
from importlib import resources
from typing import Any

import yaml
from fastapi import APIRouter
from fastapi.routing import APIRoute
from pydantic import BaseModel

from simulator.bench import deliveries, routes, schemas, trust
from simulator.reference import shapes
from simulator.reference.blocks import Block, Bullets, Code, Heading, Page, Table, Text
from simulator.reference.fields import FORMAT, fields

PREFIX = "/bench/v1"
BODIES: Mapping[str, type[BaseModel]] = {
    "create-world": schemas.WorldRequest,
    "set-clock": schemas.ClockRequest,
    "advance-clock": schemas.Advance,
    "rotate-key": trust.Rotation,
    "suspend": trust.Suspension,
    "revoke": trust.Revocation,
    "register-client": schemas.ClientRegistration,
}
"""Operation → the shape of its body."""


@cache
def texts() -> Mapping[str, Any]:
    """`fixtures/bench.yaml`, read once."""
    raw = resources.files("fixtures").joinpath("bench.yaml").read_text(encoding="utf-8")
    return dict(yaml.safe_load(raw))


def calls() -> Iterator[tuple[str, str, str]]:
    """(operation, method, path) of every route of the bench."""
    routers: tuple[APIRouter, ...] = (routes.router, trust.router, deliveries.router)
    for route in (route for router in routers for route in router.routes):
        if isinstance(route, APIRoute):
            method = min(route.methods or {"GET"})
            yield str(route.operation_id), method, PREFIX + route.path.removeprefix(PREFIX)


def page() -> Page:
    """`banc`."""
    everything = list(calls())
    said = texts()["operations"]
    rows = [(f"[`{name}`](#{name}) {said[name]['title']}", f"`{method} {path}`") for name, method, path in everything]
    blocks: list[Block] = [
        Text(
            "Ce qui pilote le simulateur : mondes, horloge, clés, journal. Ce n'est pas l'API de la CNSS, et un "
            "logiciel n'en a jamais besoin ; une suite d'essais, si. Les adresses sont celles du serveur, pas d'un "
            "monde."
        ),
        Text(
            "Chaque appel porte le jeton du banc, `Authorization: Bearer …` (fichier `.fse/bench-token`), et vient "
            "d'un hôte admis : la machine elle-même, ou un nom donné au démarrage. Les refus ont la forme de "
            "[tous les autres](problemes.md)."
        ),
        Table(("Opération", "Appel"), rows),
    ]
    for each in everything:
        blocks += _detail(*each)
    return Page("banc", "L'API du banc", blocks)


def _detail(name: str, method: str, path: str) -> list[Block]:
    said = texts()["operations"][name]
    blocks: list[Block] = [
        Heading(2, name),
        Text(f"**{said['title']}.** {said['text']}"),
        Bullets([f"**{method} {path}**"]),
    ]
    if query := said.get("query"):
        blocks.append(Table(("Paramètre", "Sens"), [(f"`{key}`", sense) for key, sense in query.items()]))
    if name in BODIES:
        schema = body(BODIES[name])
        blocks.append(shapes.table(schema, schema.get("$defs", {}), (), "Champs de la requête"))
        blocks.append(
            Code("json", json.dumps(said["example"], ensure_ascii=False, indent=2), folded="Exemple de la requête")
        )
    if said["answer"]:
        blocks.append(Table(("Réponse", "Sens"), [(f"`{key}`", sense) for key, sense in said["answer"].items()]))
    return blocks


def body(model: type[BaseModel]) -> dict[str, Any]:
    """The JSON Schema of a body, with French senses. Raises KeyError for a field without one."""
    schema = model.model_json_schema(ref_template="#/components/schemas/{model}")
    for shape in (schema, *schema.get("$defs", {}).values()):
        for name, field in shape["properties"].items():
            kinds = [field, *field.get("anyOf", ())]
            english = next((kind.pop("description") for kind in kinds if "description" in kind), "")
            if english in fields().formats:
                field[FORMAT] = fields().formats[english]
            field["description"] = texts()["fields"][shape["title"]][name]
    return schema
