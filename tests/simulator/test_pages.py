"""The documentation page: each operation with what to send and what comes back, offline, whatever the document says."""

from __future__ import annotations

import copy
import json
import re
from html import unescape
from typing import Any

import pytest

from simulator.pages import documentation
from simulator.samples import sample


@pytest.fixture(scope="module")
def document(shared: Any) -> dict[str, Any]:
    return dict(shared("GET", "/openapi.json").json())


def section(page: str, operation: str) -> str:
    found = re.search(f'<section id="op-{operation}">.*?</section>', page, re.S)
    assert found
    return unescape(found[0])


def test_every_operation_has_its_anchor_headers_and_examples(document: dict[str, Any]) -> None:
    page = documentation(document)
    names = [operation["operationId"] for item in document["paths"].values() for operation in item.values()]
    assert len(names) > 20
    for name in names:
        assert f'href="#op-{name}"' in page and section(page, name)
    issue = section(page, "issue-care-sheet")
    for wanted in ("Authorization: Bearer …", "User-Agent: MonLogiciel/1.0", "Idempotency-Key: ", "application/json"):
        assert wanted in issue
    request, answer = (json.loads(text) for text in re.findall(r"<pre>({.*?})</pre>", issue, re.S))
    assert request == document["components"]["schemas"]["CareSheetRequest"]["examples"][0]
    assert set(document["components"]["schemas"]["CareSheetAnswer"]["required"]) <= set(answer)
    assert "Exemple de la requête" in issue and "Forme de la réponse 201" in issue
    assert "If-Match: " in section(page, "execute-section") and "application/pdf" in section(page, "print-care-sheet")
    assert "Authorization" not in section(page, "read-token-keys")


def test_it_is_light_needs_no_network_and_escapes(document: dict[str, Any]) -> None:
    hostile = copy.deepcopy(document)
    hostile["paths"]["/v1/care-sheets"]["post"]["summary"] = "<script>alert(1)</script>"
    hostile["components"]["schemas"]["CareSheetRequest"]["examples"] = [{"<b>": "</pre><script>"}]
    page = documentation(hostile)
    assert "<script" not in page and "<b>" not in page and "&lt;script&gt;" in page
    assert not re.search(r'(?:src|href)="(?!#|/)', page)
    assert len(page) < 100_000


def test_a_sample_of_what_points_to_itself_ends() -> None:
    node = {"type": "object", "properties": {"child": {"$ref": "#/components/schemas/Node"}, "n": {"minimum": 3}}}
    assert sample({"$ref": "#/components/schemas/Node"}, {"Node": node}) is not None
    assert sample({"anyOf": [{"type": "null"}, {"type": "string", "format": "date"}]}, {}) == "2026-11-23"
