"""What a call wrote and its entry are one transaction: neither is there without the other. A key is honoured by it."""

from __future__ import annotations

import json
import os
import signal
from contextlib import closing
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import sqlalchemy as sa

from client.bench import BenchClient
from client.launch import simulator
from simulator.journal import store as journal
from simulator.kit import idempotency
from simulator.kit.storage import query
from tests.simulator.storage.scene import Scene

_KEYS = query(sa.select(idempotency.table).where(idempotency.table.c.world == sa.bindparam("w")))


def keys(counter: Any) -> list[Any]:
    world = counter.world["id"]
    return list(counter.platform.simulator.db.call(lambda tx: tx.all(_KEYS, w=world), world))


def entries(counter: Any) -> list[dict[str, Any]]:
    answer = counter.platform.bench("GET", f"/worlds/{counter.world['id']}/journal")
    return list(answer.json()["exchanges"])


@pytest.mark.skipif(os.name != "posix", reason="there is no kill -9 elsewhere")
def test_what_was_recorded_is_in_the_journal_whatever_happens_next(tmp_path: Path) -> None:
    database = ("--database", f"sqlite:///{tmp_path}/base.sqlite")
    with simulator(*database, data=tmp_path) as running:
        place = Scene([running.url], running.bench_token)
        gp = place.counter("gp")
        told = [gp.issue().text for _ in range(5)]
        os.kill(running.pid, signal.SIGKILL)
        place.close()
        with simulator(*database, data=tmp_path) as again, closing(BenchClient(again.url, again.bench_token)) as bench:
            kept = [one["response"]["body"] for one in bench.journal(place.world["id"])]
    assert kept[-len(told) :] == told


def test_a_call_whose_entry_cannot_be_written_wrote_nothing(counter: Any, make: Any, monkeypatch: Any) -> None:
    asked = ("gp", "POST", "/v1/care-sheets", {"json": make.sheet(), "headers": counter.key()})
    with monkeypatch.context() as broken:
        broken.setattr(journal, "append", lambda *_: 1 // 0)
        assert counter.together(asked)[0].status_code == 500
    state = counter.platform.bench("GET", f"/worlds/{counter.world['id']}/state").json()
    assert keys(counter) == [] and state["care_sheets"] == []
    done = counter.together(asked)[0]
    assert done.status_code == 201 and "idempotent-replayed" not in done.headers
    assert entries(counter)[-1]["response"]["body"] == done.text


def test_a_call_undone_once_it_was_journaled_is_journaled_as_it_was_answered(
    counter: Any, make: Any, monkeypatch: Any
) -> None:
    monkeypatch.setattr(idempotency.Key, "store", lambda *_: 1 // 0)
    refused = counter.together(("gp", "POST", "/v1/care-sheets", {"json": make.sheet(), "headers": counter.key()}))[0]
    assert refused.status_code == 500
    last = entries(counter)[-1]
    assert (last["response"]["status"], last["response"]["body"]) == (500, refused.text)
    assert [link["event"] for link in last["state_change"]] == ["refused"]


def test_an_answer_that_the_journal_does_not_show_as_it_went_is_told_again_as_it_went(counter: Any, make: Any) -> None:
    secret = "aB3" * 15
    sheet = make.sheet()
    sheet["sections"][-1]["lines"][0]["posology"] = f"1 matin, {secret}"
    path = f"/v1/care-sheets?note={secret}"
    asked = ("gp", "POST", path, {"json": sheet, "headers": counter.key()})
    first, again = counter.together(asked)[0], counter.together(asked)[0]
    assert secret in first.text and again.content == first.content
    assert again.headers["idempotent-replayed"] == "true"
    assert secret not in entries(counter)[-2]["response"]["body"]


def test_an_answer_told_again_is_that_of_the_journal(counter: Any, make: Any) -> None:
    asked = ("gp", "POST", "/v1/care-sheets", {"json": make.sheet(), "headers": counter.key()})
    first, again = counter.together(asked)[0], counter.together(asked)[0]
    assert again.content == first.content and again.headers["etag"] == first.headers["etag"]
    assert again.headers["idempotent-replayed"] == "true" and "idempotent-replayed" not in first.headers
    (row,) = keys(counter)
    assert row["entry"] is not None and first.json()["backup_code"].encode() not in row["answer"]


def test_a_call_that_met_a_fault_is_told_again_as_it_was(counter: Any, make: Any) -> None:
    fault = {"kind": "clock-skew", "seconds": -3600, "operations": ["issue-care-sheet"], "count": 1}
    made = counter.platform.bench("POST", f"/worlds/{counter.world['id']}/faults", json=fault)
    assert made.status_code == 201, made.text
    asked = ("gp", "POST", "/v1/care-sheets", {"json": make.sheet(), "headers": counter.key()})
    first, again = counter.together(asked)[0], counter.together(asked)[0]
    assert again.headers["idempotent-replayed"] == "true" and again.content == first.content
    (row,) = keys(counter)
    assert row["entry"] is None and again.json()["backup_code"].encode() not in row["answer"]
    assert [one["response"]["headers"]["date"] for one in entries(counter)[-2:]] == [
        answer.headers["date"] for answer in (first, again)
    ]
    assert first.headers["date"] != again.headers["date"]


def test_a_key_whose_end_is_still_to_come_is_in_flight(counter: Any, make: Any) -> None:
    """Who asked first has gone: nothing in this process knows of it any more, and both units are in one batch."""
    worlds = counter.platform.simulator.worlds
    asked = ("gp", "POST", "/v1/care-sheets", {"json": make.sheet(), "headers": counter.key()})
    real = worlds.in_flight
    worlds.in_flight = Forgetful()
    try:
        answers = counter.together(asked, asked, asked)
    finally:
        worlds.in_flight = real
    told = sorted((answer.status_code, answer.headers.get("idempotent-replayed", "")) for answer in answers)
    assert told[0] == (201, "") and set(told[1:]) <= {(201, "true"), (409, "")}, told
    state = counter.platform.bench("GET", f"/worlds/{counter.world['id']}/state").json()
    assert len(state["care_sheets"]) == 1


class Forgetful(set[tuple[str, ...]]):
    """Knows of no request."""

    def __contains__(self, _: object) -> bool:
        return False


def test_what_an_entry_says_that_was_written_is_taken_when_it_is_put() -> None:
    """Whoever waits for the answer may go before the entry is written."""
    made: list[Any] = []
    tx: Any = SimpleNamespace(held={("journal", "w"): 3}, put=lambda query, row: made.append(row))
    links = [[(7, "care-sheet-issued", "2600000000000000")]]
    said = journal.Exchange(
        *("", "", 1.0, None, None, None, None, None, "", "POST", "/v1/care-sheets", "", {}, b"", 201, {}, b"{}")
    )
    assert journal.append(tx, "w", said, links) == (4, b"{}")
    links[0].clear()
    assert [change["seq"] for change in json.loads(made[0]()["exchange"])["state_change"]] == [7]
