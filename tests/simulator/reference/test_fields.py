"""Every field that is sent or answered has its sentence in French, and stands in a table of the page of the API."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

import pytest

from simulator.reference import api, build, shapes
from simulator.reference.document import operations
from simulator.reference.fields import fields


@pytest.fixture(scope="module")
def document() -> dict[str, Any]:
    return build.openapi()


@pytest.fixture(scope="module")
def page(document: dict[str, Any]) -> str:
    return api.page(document).markdown("")


def forms(document: dict[str, Any]) -> Iterator[tuple[str, Mapping[str, Any]]]:
    yield from document["components"]["schemas"].items()
    for operation in operations(document):
        for content in operation.get("requestBody", {}).get("content", {}).values():
            if "properties" in content["schema"]:
                yield operation["operationId"], content["schema"]


def inside(name: str, schema: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """(shape, field) of a shape and of the objects written inside it."""
    for field, value in schema.get("properties", {}).items():
        yield name, field
        yield from inside(f"{name}.{field}", value.get("items", value))


def test_every_field_and_shape_has_a_sentence(document: dict[str, Any]) -> None:
    said = fields()
    silent = [each for name, form in forms(document) for each in inside(name, form) if not said.sense(*each)]
    assert silent == [], "à dire dans fixtures/fields.yaml"
    assert [name for name in document["components"]["schemas"] if name not in said.shapes] == []


def test_no_sentence_is_about_a_field_that_is_gone(document: dict[str, Any]) -> None:
    said = fields()
    known = {each for name, form in forms(document) for each in inside(name, form)}
    assert {(shape, field) for shape, own in said.exceptions.items() for field in own} <= known
    assert set(said.fields) <= {field for _, field in known}
    assert set(said.shapes) <= set(document["components"]["schemas"])


def test_the_document_says_what_the_file_says_and_nothing_in_english(document: dict[str, Any]) -> None:
    said = fields()
    french = {*said.fields.values(), *said.shapes.values()}
    french |= {text for own in said.exceptions.values() for text in own.values()}

    def descriptions(value: Any) -> Iterator[str]:
        if isinstance(value, dict):
            if isinstance(text := value.get("description"), str):
                yield text
            for key, part in value.items():
                if key not in ("examples", "default"):
                    yield from descriptions(part)
        elif isinstance(value, list):
            for part in value:
                yield from descriptions(part)

    found = [text for _, form in forms(document) for text in descriptions(form)]
    assert len(found) > 500 and set(found) <= french


def test_the_page_gives_paths_choices_and_requirements(page: str) -> None:
    for wanted in (
        r"\| `sections\[\]\.lines\[\]\.quantity` \| quantité",
        r"\| `sections\[\]\.lines\[\]\.ean13` \| texte \| selon le cas \| `\^\[0-9\]\{13\}\$` \| `pharmacy` : ",
        r"\| `sections\[\]\.type` \| texte \| oui \| `prescriber`, `pharmacy`",
        r"\| `claims\[\]` \| liste de \[ClaimAnswer\]\(#claimanswer\)",
        r"\| `grant_type` \| texte \| oui \| `client_credentials`",
        r"\| `backup_code` \| texte \| selon le cas",
    ):
        assert re.search(wanted, page), wanted


def test_a_shape_of_several_operations_is_described_once(page: str) -> None:
    assert page.count("Champs de CareSheetAnswer<") == 1
    assert page.count("](#caresheetanswer)") > 3


def test_every_operation_with_a_body_shows_its_fields(document: dict[str, Any], page: str) -> None:
    parts = dict(re.findall(r"^### (\S+)\n(.*?)(?=^##|\Z)", page, re.M | re.S))
    for operation in operations(document):
        name = operation["operationId"]
        if operation.get("requestBody"):
            assert "Champs de la requête" in parts[name], name
        success = operation["responses"][min(operation["responses"])]
        if "application/json" in success.get("content", {}):
            assert "Champs de la réponse" in parts[name], name


def test_shapes_of_which_one_stands_there_are_merged() -> None:
    text = {"type": "string", "description": "Un mot."}
    one = {"properties": {"kind": {"const": "a"}, "x": text}, "required": ["kind", "x"]}
    two = {"properties": {"kind": {"const": "b"}, "x": text, "y": text}, "required": ["kind", "x"]}
    found = shapes.rows({"properties": {"all": {"type": "array", "items": {"oneOf": [one, two]}}}}, {}, ())
    assert [(row.path, row.required, row.cases) for row in found] == [
        ("all[]", "non", ""),
        ("all[].kind", "oui", ""),
        ("all[].x", "oui", ""),
        ("all[].y", "non", "`b`"),
    ]
