"""The same seed and the same calls give the same canonical journal, whatever the address, the name, the hour."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest

from simulator.journal import canonical
from simulator.kit import signing
from tests.simulator.journal import script
from tests.simulator.journal.script import Elsewhere

HERE, THERE = "http://127.0.0.1:8700", "http://localhost:41234"


@pytest.fixture(scope="module")
def twins() -> Iterator[tuple[Any, Any]]:
    """One script in two servers, at two addresses, in worlds of one seed and two names."""
    servers = Elsewhere(HERE), Elsewhere(THERE)
    yield script.played(servers[0]), script.played(servers[1], id="un-autre-nom")
    for server in servers:
        server.simulator.close()


def test_two_runs_are_the_same_byte_for_byte(twins: Any) -> None:
    one, other = map(script.text, twins)
    assert len(one) == 18 and one == other
    assert script.exchanges(twins[0]) != script.exchanges(twins[1])


def test_another_seed_is_another_journal(twins: Any) -> None:
    changed = script.played(twins[0].platform, seed="une autre")
    assert script.text(changed) != script.text(twins[0])


def test_what_a_run_alone_has_is_not_in_it(twins: Any) -> None:
    for counter in twins:
        text = "\n".join(script.text(counter))
        for one in script.exchanges(counter):
            assert one["trace_id"] not in text and one["real_time"] not in text
        for left in (HERE, THERE, counter.world["id"], "redacted:", "demande-", "duration_ms"):
            assert left not in text, left
        assert "{world}/problems/" in text and "{trace}" in text and "signed:sha256:" in text


def test_what_was_done_stays_in_it(twins: Any) -> None:
    lines = [json.loads(line) for line in script.text(twins[0])]
    assert [line["seq"] for line in lines] == list(range(1, len(lines) + 1))
    issued = next(line for line in lines if line["operation"] == "issue-care-sheet")
    assert issued["world_time"] == "2026-11-23T09:00:00Z" and issued["client_id"] == "essai"
    assert issued["request"]["headers"]["idempotency-key"] == "cle-1"
    assert issued["response"]["headers"]["date"] == "Mon, 23 Nov 2026 09:00:00 GMT"
    assert issued["state_change"][0]["event"] == "care-sheet-issued"


def _exchange(**changes: Any) -> dict[str, Any]:
    side: dict[str, Any] = {"headers": {}, "body": None}
    request = {"method": "GET", "path": "/v1/x", "query": "", **side, **changes}
    return {"seq": 1, "trace_id": "f" * 32, "request": request, "response": {"status": 200, **side}}


def test_an_address_is_replaced_whole() -> None:
    """Neither a longer name nor a longer port is taken for this world's."""
    body = f"{HERE}/w/a {HERE}/w/a/v1 {HERE}/w/ab {HERE}/w/a-b {HERE}0/w/a {HERE}/docs /w/a/v1"
    told = canonical.exchange(_exchange(body=body), f"{HERE}/w/a")["request"]["body"]
    assert (
        told == f"{{world}} {{world}}/v1 {{server}}/w/ab {{server}}/w/a-b {HERE}0{{world}} {{server}}/docs {{world}}/v1"
    )


def test_what_is_signed_counts_and_not_its_signature() -> None:
    def told(key: str, **claims: Any) -> str:
        jws = signing.jws(claims, signing.derive_key("tests", key), kid="k")
        return str(canonical.exchange(_exchange(body=f'{{"receipt":"{jws}"}}'), f"{HERE}/w/a")["request"]["body"])

    assert told("a", iss=f"{HERE}/w/a", amount="1") == told("b", iss=f"{HERE}/w/a", amount="1")
    assert told("a", amount="1") != told("a", amount="2")
    json.loads(told("a", iss=f'{HERE}/w/a"'))


def test_the_text_is_that_of_any_json_library_that_sorts() -> None:
    value = {"b": "é\n\x07\u2028", "a": [1, {"d": None, "c": True}]}
    assert canonical.text(value) == '{"a":[1,{"c":true,"d":null}],"b":"é\\n\\u0007\u2028"}'


def test_a_form_that_does_not_exist_is_refused(twins: Any) -> None:
    answer = twins[0].platform.bench("GET", f"/worlds/{twins[0].world['id']}/journal", params={"form": "court"})
    assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (422, "?form")
