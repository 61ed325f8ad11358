"""The server's documentation: the pages of docs/reference, offline, whatever the document says."""

from __future__ import annotations

import copy
import json
import re
from html import unescape
from typing import Any

import pytest

from simulator.pages import documentation
from simulator.reference import build
from simulator.samples import sample

PAGES = ("api", "etats", "problemes", "evenements", "regles")


@pytest.fixture(scope="module")
def document(shared: Any) -> dict[str, Any]:
    return dict(shared("GET", "/openapi.json").json())


def section(page: str, operation: str) -> str:
    found = re.search(f'<h3 id="{operation}">.*?(?=<h[23]|$)', page, re.S)
    assert found
    return unescape(found[0])


def test_every_operation_has_its_anchor_headers_and_examples(document: dict[str, Any]) -> None:
    page = documentation(document)
    assert page is not None
    names = [operation["operationId"] for item in document["paths"].values() for operation in item.values()]
    assert len(names) > 20
    for name in names:
        assert f'href="#{name}"' in page and section(page, name)
    issue = section(page, "issue-care-sheet")
    for wanted in ("fse:issue", "<code>User-Agent</code>", "<code>Idempotency-Key</code>", "/v1/care-sheets"):
        assert wanted in issue
    *requests, answer = (json.loads(text) for text in re.findall(r"<pre>({.*?})</pre>", issue, re.S))
    said = document["paths"]["/v1/care-sheets"]["post"]["requestBody"]["content"]["application/json"]["examples"]
    assert requests == [each["value"] for each in said.values()] and all(each["sections"] for each in requests)
    assert answer["number"].startswith("2")
    assert set(document["components"]["schemas"]["CareSheetAnswer"]["required"]) <= set(answer)
    assert "Exemple de la requête" in issue and "Exemple de la réponse 201" in issue
    assert "<code>If-Match</code>" in section(page, "execute-section")
    assert "sans jeton" in section(page, "read-token-keys")


@pytest.mark.parametrize("name", PAGES)
def test_pages_are_served_with_links_that_lead_somewhere(shared: Any, name: str) -> None:
    answer = shared("GET", f"/docs/{name}")
    assert answer.status_code == 200 and "<script" not in answer.text
    assert not re.search(r'(?:src|href)="(?!#|/|https://www\.standardwebhooks)', answer.text)
    anchors = {page: set(re.findall(r'id="([^"]+)"', shared("GET", f"/docs/{page}").text)) for page in PAGES}
    for page, anchor in set(re.findall(r'href="(?:/docs/([a-z]+))?#([^"]+)"', answer.text)):
        assert anchor in anchors[page or name], (page, anchor)


def test_the_drawing_is_in_the_page_of_states(shared: Any) -> None:
    page = shared("GET", "/docs/etats").text
    assert page.count("<svg") == 1 and "<circle" in page


def test_an_unknown_page_is_refused_and_the_root_is_the_first(shared: Any) -> None:
    assert shared("GET", "/docs/inconnue").status_code == 404
    assert shared("GET", "/").text == shared("GET", "/docs").text == shared("GET", "/docs/api").text


def test_it_needs_no_network_and_escapes(document: dict[str, Any]) -> None:
    hostile = copy.deepcopy(document)
    issue = hostile["paths"]["/v1/care-sheets"]["post"]
    issue["summary"] = "<script>alert(1)</script>"
    issue["requestBody"]["content"]["application/json"]["examples"] = {"x": {"value": {"<b>": "</pre><script>"}}}
    page = documentation(hostile)
    assert page is not None and "<script" not in page and "&lt;b&gt;" in page and "&lt;script&gt;" in page


def test_a_sample_of_what_points_to_itself_ends() -> None:
    node = {"type": "object", "properties": {"child": {"$ref": "#/components/schemas/Node"}, "n": {"minimum": 3}}}
    assert sample({"$ref": "#/components/schemas/Node"}, {"Node": node}) is not None
    assert sample({"anyOf": [{"type": "null"}, {"type": "string", "format": "date"}]}, {}) == "2026-11-23"


def test_every_page_of_the_reference_is_served_and_no_page_leads_nowhere() -> None:
    described = build.openapi()
    served = {f"/docs/{page.name}": documentation(described, page.name) for page in build.pages(described)}
    assert None not in served.values()
    for name, page in served.items():
        led = set(re.findall(r'href="(/docs/[a-z-]+)', page or ""))
        assert led <= set(served), f"{name} leads to {led - set(served)}"
