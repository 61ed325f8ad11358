"""The hostile corpus before the simulator: a refusal each time, that repeats nothing, logs nothing, runs nothing."""

import json
import logging
import string
from typing import Any

import pytest

from qrlab.hostile import Hostile, corpus

WANTED = {
    "wrong-environment": "wrong-environment", "wrong-environment-forged": "wrong-environment",
    "unknown-key": "unknown-key",
}  # fmt: skip
PLAIN = {*string.ascii_letters, *string.digits, *" -_.:/"}


def sent(counter: Any, proof: dict[str, Any]) -> Any:
    """As any JSON library may write it: ASCII, lone surrogates as escapes."""
    headers = {"content-type": "application/json"}
    return counter.call("pharmacy", "POST", "/v1/resolutions", content=json.dumps(proof).encode(), headers=headers)


def check(answer: Any, text: str) -> None:
    assert 400 <= answer.status_code < 500, (answer.status_code, answer.text)
    assert answer.headers["content-type"].startswith("application/problem+json")
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["cache-control"] == "no-store"
    assert all("\r" not in value and "\n" not in value for value in answer.headers.values())
    problem = answer.json()
    assert problem["status"] == answer.status_code
    if len(text) > 12 and not set(text) <= PLAIN:
        for said in (answer.text, json.dumps(problem), *map(str, answer.headers.values())):
            assert text not in said
            assert json.dumps(text)[1:-1] not in said
    for mark in ("<script", "<img", "<svg", "javascript:", "\x1b", "\x00"):
        assert mark not in answer.text
        assert mark not in json.dumps(problem)


@pytest.fixture
def quiet(capfd: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture) -> Any:
    caplog.set_level(logging.DEBUG, logger="simulator")
    yield
    assert [record for record in caplog.records if record.name.startswith("simulator")] == []
    assert capfd.readouterr() == ("", "")


def test_no_hostile_scan_is_more_than_refused(counter: Any, quiet: Any) -> None:
    """One world for all: it answers the next guest as well after each."""
    for row in corpus():
        answer = sent(counter, {"scan": row.text})
        check(answer, row.text)
        code = answer.json()["code"]
        if row.family == "altered":
            assert code in {WANTED.get(row.name, "unreadable-scan"), "forged-scan", "unknown-key"}, (row.name, code)
        else:
            assert code in ("unreadable-scan", "invalid-payload", "invalid-json"), (row.name, code)
    sheet = counter.issue()
    assert counter.resolve({"scan": sheet["qr"]["payload"]}).status_code == 200


@pytest.mark.parametrize("field", ["number", "backup_code", "section"])
def test_nor_in_the_other_fields(field: str, counter: Any, quiet: Any) -> None:
    sheet = counter.issue()
    for row in corpus():
        proof = {"number": sheet["number"], "backup_code": "000000000", field: row.text}
        if field == "section":
            proof = {"scan": sheet["qr"]["payload"], "section": row.text}
        answer = sent(counter, proof)
        if answer.status_code != 200:
            check(answer, row.text)


def test_what_the_journal_keeps_is_json_too(counter: Any, quiet: Any) -> None:
    for row in corpus():
        sent(counter, {"scan": row.text})
    answer = counter.platform.bench("GET", f"/worlds/{counter.world['id']}/journal", params={"limit": 100})
    assert answer.status_code == 200
    assert answer.headers["content-type"].startswith("application/json")
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert "\x1b" not in answer.text


def test_the_corpus_holds_what_was_asked_of_it() -> None:
    families = {row.family for row in corpus()}
    assert families == {"markup", "injection", "control", "unicode", "length", "other standards", "altered"}
    assert all(isinstance(row, Hostile) and row.name for row in corpus())
    assert max(len(row.text) for row in corpus()) == 100_000
