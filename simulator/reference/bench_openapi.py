"""The OpenAPI document of the bench: what FastAPI generates of its routes, with the words, bodies and answers of
`fixtures/bench.yaml` laid over it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from fastapi.openapi.utils import get_openapi
from starlette.routing import BaseRoute

from simulator.bench.operation import MAX_PAGE, Operation
from simulator.kit.openapi import PROBLEM
from simulator.kit.problems import MEDIA_TYPE
from simulator.reference.bench import body, texts

NUMBERS: Mapping[str, Mapping[str, Any]] = {
    "after": {"type": "integer", "minimum": 0, "default": 0},
    "limit": {"type": "integer", "minimum": 0, "maximum": MAX_PAGE, "default": 100},
    "last": {"type": "integer", "minimum": 0},
    "wait": {"type": "integer", "minimum": 0, "maximum": 25, "default": 0},
}
"""Parameters of a query that are numbers; the others are texts."""


def document(routes: Sequence[BaseRoute], operations: Iterable[Operation], base: str) -> dict[str, Any]:
    """`routes`: those of FastAPI, whose `operation_id` is the name of an operation; `base`: address of the server."""
    told = get_openapi(
        title="API du banc (simulateur de référence, non officiel)",
        version="1",
        description="Ce qui pilote le simulateur : mondes, horloge, clés, journal. Ce n'est pas l'API de la CNSS.",
        routes=routes,
        servers=[{"url": base}],
    )
    schemas: dict[str, Any] = {"Problem": PROBLEM}
    named = {each.name: each for each in operations}
    for generated in (operation for item in told["paths"].values() for operation in item.values()):
        _say(generated, named[generated["operationId"]], schemas)
    told["components"]["schemas"] = schemas
    return told


def _say(generated: dict[str, Any], operation: Operation, schemas: dict[str, Any]) -> None:
    said = texts()["operations"][operation.name]
    generated |= {"tags": ["bench"], "summary": said["title"], "description": said["text"]}
    for name, sense in said.get("query", {}).items():
        schema = dict(NUMBERS.get(name, {"type": "string"}))
        generated.setdefault("parameters", []).append(
            {"name": name, "in": "query", "required": False, "description": sense, "schema": schema}
        )
    if operation.body is not None:
        asked = body(operation.body)
        schemas |= asked.pop("$defs", {}) | {asked["title"]: asked}
        reference = {"$ref": f"#/components/schemas/{asked['title']}"}
        content = {"application/json": {"schema": reference, "example": said["example"]}}
        generated["requestBody"] = {"required": True, "content": content}
    generated["responses"] = {
        str(operation.status): _answer(said["answer"]),
        "default": {
            "description": "Refus : RFC 9457, le catalogue de l'API FSE.",
            "content": {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}},
        },
    }


def _answer(members: Mapping[str, str]) -> dict[str, Any]:
    if not members:
        return {"description": "Fait, sans corps."}
    properties = {name: {"description": sense} for name, sense in members.items()}
    schema = {"type": "object", "required": sorted(members), "properties": properties}
    return {"description": "Fait.", "content": {"application/json": {"schema": schema}}}
