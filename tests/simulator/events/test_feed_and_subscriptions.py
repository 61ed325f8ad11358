"""The pull feed, subscriptions, and who sees what of them."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import pytest
import sqlalchemy as sa

from simulator.events import store
from simulator.kit.storage import metadata, query

URL = "http://127.0.0.1:9000/fse"


def test_pages_of_the_feed_follow_one_another(desk: Any) -> None:
    for revision in range(2, 252):
        desk.emit(revision=revision)
    seen: list[dict[str, Any]] = []
    page = desk.feed()
    sizes = [len(page["items"])]
    seen += page["items"]
    while "next_cursor" in page:
        assert page["next_cursor"] == seen[-1]["id"]
        page = desk.feed(after=page["next_cursor"])
        sizes.append(len(page["items"]))
        seen += page["items"]
    assert sizes == [100, 100, 50]
    assert [item["data"]["revision"] for item in seen] == list(range(2, 252))
    assert len({item["id"] for item in seen}) == 250
    assert desk.feed(after=seen[-1]["id"]) == {"items": []}
    desk.emit(revision=252)
    assert [item["data"]["revision"] for item in desk.feed(after=seen[-1]["id"], limit=1)["items"]] == [252]
    first = desk.feed(limit=3)
    assert [item["id"] for item in first["items"]] == [item["id"] for item in seen[:3]]


def test_an_event_is_thin(desk: Any) -> None:
    desk.emit()
    (event,) = desk.feed()["items"]
    assert event == {
        "id": event["id"],
        "type": "care-sheet.executed",
        "timestamp": "2026-11-23T09:00:00Z",
        "data": {
            "number": "2604817390552494",
            "section": "pharmacy",
            "revision": 2,
            "execution": "exe-7q2m5xk3wz4n6b2d",
        },
    }


@pytest.mark.parametrize("bad", [{"limit": "0"}, {"limit": "101"}, {"limit": "x"}, {"limit": "²"}])
def test_limits_of_a_page(desk: Any, bad: dict[str, str]) -> None:
    refused = desk.call("GET", "/v1/events", params=bad)
    assert (refused.status_code, refused.json()["code"]) == (422, "invalid-payload")
    assert [error["pointer"] for error in refused.json()["errors"]] == ["?limit"]
    assert desk.call("GET", "/v1/events", params={"limit": "100"}).status_code == 200


def test_another_software_sees_nothing(desk: Any) -> None:
    subscription = desk.subscribe()
    desk.emit("essai")
    (mine,) = desk.ids()
    assert desk.feed("autre") == {"items": []}
    refused = desk.call("GET", "/v1/events", "autre", params={"after": mine})
    assert (refused.status_code, refused.json()["code"]) == (422, "invalid-payload")
    assert [error["pointer"] for error in refused.json()["errors"]] == ["?after"]
    assert desk.call("GET", "/v1/events", params={"after": mine}).json() == {"items": []}
    assert desk.call("GET", "/v1/subscriptions", "autre").json() == {"items": []}
    theirs = desk.subscribe("autre")
    body = {"events": [mine]}
    for method, path, options in (
        ("GET", f"/v1/subscriptions/{subscription['id']}", {}),
        ("POST", f"/v1/subscriptions/{subscription['id']}/redelivery", {"json": body}),
        ("POST", f"/v1/subscriptions/{theirs['id']}/redelivery", {"json": body}),
        ("DELETE", f"/v1/subscriptions/{subscription['id']}", {}),
    ):
        refused = desk.call(method, path, "autre", **options)
        assert (refused.status_code, refused.json()["code"]) == (404, "not-found"), path
    desk.settle()
    assert {request.headers["x-fse-subscription"] for request in desk.receiver.received} == {subscription["id"]}
    assert desk.call("GET", f"/v1/subscriptions/{subscription['id']}").status_code == 200


def test_each_software_has_its_own_ids_of_one_thing(desk: Any) -> None:
    desk.emit("essai", "autre")
    mine, theirs = desk.feed("essai")["items"][0], desk.feed("autre")["items"][0]
    assert mine["id"] != theirs["id"]
    assert mine["data"] == theirs["data"]


def test_professionals_have_no_feed(shared: Any) -> None:
    world = shared.world()
    for path in ("/v1/events", "/v1/subscriptions"):
        refused = shared("GET", f"{world['issuer']}{path}", headers=shared.bearer(world, "gp"))
        assert (refused.status_code, refused.json()["code"]) == (403, "insufficient-scope")


def test_the_secret_is_shown_once_and_stored_nowhere(desk: Any, running: Any) -> None:
    created = desk.call("POST", "/v1/subscriptions", json={"url": URL, "types": ["keys.rotated", "keys.rotated"]})
    body = created.json()
    secret = body.pop("secret")
    assert secret.startswith("whsec_")
    assert created.headers["location"] == f"{desk.world['issuer']}/v1/subscriptions/{body['id']}"
    assert body == {
        "id": body["id"],
        "url": URL,
        "types": ["keys.rotated"],
        "status": "active",
        "created_at": "2026-11-23T09:00:00Z",
    }
    assert desk.call("GET", f"/v1/subscriptions/{body['id']}").json() == body
    assert desk.call("GET", "/v1/subscriptions").json() == {"items": [body]}
    tables = [table for table in metadata.sorted_tables if "world" in table.c]
    stored = running.simulator.db.call(
        lambda tx: {table.name: [dict(row) for row in tx.all(query(sa.select(table)))] for table in tables}
    )
    journal = str(stored.pop("journal"))
    assert body["id"] in str(stored)  # the search would find it
    assert secret.removeprefix("whsec_") not in str(stored)
    assert body["id"] in journal


def test_same_seed_same_ids_and_secrets(desk: Any) -> None:
    other = desk.platform.world(clients=[{"client_id": "essai", "name": "essai", "secret": "essai"}])
    first = desk.subscribe()
    desk.emit()
    ids = desk.ids()
    desk.world, desk.id = other, other["id"]
    desk._bearers.clear()
    second = desk.subscribe()
    desk.emit()
    assert (second["id"], second["secret"], desk.ids()) == (first["id"], first["secret"], ids)
    desk.settle()


def test_ten_subscriptions_at_most(desk: Any) -> None:
    made = [desk.subscribe(url=f"{URL}/{number}")["id"] for number in range(10)]
    refused = desk.call("POST", "/v1/subscriptions", json={"url": URL})
    assert (refused.status_code, refused.json()["code"]) == (409, "too-many-subscriptions")
    desk.subscribe("autre")
    assert desk.call("DELETE", f"/v1/subscriptions/{made[3]}").status_code == 204
    assert desk.call("GET", f"/v1/subscriptions/{made[3]}").status_code == 404
    assert desk.subscribe()["id"] not in made  # an id is never used again


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"url": ""},
        {"url": URL, "types": []},
        {"url": URL, "types": ["care-sheet.read"]},
        {"url": URL, "secret": "x"},
        {"url": "http://127.0.0.1/" + "a" * 2000},
    ],
)
def test_shape_of_a_subscription(desk: Any, body: dict[str, Any]) -> None:
    refused = desk.call("POST", "/v1/subscriptions", json=body)
    assert (refused.status_code, refused.json()["code"]) == (422, "invalid-payload")
    assert desk.call("POST", "/v1/subscriptions", json={"url": URL, "types": None}).status_code == 201


def test_a_url_that_is_not_ours_to_call_is_refused(desk: Any) -> None:
    refused = desk.call("POST", "/v1/subscriptions", json={"url": "https://editeur.example/fse"})
    assert (refused.status_code, refused.json()["code"]) == (422, "webhook-url-refused")
    assert "FSE_WEBHOOK_HOSTS" in refused.json()["detail"]
    assert desk.call("GET", "/v1/subscriptions").json() == {"items": []}


def test_the_simulator_is_no_receiver_of_its_own_webhooks(desk: Any) -> None:
    for url in (f"{desk.world['issuer']}/oauth2/token", "http://localhost:8700/w/autre/oauth2/token"):
        refused = desk.call("POST", "/v1/subscriptions", json={"url": url})
        assert (refused.status_code, refused.json()["code"]) == (422, "webhook-url-refused")
        assert "simulateur lui-même" in refused.json()["detail"]
    assert desk.call("GET", "/v1/subscriptions").json() == {"items": []}


def test_only_the_future_is_sent(desk: Any) -> None:
    desk.emit()
    desk.subscribe()
    desk.emit()
    desk.settle()
    assert desk.receiver.ids == desk.ids()[1:]


def test_what_is_undone_was_never_emitted(desk: Any, running: Any) -> None:
    desk.subscribe()
    simulator = running.simulator

    async def fail() -> None:
        def unit(tx: Any) -> None:
            store.announce(tx, desk.id, datetime(2026, 11, 23, tzinfo=UTC), "keys.rotated", ["essai"], {"kind": "qr"})
            raise RuntimeError("after the event")

        with pytest.raises(RuntimeError):
            await simulator.db.write(unit, desk.id)
        simulator.deliveries.look()

    running.run(fail())
    desk.emit()
    desk.settle()
    assert [json.loads(request.content)["type"] for request in desk.receiver.received] == ["care-sheet.executed"]
    assert desk.ids()[0].startswith("evt-00000001")


def test_the_bench_sees_every_attempt(desk: Any) -> None:
    subscription = desk.subscribe()
    desk.receiver.answers.append(503)
    desk.emit()
    desk.emit()
    first, second = desk.settle()
    (attempt,) = first["attempts"]
    assert attempt.pop("duration_ms") >= 0
    assert attempt.pop("real_time").endswith("Z")
    assert first == {
        "subscription": subscription["id"],
        "client_id": "essai",
        "url": URL,
        "event": desk.ids()[0],
        "type": "care-sheet.executed",
        "status": "pending",
        "round": 1,
        "attempts": [{"at": "2026-11-23T09:00:00Z", "status": 503}],
        "due_at": "2026-11-23T09:00:05Z",
    }
    assert (second["status"], second["attempts"][0]["status"]) == ("delivered", 200)
    path = f"/worlds/{desk.id}/deliveries"
    assert desk.platform.bench("GET", path, params={"after": 1, "limit": 1}).json()["deliveries"] == [second]
    assert desk.platform.bench("GET", path, params={"after": "x"}).status_code == 422
    assert desk.platform.bench("GET", "/worlds/nulle-part/deliveries").status_code == 404
