from __future__ import annotations

import base64
from collections.abc import Callable
from typing import Any

import pytest
from jsonschema import Draft202012Validator, ValidationError

from tests.simulator.journal.har_schema import SCHEMA
from tests.simulator.journal.script import exchanges, played

HAR = Draft202012Validator(SCHEMA)


@pytest.fixture(scope="module")
def lived(shared: Any) -> Any:
    counter = played(shared)
    url = counter.world["issuer"]
    shared("POST", f"{url}/v1/rights-checks?a=1&b=%C3%A9", content=b"\xff\xfe", headers={"cookie": "a=b"})
    shared("HEAD", f"{url}/v1/un%20chemin%3Fcurieux")
    return counter


def _archive(counter: Any, **params: Any) -> Any:
    answer = counter.platform.bench("GET", f"/worlds/{counter.world['id']}/journal.har", params=params)
    assert answer.status_code == 200, answer.text
    return answer.json()


def test_it_is_har_1_2(lived: Any) -> None:
    archive = _archive(lived)
    HAR.validate(archive)
    assert archive["log"]["creator"]["name"] == "banc-fse" and archive["log"]["creator"]["version"]


def test_the_schema_sees_a_fault(lived: Any) -> None:
    spoils: tuple[Callable[[Any], Any], ...] = (
        lambda entry: entry.pop("cache"),
        lambda entry: entry["request"].pop("cookies"),
        lambda entry: entry.update(surprise=1),
        lambda entry: entry["response"].update(status="200"),
    )
    for spoil in spoils:
        archive = _archive(lived, limit=1)
        spoil(archive["log"]["entries"][0])
        with pytest.raises(ValidationError):
            HAR.validate(archive)


def test_each_exchange_is_there_as_the_journal_has_it(lived: Any) -> None:
    entries, told = _archive(lived)["log"]["entries"], exchanges(lived)
    assert [entry["_seq"] for entry in entries] == [one["seq"] for one in told]
    for entry, one in zip(entries, told, strict=True):
        assert entry["request"]["method"] == one["request"]["method"]
        assert {pair["name"]: pair["value"] for pair in entry["request"]["headers"]} == one["request"]["headers"]
        assert entry["response"]["status"] == one["response"]["status"]
        assert entry["response"]["content"].get("text", "") == (
            one["response"].get("body_base64") or one["response"]["body"] or ""
        )
        assert entry["_state_change"] == one["state_change"] and entry["time"] == one["duration_ms"]


def test_bytes_queries_and_strange_paths_are_kept(lived: Any) -> None:
    *_, binary, strange = _archive(lived)["log"]["entries"]
    assert base64.b64decode(binary["request"]["postData"]["_base64"]) == b"\xff\xfe"
    assert binary["request"]["bodySize"] == 2
    assert binary["request"]["queryString"] == [{"name": "a", "value": "1"}, {"name": "b", "value": "é"}]
    assert strange["request"]["url"] == f"{lived.world['issuer']}/v1/un%20chemin%3Fcurieux"
    printed = next(e for e in _archive(lived)["log"]["entries"] if e["_operation"] == "print-care-sheet")
    content = printed["response"]["content"]
    assert content["encoding"] == "base64" and base64.b64decode(content["text"]).startswith(b"%PDF")


def test_it_is_filtered_and_paged(lived: Any) -> None:
    first = _archive(lived, status="4xx", limit=1)["log"]
    assert [entry["response"]["status"] // 100 for entry in first["entries"]] == [4]
    rest = _archive(lived, status="4xx", after=first["_next"])["log"]["entries"]
    assert len(rest) == len(exchanges(lived, status="4xx")) - 1
