"""The page of the bench's API: every route is there, its examples are accepted, its members are those answered."""

from __future__ import annotations

from typing import Any

import pytest
from jsonschema import Draft202012Validator

from simulator.bench.operation import PREFIX, Operation
from simulator.bench.routes import OPERATIONS
from simulator.reference import bench
from simulator.reference.people import GP, issue
from simulator.reference.recorder import TOKEN, Recorder
from tests.simulator.conftest import Platform


def test_every_route_has_its_words_and_every_body_its_example() -> None:
    said, names = bench.texts(), [each.name for each in OPERATIONS]
    assert sorted(names) == sorted(set(names)) == sorted(said["operations"])
    assert {name for name, each in said["operations"].items() if "example" in each} == {
        each.name for each in OPERATIONS if each.body
    }
    text = bench.page().markdown("")
    assert all(f"## {name}\n" in text for name in names)
    assert "`clients[].jwks.keys[]`" in text


def test_no_sentence_is_about_a_field_that_is_gone() -> None:
    shapes: dict[str, set[str]] = {}
    for schema in (bench.body(each.body) for each in OPERATIONS if each.body):
        for shape in (schema, *schema.get("$defs", {}).values()):
            shapes[shape["title"]] = set(shape["properties"])
    assert {name: set(own) for name, own in bench.texts()["fields"].items()} == shapes


@pytest.fixture(scope="module")
def recorder() -> Any:
    """A simulator whose default world holds what the examples name; every operation is called in a world of its own."""
    made = Recorder()
    made.bench("POST", "/worlds/default/clients", {"client_id": "mon-logiciel", "name": "Mon logiciel"})
    yield made
    made.close()


@pytest.fixture(scope="module")
def asked(recorder: Recorder) -> Any:
    """A prior approval to decide."""
    body = {"number": issue(recorder)["number"], "section": "physiotherapy", "line": 1, "quantity": "10"}
    return recorder(GP, "POST", "/v1/prior-approvals", {**body, "motive": "Genou"}, expect=201, once=True)["id"]


def said_of(operation: str) -> Any:
    return bench.texts()["operations"][operation]


@pytest.mark.parametrize("operation", OPERATIONS, ids=lambda operation: operation.name)
def test_the_answer_has_the_members_that_the_page_names(recorder: Recorder, asked: str, operation: Operation) -> None:
    said, world = said_of(operation.name), f"essai-{operation.name}"
    recorder.bench("POST", "/worlds/default/clone", {"id": world})
    recorder.bench("POST", f"/worlds/{world}/snapshots", {"name": "essai"})
    fault = recorder.bench("POST", f"/worlds/{world}/faults", said_of("add-fault")["example"])["id"]
    body = said.get("example")
    if operation.name == "decide":
        body = {**body, "approval": asked}
    path = operation.path
    name = fault if "/faults/" in path else "essai"
    number = recorder.bench("GET", f"/worlds/{world}/state")["care_sheets"][0]["number"]
    for part, value in {"world": world, "name": name, "seq": "1", "of": number}.items():
        path = path.replace(f"{{{part}}}", value)
    answer = recorder.bench(operation.method, path, body)
    assert set(answer or ()) == set(said["answer"])
    assert TOKEN not in str(answer)


def test_the_document_of_the_bench_says_every_operation_and_what_is_answered(recorder: Recorder) -> None:
    document = recorder.bench("GET", "/openapi.json")
    found = {
        operation["operationId"]: (f"{method.upper()} {path}", operation)
        for path, item in document["paths"].items()
        for method, operation in item.items()
    }
    assert {name: call for name, (call, _) in found.items()} == {
        each.name: f"{each.method} {PREFIX}{each.path}" for each in OPERATIONS
    }
    schemas = {"components": {"schemas": document["components"]["schemas"]}}
    for each in OPERATIONS:
        operation = found[each.name][1]
        assert operation["security"] and operation["summary"] and str(each.status) in operation["responses"]
        if each.body:
            content = operation["requestBody"]["content"]["application/json"]
            Draft202012Validator(content["schema"] | schemas).validate(content["example"])
    assert b"/bench/" not in recorder.simulator.openapi()  # the document of the FSE API says nothing of it
    answer = Platform(recorder.simulator)("GET", f"{PREFIX}/openapi.json")
    assert answer.status_code == 401
    refusal = operation["responses"]["default"]["content"]["application/problem+json"]["schema"]
    Draft202012Validator(refusal | schemas).validate(answer.json())
