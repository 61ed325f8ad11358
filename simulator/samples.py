"""A sample value of a JSON Schema, made of the examples that the OpenAPI document gives for its parts."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

_DEPTH = 8
_TEXTS = {"date-time": "2026-11-23T09:00:00Z", "date": "2026-11-23", "uri": "https://exemple.invalid/"}


def sample(schema: Mapping[str, Any], schemas: Mapping[str, Any], depth: int = 0) -> Any:
    """The schema's own example, else one put together from its members; `schemas` are the document's components.

    Members that may be absent are shown only where they have an example or a sample of their own that is not null.
    """
    if "$ref" in schema:
        return sample(schemas.get(str(schema["$ref"]).rpartition("/")[2], {}), schemas, depth)
    for known in ("examples", "enum"):
        if schema.get(known):
            return schema[known][0]
    for known in ("const", "default"):
        if schema.get(known) is not None:
            return schema[known]
    for choice in ("anyOf", "oneOf", "allOf"):
        shapes = [shape for shape in schema.get(choice, ()) if shape.get("type") != "null"]
        if shapes:
            return sample(shapes[0], schemas, depth)
    kind = schema.get("type")
    if depth >= _DEPTH or kind == "null":
        return None
    if kind == "object":
        members = {name: sample(shape, schemas, depth + 1) for name, shape in schema.get("properties", {}).items()}
        return {name: value for name, value in members.items() if value is not None}
    if kind == "array":
        one = sample(schema.get("items", {}), schemas, depth + 1)
        return [] if one is None else [one]
    return _scalar(str(kind), schema)


def _scalar(kind: str, schema: Mapping[str, Any]) -> Any:
    if kind in ("integer", "number"):
        return schema.get("minimum", 1)
    if kind == "boolean":
        return False
    return _TEXTS.get(schema.get("format", ""), "…") if kind == "string" else None
