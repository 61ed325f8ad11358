"""Webhooks: what is sent, signed how, asked for again, and to whom no more."""

from __future__ import annotations

import time
from typing import Any

import httpx
import pytest
from standardwebhooks import Webhook, WebhookVerificationError

from simulator.events import delivery, queue
from simulator.events.model import Outcome
from simulator.kit import clock

URL = "http://127.0.0.1:9000/fse"
DELAYS = (5, 300, 1800, 7200, 18000, 36000, 50400)


def verified(request: httpx.Request, secret: str, body: bytes | None = None, **changes: str) -> dict[str, Any]:
    headers = {**request.headers, **{name.replace("_", "-"): value for name, value in changes.items()}}
    return dict(Webhook(secret).verify(request.content if body is None else body, headers))


def test_a_webhook_is_the_event_of_the_feed_signed(desk: Any) -> None:
    subscription = desk.subscribe()
    before = int(time.time())
    desk.emit()
    assert [item["status"] for item in desk.settle()] == ["delivered"]
    (sent,) = desk.receiver.received
    payload = verified(sent, subscription["secret"])
    assert payload == desk.feed()["items"][0]
    assert sent.content == desk.call("GET", "/v1/events").content.removeprefix(b'{"items":[').removesuffix(b"]}")
    assert sent.headers["webhook-id"] == payload["id"]
    assert payload["timestamp"] == "2026-11-23T09:00:00Z"  # the world's time; the header says the real one
    assert before <= int(sent.headers["webhook-timestamp"]) <= time.time()
    assert sent.headers["x-fse-world"] == desk.id
    assert sent.headers["x-fse-subscription"] == subscription["id"]


def test_an_altered_webhook_or_another_secret_is_refused(desk: Any) -> None:
    mine, other = desk.subscribe(), desk.subscribe(url=f"{URL}/2")
    desk.emit()
    desk.settle()
    sent = next(request for request in desk.receiver.received if str(request.url) == URL)
    verified(sent, mine["secret"])  # the positive twin of the four refusals
    with pytest.raises(WebhookVerificationError):
        verified(sent, mine["secret"], sent.content.replace(b'"revision":2', b'"revision":3'))
    with pytest.raises(WebhookVerificationError):
        verified(sent, other["secret"])
    with pytest.raises(WebhookVerificationError):
        verified(sent, mine["secret"], webhook_id="evt-00000002aaaaaaaaaa")
    with pytest.raises(WebhookVerificationError, match="too old"):
        verified(sent, mine["secret"], webhook_timestamp=str(int(sent.headers["webhook-timestamp"]) - 600))


def test_events_leave_in_the_order_of_their_emission(desk: Any) -> None:
    desk.subscribe(types=["care-sheet.executed", "care-sheet.cancelled"])
    for revision in range(2, 12):
        desk.emit(type="care-sheet.cancelled" if revision % 2 else "care-sheet.executed", revision=revision)
        desk.emit(type="keys.rotated")
    desk.settle()
    wanted = [item["id"] for item in desk.feed()["items"] if item["type"] != "keys.rotated"]
    assert desk.receiver.ids == wanted
    assert len(wanted) == 10


def test_410_disables_the_subscription(desk: Any) -> None:
    gone, kept = desk.subscribe(), desk.subscribe(url=f"{URL}/2")
    desk.receiver.by_url[URL] = 500
    desk.emit()
    desk.settle()
    desk.receiver.by_url[URL] = 410
    desk.emit()
    desk.settle()
    desk.advance(5)
    desk.emit()
    desk.settle()
    states = {item["id"]: item["status"] for item in desk.call("GET", "/v1/subscriptions").json()["items"]}
    assert states == {gone["id"]: "disabled", kept["id"]: "active"}
    mine = [item for item in desk.view()["deliveries"] if item["subscription"] == gone["id"]]
    assert [item["status"] for item in mine] == ["abandoned", "abandoned"]
    assert [str(request.url) for request in desk.receiver.received].count(URL) == 2
    assert [str(request.url) for request in desk.receiver.received].count(f"{URL}/2") == 3
    refused = desk.call("POST", f"/v1/subscriptions/{gone['id']}/redelivery", json={"events": desk.ids()[:1]})
    assert (refused.status_code, refused.json()["code"]) == (409, "subscription-disabled")


def test_chosen_events_are_sent_again_under_the_same_ids(desk: Any) -> None:
    subscription = desk.subscribe(types=["care-sheet.executed"])
    for _ in range(4):
        desk.emit()
    desk.emit(type="care-sheet.reissued")
    desk.settle()
    ids = desk.ids()
    assert desk.receiver.ids == ids[:4]  # each once
    path = f"/v1/subscriptions/{subscription['id']}/redelivery"
    answer = desk.call("POST", path, json={"events": [ids[2], ids[0]]})
    assert (answer.status_code, answer.json()) == (202, {"events": [ids[0], ids[2]]})
    desk.settle()
    assert desk.receiver.ids[4:] == [ids[0], ids[2]]
    assert desk.call("POST", path, json={"after": ids[1]}).json() == {"events": ids[2:4]}  # only the wanted types
    desk.settle()
    assert desk.receiver.ids[6:] == ids[2:4]
    assert desk.call("POST", path, json={"events": [ids[4]]}).status_code == 202  # chosen by name: any type
    assert [item["round"] for item in desk.settle()] == [2, 1, 3, 2, 1]
    assert desk.receiver.ids[8:] == [ids[4]]


def test_an_abandoned_event_can_be_asked_again(desk: Any) -> None:
    subscription = desk.subscribe()
    desk.receiver.by_url[URL] = 500
    desk.emit()
    desk.settle()
    for delay in DELAYS:
        desk.advance(delay)
    del desk.receiver.by_url[URL]
    desk.call("POST", f"/v1/subscriptions/{subscription['id']}/redelivery", json={"events": desk.ids()})
    (only,) = desk.settle()
    assert (only["status"], only["round"], len(only["attempts"])) == ("delivered", 2, 9)


def test_what_is_asked_again_while_it_is_on_its_way_is_sent_again(desk: Any, running: Any) -> None:
    subscription = desk.subscribe()
    desk.receiver.answers.append("wait")
    desk.emit()
    desk.wait(lambda: len(desk.receiver.received) == 1)
    path = f"/v1/subscriptions/{subscription['id']}/redelivery"
    assert desk.call("POST", path, json={"events": desk.ids()}).status_code == 202
    running.loop.call_soon_threadsafe(desk.receiver.gate.set)
    (only,) = desk.settle()
    assert (only["status"], only["round"], len(only["attempts"])) == ("delivered", 2, 2)
    assert len(desk.receiver.received) == 2


@pytest.mark.parametrize(
    "body",
    [{}, {"events": []}, {"events": ["evt-1"]}, {"after": "evt-00000001aaaaaaaaaa"}, {"events": None, "after": None}],
)
def test_a_redelivery_says_which_events(desk: Any, body: dict[str, Any]) -> None:
    subscription = desk.subscribe()
    desk.emit()
    path = f"/v1/subscriptions/{subscription['id']}/redelivery"
    refused = desk.call("POST", path, json=body)
    assert (refused.status_code, refused.json()["code"]) == (422, "invalid-payload")
    both = desk.call("POST", path, json={"events": desk.ids(), "after": desk.ids()[0]})
    assert both.status_code == 422
    assert desk.call("POST", path, json={"events": desk.ids()}).status_code == 202


def test_a_receiver_that_hangs_slows_nobody(desk: Any, running: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """Others are answered, and receive, while it is still being waited for."""
    monkeypatch.setattr(delivery, "TIMEOUT_S", 3600)
    desk.subscribe()
    desk.subscribe(url=f"{URL}/2")
    desk.receiver.by_url[URL] = "wait"
    desk.emit()
    desk.wait(lambda: len(desk.receiver.received) == 2)
    assert desk.call("GET", "/v1/events").status_code == 200
    desk.emit()
    desk.wait(lambda: len(desk.receiver.received) == 3)
    assert all(item["attempts"] == [] for item in desk.view()["deliveries"] if item["url"] == URL)
    running.loop.call_soon_threadsafe(desk.receiver.gate.set)
    assert [item["status"] for item in desk.settle()] == ["delivered"] * 4


def test_a_receiver_that_never_answers_is_given_up(desk: Any, impatient: None) -> None:
    desk.subscribe()
    desk.subscribe(url=f"{URL}/2")
    desk.receiver.by_url[URL] = "hang"
    desk.emit()
    desk.emit()
    desk.settle()
    errors = [item["attempts"][0].get("error") for item in desk.view()["deliveries"] if item["url"] == URL]
    assert errors == ["timeout", "timeout"]
    assert [item["status"] for item in desk.view()["deliveries"]].count("delivered") == 2


def test_a_deleted_subscription_receives_nothing_more(desk: Any) -> None:
    subscription = desk.subscribe()
    desk.receiver.by_url[URL] = 500
    desk.emit()
    desk.settle()
    assert desk.call("DELETE", f"/v1/subscriptions/{subscription['id']}").status_code == 204
    desk.emit()
    desk.advance(5)
    assert len(desk.receiver.received) == 1
    assert desk.view()["deliveries"] == []


def test_a_deleted_world_delivers_nothing_more(desk: Any, running: Any) -> None:
    desk.subscribe()
    desk.receiver.by_url[URL] = "hang"
    desk.emit()
    desk.wait(lambda: len(desk.receiver.received) == 1)
    assert running.simulator.deliveries._couriers
    desk.emit()
    desk.platform.bench("DELETE", f"/worlds/{desk.id}")
    desk.wait(lambda: not running.simulator.deliveries._couriers)
    desk.receiver.by_url.clear()
    again = desk.platform.world(id=desk.id, clients=[{"client_id": "essai", "name": "essai", "secret": "essai"}])
    assert again["id"] == desk.id
    desk.advance(100)
    assert desk.view() == {"now": "2026-11-23T09:01:40Z", "due": 0, "deliveries": []}
    assert len(desk.receiver.received) == 1


def test_several_processes_send_each_event_once(desk: Any, running: Any) -> None:
    other = running.worker(shared=True)
    running.run(other.start())
    try:
        for number in range(5):
            desk.subscribe(url=f"{URL}/{number}")
        for _ in range(10):
            desk.emit()
            running.loop.call_soon_threadsafe(other.look, desk.id)
        desk.settle()
        pairs = [(str(request.url), request.headers["webhook-id"]) for request in desk.receiver.received]
        assert len(pairs) == len(set(pairs)) == 50
    finally:
        running.run(other.stop())


def test_what_a_dead_process_had_taken_is_taken_again(desk: Any, running: Any, monkeypatch: Any) -> None:
    monkeypatch.setattr(queue, "HOLD_MS", 300)
    subscription = desk.subscribe()
    simulator = running.simulator
    running.run(simulator.deliveries.stop())
    desk.emit()
    assert desk.view()["due"] == 1

    async def taken_then_dead() -> Any:
        world = await simulator.worlds.find(desk.id)
        real = int(clock.real_now().timestamp() * 1000)
        work = lambda tx: queue.take(tx, desk.id, subscription["id"], world.now(), real)  # noqa: E731
        first, second = await simulator.db.write(work, desk.id), await simulator.db.write(work, desk.id)
        assert second is None, "taken twice"
        return first

    assert running.run(taken_then_dead()).event.seq == 1
    simulator.deliveries._shared = True  # as with PostgreSQL: another process may still be at it
    try:
        running.run(simulator.deliveries.start())
        time.sleep(0.1)
        assert desk.receiver.received == []
        desk.settle()
    finally:
        simulator.deliveries._shared = False
    assert len(desk.receiver.received) == 1


def test_an_answer_that_comes_after_the_hold_is_not_recorded(desk: Any, running: Any) -> None:
    subscription = desk.subscribe()
    simulator, name = running.simulator, subscription["id"]
    running.run(simulator.deliveries.stop())
    desk.emit()
    assert desk.view()["due"] == 1

    def unit(tx: Any) -> tuple[Any, Any]:
        at = clock.parse("2026-11-23T09:00:00Z")
        return queue.take(tx, desk.id, name, at, 1_000), queue.take(tx, desk.id, name, at, 1_000 + queue.HOLD_MS)

    late, holder = simulator.db.call(unit, desk.id)
    assert not simulator.db.call(lambda tx: queue.settle(tx, desk.id, late, Outcome(500), ()), desk.id)
    assert desk.view()["deliveries"][0]["attempts"] == []
    assert simulator.db.call(lambda tx: queue.settle(tx, desk.id, holder, Outcome(200), ()), desk.id)
    assert desk.view()["deliveries"][0]["status"] == "delivered"
    running.run(simulator.deliveries.start())


def test_a_restart_sends_what_was_left(desk: Any, running: Any) -> None:
    desk.subscribe()
    desk.receiver.by_url[URL] = "hang"
    desk.emit()
    desk.wait(lambda: len(desk.receiver.received) == 1)
    running.run(running.simulator.deliveries.stop())
    desk.receiver.by_url.clear()
    running.run(running.simulator.deliveries.start())
    (only,) = desk.settle()
    assert only["status"] == "delivered"
    assert desk.receiver.ids[0] == desk.receiver.ids[1]  # the first answer was lost: the same id comes twice


def test_a_host_that_is_no_longer_named_is_not_called(desk: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FSE_WEBHOOK_HOSTS", "editeur.example")
    desk.subscribe(url="https://editeur.example/fse")
    desk.emit()
    desk.settle()
    assert [str(request.url) for request in desk.receiver.received] == ["https://editeur.example/fse"]
    monkeypatch.delenv("FSE_WEBHOOK_HOSTS")
    desk.emit()
    desk.settle()
    assert len(desk.receiver.received) == 1
    assert desk.view()["deliveries"][1]["attempts"][0]["error"] == "url-refused"


def test_a_suspended_software_is_not_called(desk: Any) -> None:
    desk.subscribe()
    suspension = {"client_id": "essai", "suspended": True}
    desk.platform.bench("POST", f"/worlds/{desk.id}/suspensions", json=suspension)
    desk.emit()
    assert desk.settle()[0]["attempts"][0]["error"] == "client-suspended"
    assert desk.receiver.received == []
    desk.platform.bench("POST", f"/worlds/{desk.id}/suspensions", json={**suspension, "suspended": False})
    desk.advance(5)
    assert desk.settle()[0]["status"] == "delivered"


def test_a_revoked_software_is_not_called(desk: Any) -> None:
    desk.subscribe()
    desk.subscribe("autre", url=f"{URL}/2")
    desk.platform.bench("POST", f"/worlds/{desk.id}/revocations", json={"kind": "client", "id": "essai"})
    desk.emit("essai", "autre")
    desk.settle()
    assert [str(request.url) for request in desk.receiver.received] == [f"{URL}/2"]


def test_an_error_of_ours_does_not_end_the_worker(desk: Any, monkeypatch: pytest.MonkeyPatch, caplog: Any) -> None:
    desk.subscribe()
    monkeypatch.setattr(delivery, "AFTER_FAILURE_S", 0.05)
    broken = monkeypatch.context()
    with broken as patch:
        patch.setattr(queue, "settle", lambda *_, **__: 1 / 0)
        patch.setattr(queue, "HOLD_MS", 100)
        desk.emit()
        desk.wait(lambda: len(desk.receiver.received) >= 1 and "met an error" in caplog.text)
    desk.settle()
    assert desk.view()["deliveries"][0]["status"] == "delivered"
