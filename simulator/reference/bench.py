"""The page of the bench's own API, `/bench/v1`: its routes, the bodies they take, what they answer."""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cache
from typing import Any

from pydantic import BaseModel

from fixtures import loader
from simulator.bench.operation import PREFIX, Operation
from simulator.bench.routes import OPERATIONS
from simulator.reference import shapes
from simulator.reference.blocks import Block, Bullets, Code, Heading, Page, Table, Text
from simulator.reference.fields import FORMAT, fields


@cache
def texts() -> Mapping[str, Any]:
    """`fixtures/bench.yaml`, read once."""
    return dict(loader.read("bench.yaml"))


def page() -> Page:
    """`banc`."""
    said = texts()["operations"]
    rows = [(f"[`{o.name}`](#{o.name}) {said[o.name]['title']}", f"`{_call(o)}`") for o in OPERATIONS]
    blocks: list[Block] = [
        Text(
            "Ce qui pilote le simulateur : mondes, horloge, clés, journal. Ce n'est pas l'API de la CNSS, et un "
            "logiciel n'en a jamais besoin ; une suite d'essais, si. Les adresses sont celles du serveur, pas d'un "
            "monde."
        ),
        Text(
            "Chaque appel porte le jeton du banc, `Authorization: Bearer …` (fichier `.fse/bench-token`), et vient "
            "d'un hôte admis : la machine elle-même, ou un nom donné au démarrage. Les refus ont la forme de "
            "[tous les autres](problemes.md). La même page pour un programme : `GET /bench/v1/openapi.json`."
        ),
        Table(("Opération", "Appel"), rows),
    ]
    for each in OPERATIONS:
        blocks += _detail(each)
    return Page("banc", "L'API du banc", blocks)


def _call(operation: Operation) -> str:
    return f"{operation.method} {PREFIX}{operation.path}"


def _detail(operation: Operation) -> list[Block]:
    said = texts()["operations"][operation.name]
    blocks: list[Block] = [
        Heading(2, operation.name),
        Text(f"**{said['title']}.** {said['text']}"),
        Bullets([f"**{_call(operation)}**"]),
    ]
    if query := said.get("query"):
        blocks.append(Table(("Paramètre", "Sens"), [(f"`{key}`", sense) for key, sense in query.items()]))
    if operation.body is not None:
        schema = body(operation.body)
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
