"""What each kind of fault does to an answer, and what the journal keeps of it."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

import fixtures
from simulator.faults import broken
from simulator.nomenclature import importer
from simulator.nomenclature import store as nomenclature
from tests.simulator.catalogue.scene import SHEETS, Scene, request
from tests.simulator.faults.scene import add, last, stored, tolerant_door
from tests.simulator.lifecycle.door import Reply


@pytest.fixture
def play() -> Iterator[Scene]:
    door = tolerant_door()
    yield Scene(door)
    door.close()


def _health(play: Scene) -> Reply:
    return play.call("anonymous", "GET", "/v1/health")


@pytest.mark.parametrize("kind", ["before-authentication", "before-commit", "after-commit"])
@pytest.mark.parametrize("status", [None, 500, 502, 503, 504])
def test_a_cut_call_is_answered_nothing_or_a_status(play: Scene, kind: str, status: int | None) -> None:
    play.issue()  # tokens are there
    add(play, kind, count=1, **({} if status is None else {"status": status}))
    before = stored(play)
    key = play.key()
    reply = _issue(play, key)
    assert reply.status == (status or 0)
    if status:
        assert json.loads(reply.body)["status"] == status and "code" not in json.loads(reply.body)
        assert reply.headers["content-length"] == str(len(reply.body))
    done = stored(play) != before
    assert done is (kind == "after-commit") and last(play)["fault"]["recorded"] is done
    again = _issue(play, key)
    assert again.status == 201
    assert again.headers.get("idempotent-replayed") == ("true" if done else None)
    assert len(stored(play)["state"]["care_sheets"]) == 2  # exactly one more


def _issue(play: Scene, key: dict[str, str]) -> Reply:
    return play.call("gp", "POST", SHEETS, request(), headers=key)


def test_a_storm_says_how_long_to_wait_as_a_true_429_does(play: Scene) -> None:
    add(play, "rate-limit-storm", retry_after_s=45)
    reply = _health(play)
    assert (reply.status, reply.slug) == (429, "rate-limited")
    assert reply.headers["retry-after"] == "45" and reply.json()["retry"]["after_s"] == 45
    assert reply.headers["ratelimit"] == '"default";r=0;t=45'
    assert reply.headers["ratelimit-policy"].startswith('"default";q=')


def test_a_page_stands_where_json_was_expected(play: Scene) -> None:
    add(play, "html", status=502)
    reply = _health(play)
    assert (reply.status, reply.headers["content-type"]) == (502, "text/html; charset=utf-8")
    assert reply.body.startswith(b"<!doctype html>")


def test_every_object_has_an_unknown_field(play: Scene) -> None:
    add(play, "unknown-field", operations=["issue-care-sheet"])
    reply = play.try_issue()
    assert reply.status == 201 and reply.headers["content-length"] == str(len(reply.body))
    sheet = reply.json()
    assert sheet[broken.ADDED] and sheet["qr"][broken.ADDED]
    assert f"/{broken.ADDED}" in last(play)["fault"]["places"]


def test_the_member_that_is_named_has_an_unknown_value(play: Scene) -> None:
    sheet = play.issue()
    add(play, "unknown-value", member="state", operations=["read-care-sheet"])
    reply = play.call("gp", "GET", f"/v1/care-sheets/{sheet['number']}")
    places = last(play)["fault"]["places"]
    assert places and all(place.endswith("/state") for place in places)
    assert reply.body.count(broken.VALUE.encode()) == len(places)
    assert reply.json()["status"] != broken.VALUE


def test_an_answer_with_nothing_to_change_is_spared_and_leaves_the_fault_for_another(play: Scene) -> None:
    add(play, "unknown-value", member="reason", count=1, operations=["issue-care-sheet"])
    reply = play.try_issue()
    assert reply.status == 201 and "fse-bench-fault" not in reply.headers and "fault" not in last(play)
    [fault] = play.door.bench("GET", f"/worlds/{play.world.id}/faults")["faults"]
    assert (fault["met"], fault["times"]) == (1, 0)


def test_an_answer_without_a_body_cannot_be_cut_in_it(play: Scene) -> None:
    """`release-lease` answers 204; the twin, whose answer has a body, is cut by the same fault."""
    sheet = play.issue()
    held = play.call("pharmacy", "POST", "/v1/resolutions", {"scan": sheet["qr"]["payload"], "hold": True}).json()
    path, lease = f"/v1/care-sheets/{sheet['number']}/sections/pharmacy/lease", {"fse-lease": held["lease"]["id"]}
    fault = add(play, "mid-body", count=1)
    assert play.call("pharmacy", "DELETE", path, headers=lease).status == 204
    assert "fault" not in last(play)
    assert len(_health(play).body) > 0 and last(play)["fault"]["id"] == fault["id"]


@pytest.mark.parametrize("seconds", [-3600, 90])
def test_the_clock_that_the_server_shows_is_wrong_and_nothing_else(play: Scene, seconds: int) -> None:
    right = _health(play)
    add(play, "clock-skew", seconds=seconds)
    reply = _health(play)
    shown = {-3600: "Mon, 23 Nov 2026 08:00:00 GMT", 90: "Mon, 23 Nov 2026 09:01:30 GMT"}[seconds]
    assert right.headers["date"] == "Mon, 23 Nov 2026 09:00:00 GMT" and reply.headers["date"] == shown
    assert reply.json()["time"] == {-3600: "2026-11-23T08:00:00Z", 90: "2026-11-23T09:01:30Z"}[seconds]
    assert play.issue()["issued_at"] == "2026-11-23T09:00:00Z"
    assert last(play)["world_time"] == "2026-11-23T09:00:00Z"


def test_an_answer_is_cut_in_its_body(play: Scene) -> None:
    whole = _health(play)
    add(play, "mid-body", count=1)
    add(play, "mid-body", bytes=3, count=1)
    for size in (len(whole.body) // 2, 3):
        reply = _health(play)
        assert (reply.status, reply.body) == (200, whole.body[:size])
        assert reply.headers["content-length"] == str(len(whole.body))
        told = last(play)
        assert told["fault"]["sent"] == "part" and told["response"]["body"] == whole.body[:size].decode()


def test_a_token_that_is_cut_stays_out_of_the_journal(play: Scene) -> None:
    add(play, "mid-body", bytes=1_000_000, operations=["request-token"])
    reply = play.world.token("software")
    assert b"eyJ" in reply.body
    assert "eyJ" not in str(last(play))


def test_an_answer_drips(play: Scene) -> None:
    whole = _health(play)
    add(play, "slow-drip", seconds=1)
    begun = time.monotonic()
    reply = _health(play)
    assert time.monotonic() - begun >= 0.9
    assert reply.body == whole.body and reply.headers["content-length"] == str(len(whole.body))


@pytest.mark.parametrize("key", ["token", "qr"])
def test_a_key_turns_in_mid_session(play: Scene, key: str) -> None:
    play.issue()
    add(play, "key-rotation", key=key, after=1)
    seen = []
    for _ in range(3):  # served each time, with the token of before
        play.issue()
        seen.append(len(play.door.bench("GET", f"/worlds/{play.world.id}/keys")[key]))
    assert seen == [1, 2, 2]
    assert last(play).get("fault") is None


def test_another_list_comes_into_force(play: Scene) -> None:
    before = _health(play).json()["nomenclature"]
    simulator: Any = play.door.simulator
    parsed = replace(importer.load(fixtures.MEDICINES_FILE), sha256="0" * 64)
    simulator.db.call(lambda tx: nomenclature.add(tx, "autre-1", parsed))
    add(play, "nomenclature-change", version="autre-1", after=1)
    assert [_health(play).json()["nomenclature"] for _ in range(3)] == [before, "autre-1", "autre-1"]
    simulator.worlds._cache.clear()
    assert _health(play).json()["nomenclature"] == "autre-1"


def test_a_refusal_is_cut_as_well(play: Scene) -> None:
    sheet = play.issue()
    add(play, "after-commit", operations=["read-care-sheet"])
    reply = play.call("pharmacy", "GET", f"/v1/care-sheets/{sheet['number']}")
    told = last(play)
    assert reply.status == 0 and told["problem"] is not None
    assert told["fault"]["answered"] >= 400 and told["fault"]["recorded"] is False


def test_a_wrong_code_that_is_undone_is_not_counted(play: Scene) -> None:
    sheet = play.issue()
    typed = {"number": sheet["number"], "backup_code": "AAAAAAAA", "hold": False}
    before = stored(play)
    add(play, "before-commit", count=1, status=503, operations=["resolve-care-sheet"])
    assert play.call("pharmacy", "POST", "/v1/resolutions", typed).status == 503
    assert stored(play) == before
