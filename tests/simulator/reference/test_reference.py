"""The reference is what the tables say: nothing stale, nothing without words, nothing invented."""

from __future__ import annotations

import copy
import json
import re
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from simulator.care_sheets.states import TABLE, LineState
from simulator.events import model as events
from simulator.kit import problems
from simulator.reference import build, happenings, refusals, states, words
from simulator.reference.blocks import Heading
from simulator.reference.document import operations
from simulator.reference.recorder import Recorder
from simulator.reference.story import played
from simulator.reference.texts import texts
from simulator.resolutions import model as leases

ROOT = Path(__file__).resolve().parents[3]
BINARY = {"print-care-sheet", "draw-qr-png"}


@pytest.fixture(scope="module")
def told() -> Recorder:
    return played()


@pytest.fixture(scope="module")
def examples(told: Recorder) -> dict[str, Any]:
    return told.examples


@pytest.fixture(scope="module")
def document(examples: dict[str, Any]) -> dict[str, Any]:
    return build.openapi(examples)


def test_nothing_is_stale(examples: dict[str, Any]) -> None:
    old = [str(path.relative_to(ROOT)) for path in build.stale(ROOT, examples)]
    assert old == [], "refaire : fse docs build"


def test_a_page_that_was_touched_by_hand_is_seen(examples: dict[str, Any], tmp_path: Path) -> None:
    for path, text in build.targets(tmp_path, examples).items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    assert build.stale(tmp_path, examples) == []
    page = tmp_path / "docs" / "reference" / "etats.md"
    page.write_text(page.read_text(encoding="utf-8").replace("over-remainder", "line-terminal"), encoding="utf-8")
    assert build.stale(tmp_path, examples) == [page]


def test_every_operation_has_words_a_source_and_recorded_examples(document: dict[str, Any]) -> None:
    said = texts()
    names = {operation["operationId"] for operation in operations(document)}
    assert names == set(said.operations)
    tags = {operation["tags"][0] for operation in operations(document)}
    assert tags == set(said.tags)
    for operation in operations(document):
        name = operation["operationId"]
        assert operation["x-fidelity"] in words.FIDELITY and operation["x-source"], name
        assert any(400 <= int(status) < 500 for status in operation["responses"]), name
        bodies = list(operation.get("requestBody", {}).get("content", {}).values())
        success = operation["responses"][min(operation["responses"])]
        answers = [] if name in BINARY else list(success.get("content", {}).values())
        assert all(shape.get("examples") for shape in (*bodies, *answers)), name
        assert all(parameter.get("description") for parameter in operation["parameters"]), name
    granted = document["components"]["securitySchemes"]["bearer"]["flows"]["clientCredentials"]["scopes"]
    assert all(granted.values())
    assert set(document["components"]["headers"]) == set(said.replies)


def test_every_field_group_has_a_fidelity_and_a_source(document: dict[str, Any]) -> None:
    groups = document["components"]["schemas"]
    assert all(group["x-fidelity"] in words.FIDELITY and group["x-source"] for group in groups.values())
    assert groups["Problem"]["x-fidelity"] == "official" and groups["LeaseAnswer"]["x-fidelity"] == "hypothesis"
    assert set(texts().groups) <= set(groups)


def test_every_example_fits_its_schema(document: dict[str, Any]) -> None:
    checked = 0
    for operation in operations(document):
        contents = [*operation.get("requestBody", {}).get("content", {}).values()]
        contents += [c for answer in operation["responses"].values() for c in answer.get("content", {}).values()]
        for content in contents:
            for example in content.get("examples", {}).values():
                example = document["components"]["examples"].get(example.get("$ref", "").rpartition("/")[2], example)
                assert faults(content["schema"], example["value"], document) == []
                checked += 1
    assert checked > 200


def faults(schema: dict[str, Any], value: Any, document: dict[str, Any]) -> list[str]:
    whole = {**schema, "components": document["components"]}
    return [error.message for error in Draft202012Validator(whole).iter_errors(value)]


def test_an_example_that_does_not_fit_is_seen(document: dict[str, Any]) -> None:
    content = document["paths"]["/v1/care-sheets"]["post"]["requestBody"]["content"]["application/json"]
    wrong = copy.deepcopy(next(iter(content["examples"].values()))["value"])
    wrong["date_of_care"] = "hier"
    assert faults(content["schema"], wrong, document)


def test_answers_carry_the_headers_that_they_announce(document: dict[str, Any], told: Recorder) -> None:
    """Those that every success must have; and no revision or limit goes unannounced."""
    optional = {"Idempotent-Replayed", "FSE-Warning"}
    checked = 0
    for operation in operations(document):
        status = min(operation["responses"])
        announced = set(operation["responses"][status].get("headers", ())) - optional
        seen = told.headers[operation["operationId"], int(status)] - ({"location"} if status != "201" else set())
        assert {name.lower() for name in announced} == seen & {"etag", "location", "ratelimit", "ratelimit-policy"}, (
            operation
        )
        checked += len(announced)
    assert checked > 80


def test_a_clinic_that_must_choose_sees_its_choices(document: dict[str, Any]) -> None:
    operation = document["paths"]["/v1/resolutions"]["post"]
    content = operation["responses"]["422"]["content"]["application/problem+json"]
    refusal = content["examples"]["section-a-choisir"]["value"]
    chosen = operation["requestBody"]["content"]["application/json"]["examples"]["section-choisie"]["value"]["section"]
    assert refusal["code"] == "section-to-choose" and chosen in refusal["sections"]


def test_examples_hold_no_whole_token(examples: dict[str, Any]) -> None:
    assert not re.search(r"eyJ[\w-]+\.[\w-]+\.[\w-]+", json.dumps(examples))


def test_every_row_of_the_line_table_is_on_the_page_and_in_the_drawing() -> None:
    page = states.page()
    text, drawing = page.markdown(""), page.drawings()["etats-ligne.svg"]
    for row in TABLE:
        assert re.search(rf"\| `{row.state}` \| `{row.transition}` [^\n]*`{row.becomes}`", text), row
    arrows = states.arrows()
    drawn = {(source, arrow.target) for arrow in arrows for source in arrow.sources}
    assert drawn == {(str(row.state), str(row.becomes)) for row in TABLE}
    assert drawing.count("<circle") == sum(len(arrow.sources) for arrow in arrows)
    assert all(f">{state}<" in drawing for state in LineState)


def test_every_lease_decision_is_on_the_page() -> None:
    text = states.page().markdown("")
    for action in leases.Action:
        assert f"| `{action}` : " in text
    for outcome in leases.TABLE.values():
        assert (f"`{outcome}`" if not isinstance(outcome, leases.Effect) else words.EFFECTS[str(outcome)]) in text


def test_every_code_of_the_tables_has_a_french_word() -> None:
    assert {str(state) for state in LineState} <= set(words.STATES)
    assert {str(row.transition) for row in TABLE} <= set(words.TRANSITIONS)
    assert {str(role) for row in TABLE for role in row.roles} <= set(words.ROLES)
    assert {guard.name for row in TABLE for guard in row.guards} <= set(words.GUARDS)
    assert {str(x) for x in leases.Standing} <= set(words.STANDINGS)
    assert {str(x) for x in leases.Action} <= set(words.ACTIONS)
    assert {str(x) for x in leases.Effect} <= set(words.EFFECTS)
    assert set(events.TYPES) == set(happenings.TYPES)
    assert set(words.RETRY) >= {entry.retry["policy"] for entry in problems.catalogue().values()}


def test_every_problem_is_on_its_page_with_three_titles(document: dict[str, Any]) -> None:
    text = refusals.page(document).markdown("")
    for entry in problems.catalogue().values():
        assert f"### {entry.slug}\n" in text
        assert all(entry.title[language] in text for language in problems.LANGUAGES), entry.slug
        assert entry.remedy["fr"] in text


def test_links_between_pages_lead_somewhere(document: dict[str, Any]) -> None:
    pages = {f"{page.name}.md": page.markdown("") for page in build.pages(document)}
    titles = {name: re.findall(r"^#+ (.+)$", text, re.M) for name, text in pages.items()}
    anchors = {name: {Heading(2, title).anchor for title in found} for name, found in titles.items()}
    for name, text in pages.items():
        for target in re.findall(r"\]\(([^)]+)\)", text):
            if target.startswith(("http", "etats-", "../")):
                continue
            page, _, anchor = target.partition("#")
            assert anchor in {"", *anchors[page or name]}, (name, target)
