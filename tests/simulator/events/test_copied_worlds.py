"""What a world had yet to send when it was cloned, kept, or made again under its name."""

from __future__ import annotations

import copy
from typing import Any

import pytest

from simulator.events import delivery


def clone_of(desk: Any) -> Any:
    """The same two softwares, in a clone of their world."""
    clone = copy.copy(desk)
    clone.world = desk.platform.bench("POST", f"/worlds/{desk.id}/clone", json={}).json()
    clone.id, clone._bearers = clone.world["id"], {}
    return clone


def do(desk: Any, method: str, path: str, **body: Any) -> Any:
    answer = desk.platform.bench(method, f"/worlds/{desk.id}{path}", json=body)
    assert answer.is_success, answer.text
    desk._bearers.clear()
    return answer


def sent_by(desk: Any) -> list[str]:
    """Ids of the webhooks that left this world."""
    return [one.headers["webhook-id"] for one in desk.receiver.received if one.headers["x-fse-world"] == desk.id]


def test_a_clone_sends_nothing_that_its_source_has_to_send(desk: Any) -> None:
    desk.subscribe()
    desk.receiver.answers.extend([500])
    desk.emit()
    desk.emit()
    desk.settle()
    clone = clone_of(desk)
    assert clone.ids() == desk.ids() and len(clone.ids()) == 2
    clone.advance(86_400)
    assert sent_by(clone) == []
    assert [one["status"] for one in clone.view()["deliveries"]] == ["abandoned", "delivered"]
    desk.advance(5)
    assert sent_by(desk) == [desk.ids()[0], desk.ids()[1], desk.ids()[0]]


def test_a_clone_sends_nothing_that_its_source_has_not_even_looked_at(desk: Any, running: Any) -> None:
    desk.subscribe()
    running.run(running.simulator.deliveries.stop())
    try:
        desk.emit()
        clone = clone_of(desk)
    finally:
        running.run(running.simulator.deliveries.start())
    desk.wait(lambda: len(sent_by(desk)) == 1)
    clone.advance(86_400)
    assert sent_by(clone) == [] and len(clone.ids()) == 1


def test_a_clone_sends_what_happens_in_it_and_what_it_is_asked_to_send_again(desk: Any) -> None:
    subscription = desk.subscribe()
    desk.receiver.answers.extend([500])
    desk.emit()
    desk.settle()
    clone = clone_of(desk)
    clone.emit()
    clone.settle()
    first, second = clone.ids()
    assert sent_by(clone) == [second]
    again = f"/v1/subscriptions/{subscription['id']}/redelivery"
    assert clone.call("POST", again, json={"events": [first]}).is_success
    clone.settle()
    assert sent_by(clone) == [second, first]


def test_a_clone_waits_for_no_courier_of_its_source(desk: Any) -> None:
    """An attempt on its way takes the subscription for thirty seconds: in its own world only."""
    desk.subscribe()
    desk.receiver.answers.extend(["wait"])
    desk.emit()
    desk.wait(lambda: len(desk.receiver.received) == 1)
    clone = clone_of(desk)
    clone.emit()
    clone.wait(lambda: sent_by(clone) == clone.ids()[1:])
    desk.receiver.gate.set()
    desk.settle()


@pytest.mark.parametrize("kept", ["before it is sent", "while it is on its way"])
def test_what_was_pending_is_sent_by_the_world_that_is_brought_back(
    desk: Any, monkeypatch: pytest.MonkeyPatch, kept: str
) -> None:
    """Even though a courier of the life before is still waiting for its receiver."""
    monkeypatch.setattr(delivery, "TIMEOUT_S", 600.0)
    desk.subscribe()
    desk.receiver.answers.extend([500, "hang"] if kept == "before it is sent" else ["hang"])
    desk.emit()
    if kept == "before it is sent":
        desk.settle()
        do(desk, "POST", "/snapshots", name="avant")
        do(desk, "POST", "/clock/advance", seconds=5)
        desk.wait(lambda: len(desk.receiver.received) == 2)
    else:
        desk.wait(lambda: len(desk.receiver.received) == 1)
        do(desk, "POST", "/snapshots", name="avant")
    before = len(desk.receiver.received)
    do(desk, "POST", "/snapshots/avant/restore")
    if kept == "before it is sent":
        assert len(desk.receiver.received) == before  # the clock went back: it is not due yet
        do(desk, "POST", "/clock/advance", seconds=5)
    desk.wait(lambda: len(desk.receiver.received) == before + 1)
    assert [one["status"] for one in desk.settle()] == ["delivered"]
    assert set(desk.receiver.ids) == {desk.ids()[0]}


def test_a_world_made_again_under_its_name_sends_though_a_courier_of_the_one_before_waits(
    desk: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(delivery, "TIMEOUT_S", 600.0)
    desk.subscribe()
    desk.receiver.answers.extend(["hang"])
    desk.emit()
    desk.wait(lambda: len(desk.receiver.received) == 1)
    clients = [{"client_id": "essai", "name": "essai", "secret": "essai"}]
    do(desk, "DELETE", "")
    desk.platform.world(id=desk.id, clients=clients)
    assert desk.subscribe()
    desk.emit()
    assert [one["status"] for one in desk.settle()] == ["delivered"]
    assert len(desk.receiver.received) == 2
