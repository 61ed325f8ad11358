"""What people read about shapes and fields: `fixtures/fields.yaml`, laid over the schemas of the OpenAPI document."""

from __future__ import annotations

import copy
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from fixtures import loader

FORMAT = "x-format"


@dataclass(frozen=True)
class Fields:
    """French sentences; `exceptions`: shape → field → sentence, before those of `fields`, which are by name alone."""

    formats: Mapping[str, str]
    shapes: Mapping[str, str]
    fields: Mapping[str, str]
    exceptions: Mapping[str, Mapping[str, str]]

    def sense(self, shape: str, field: str) -> str | None:
        """The sentence of a field, None when nobody wrote it."""
        own = self.exceptions.get(shape, {})
        return own.get(field) or self.fields.get(field)


@cache
def fields() -> Fields:
    """The file, read once. Raises TypeError for an unknown or missing part."""
    return Fields(**loader.read("fields.yaml"))


def say(document: dict[str, Any]) -> None:
    """French descriptions on every shape and field; those of the code go, but for their format in `x-format`.

    The schemas are copied first: some are shared by every document that this process makes.
    """
    said = fields()
    components = document["components"]
    components["schemas"] = schemas = copy.deepcopy(components["schemas"])
    for name, schema in schemas.items():
        schema.pop("description", None)
        _lay(name, schema, said)
        if name in said.shapes:
            schema["description"] = said.shapes[name]
    for item in document["paths"].values():
        for operation in item.values():
            for content in operation.get("requestBody", {}).get("content", {}).values():
                if "properties" in content["schema"]:
                    content["schema"] = form = copy.deepcopy(content["schema"])
                    _lay(operation["operationId"], form, said)


def _lay(shape: str, schema: dict[str, Any], said: Fields) -> None:
    for name, field in schema.get("properties", {}).items():
        english = _bare(field)
        if english is not None and english in said.formats:
            field[FORMAT] = said.formats[english]
        inside = field.get("items", field)
        if "properties" in inside:
            _lay(f"{shape}.{name}", inside, said)
        if (sense := said.sense(shape, name)) is not None:
            field["description"] = sense


def _bare(field: Any) -> str | None:
    """Take the descriptions away from a field's schema; the first of them. Examples and objects inside are left."""
    if not isinstance(field, dict):
        return None
    found = [field.pop("description", None), _bare(field.get("items"))]
    found += [_bare(part) for key in ("anyOf", "oneOf") for part in field.get(key, ())]
    return next((text for text in found if text), None)
