"""Tables of fields: the shape of a request or an answer flattened to paths, `sections[].lines[].quantity`.

A shape that several operations send or answer is described once, under its own title, and linked. Where one of several
shapes may stand, their fields are merged: a field says in which cases it is there.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from simulator.reference.blocks import Heading, Table
from simulator.reference.fields import FORMAT

HEAD = ("Champ", "Type", "Requis", "Valeurs", "Sens")
YES, NO, DEPENDS = "oui", "non", "selon le cas"
_REF = "#/components/schemas/"
_TYPES = {"string": "texte", "integer": "entier", "number": "nombre", "boolean": "vrai ou faux", "object": "objet"}
_BOUNDS = (
    ("minLength", "caractères ≥"),
    ("maxLength", "caractères ≤"),
    ("minimum", "≥"),
    ("maximum", "≤"),
    ("minItems", "éléments ≥"),
    ("maxItems", "éléments ≤"),
)
Schema = Mapping[str, Any]


@dataclass(frozen=True)
class Row:
    """One field; `cases`: the kinds of its parent that have it, empty for all of them."""

    path: str
    type: str
    required: str
    values: str
    sense: str
    cases: str = ""

    def cells(self) -> tuple[str, ...]:
        sense = f"{self.cases} : {self.sense}" if self.cases else self.sense
        return f"`{self.path}`", self.type, self.required, self.values, sense


def table(schema: Schema, schemas: Mapping[str, Schema], linked: Collection[str], title: str) -> Table:
    """Every field of a shape, folded behind `title`; those in `linked` are named and not described again."""
    return Table(HEAD, [row.cells() for row in rows(schema, schemas, linked)], folded=title)


def rows(schema: Schema, schemas: Mapping[str, Schema], linked: Collection[str], path: str = "") -> list[Row]:
    """The fields below `path`."""
    schema = _target(schema, schemas)
    if variants := _variants(schema):
        return _merged([_target(v, schemas) for v in variants], schemas, linked, path)
    required = schema.get("required", ())
    found: list[Row] = []
    for name, field in schema.get("properties", {}).items():
        here = f"{path}.{name}" if path else name
        found += _field(here, field, YES if name in required else NO, schemas, linked)
    return found


def name_of(schema: Schema) -> str:
    """The component that a schema points to, else ""."""
    return str(schema.get("$ref", "")).removeprefix(_REF)


def link(name: str) -> str:
    """A link to the shape's own title on the page."""
    return f"[{name}](#{Heading(3, name).anchor})"


def members(name: str, schemas: Mapping[str, Schema]) -> list[str]:
    """The components that a component is one of, when it is nothing else and they are not kinds of one request."""
    return [name_of(each) for each in schemas[name].get("anyOf", ()) if name_of(each)] or [name]


def _field(
    path: str, field: Schema, required: str, schemas: Mapping[str, Schema], linked: Collection[str]
) -> list[Row]:
    sense = str(field.get("description", "—"))
    kind, optional = _without_null(field)
    many = kind.get("type") == "array"
    inner = kind.get("items", {}) if many else kind
    here = f"{path}[]" if many else path
    end = " ; ou null" if optional else ""
    if (name := name_of(inner)) in linked:
        return [Row(here, ("liste de " if many else "") + link(name) + end, required, _values(kind, many), sense)]
    target = _target(inner, schemas)
    if "properties" in target or _variants(target):
        first = Row(here, ("liste d'objets" if many else "objet") + end, required, _values(kind, many), sense)
        return [first, *rows(target, schemas, linked, here)]
    if FORMAT in field:
        target = {**target, FORMAT: field[FORMAT]}
    shown = _type(target)
    limits = [_values(kind, many)] if many else []
    values = " ; ".join(part for part in (*limits, _values(target, False)) if part)
    return [Row(here, (f"liste : {shown}" if many else shown) + end, required, values, sense)]


def _merged(variants: list[Schema], schemas: Mapping[str, Schema], linked: Collection[str], path: str) -> list[Row]:
    """Rows of shapes of which one stands there, each path once for each sense that it has."""
    told = _told_apart(variants)
    labels = [str(v["properties"][told]["const"]) if told else "" for v in variants]
    cases: dict[Row, list[str]] = {}
    for label, variant in zip(labels, variants, strict=True):
        for row in rows(variant, schemas, linked, path):
            at = f"{path}.{told}" if path else told
            if told and row.path == at:
                row = replace(row, values=", ".join(f"`{each}`" for each in labels))
            cases.setdefault(row, []).append(label)
    found: list[Row] = []
    for row, where in cases.items():
        if len(where) < len(variants) and told:
            shown = ", ".join(f"`{each}`" for each in where)
            row = replace(row, cases=f"{shown}, {row.cases}" if row.cases else shown)
        elif len(where) < len(variants) and row.required == YES:
            row = replace(row, required=DEPENDS)
        found.append(row)
    order = list(dict.fromkeys(row.path for row in found))
    return sorted(dict.fromkeys(found), key=lambda row: order.index(row.path))


def _told_apart(variants: Sequence[Schema]) -> str:
    """The field whose value tells one shape from another, "" when there is none."""
    for name in variants[0].get("properties", {}):
        values = [v.get("properties", {}).get(name, {}).get("const") for v in variants]
        if None not in values and len(set(values)) == len(values):
            return str(name)
    return ""


def _target(schema: Schema, schemas: Mapping[str, Schema]) -> Schema:
    return schemas[name] if (name := name_of(schema)) in schemas else schema


def _variants(schema: Schema) -> list[Schema]:
    return [each for key in ("oneOf", "anyOf") for each in schema.get(key, ()) if each.get("type") != "null"]


def _without_null(field: Schema) -> tuple[Schema, bool]:
    """(the only other kind, True) of a field that may be null."""
    kinds = field.get("anyOf", ())
    others = [each for each in kinds if each.get("type") != "null"]
    return (others[0], True) if len(others) == 1 and len(others) < len(kinds) else (field, False)


def _type(schema: Schema) -> str:
    if named := schema.get(FORMAT):
        return str(named)
    shown = _TYPES.get(str(schema.get("type")), "valeur")
    return f"{shown} ({schema['format']})" if "format" in schema else shown


def _values(schema: Schema, many: bool) -> str:
    return " ; ".join(_limits(schema, many))


def _limits(schema: Schema, many: bool) -> Iterator[str]:
    if "const" in schema:
        yield f"`{_plain(schema['const'])}`"
    if "enum" in schema:
        yield ", ".join(f"`{_plain(each)}`" for each in schema["enum"])
    if not many and FORMAT not in schema and schema.get("format") != "date" and "`" not in schema.get("pattern", ""):
        pattern = str(schema.get("pattern", ""))
        if pattern and pattern != r"\S":
            yield f"`{pattern}`"
    for key, words in _BOUNDS:
        if key in schema:
            yield f"{words} {schema[key]}"
    if schema.get("default") is not None:
        yield f"par défaut `{_plain(schema['default'])}`"


def _plain(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)
