"""Webhooks that the bench loses, delays, sends twice or out of order; the feed says everything all the same."""

from __future__ import annotations

from typing import Any

import pytest


def _fault(desk: Any, kind: str, **said: Any) -> dict[str, Any]:
    answer = desk.platform.bench("POST", f"/worlds/{desk.id}/faults", json={"kind": kind, **said})
    assert answer.status_code == 201, answer.text
    return dict(answer.json())


def test_a_webhook_leaves_twice_under_one_id(desk: Any) -> None:
    desk.subscribe()
    fault = _fault(desk, "webhook-duplicate", count=1)
    desk.emit()
    desk.emit(revision=3)
    seen = desk.settle()
    first, second = desk.ids()
    assert desk.receiver.ids == [first, first, second]
    assert [[attempt.get("fault") for attempt in one["attempts"]] for one in seen] == [
        [f"{fault['id']} webhook-duplicate"],
        [None],
    ]


def test_a_lost_webhook_is_believed_received_and_stands_in_the_feed(desk: Any) -> None:
    desk.subscribe()
    _fault(desk, "webhook-drop", nth=2)
    for revision in range(2, 5):
        desk.emit(revision=revision)
    assert [one["status"] for one in desk.settle()] == ["delivered"] * 3
    first, lost, third = desk.ids()
    assert desk.receiver.ids == [first, third] and lost not in desk.receiver.ids
    subscription = desk.view()["deliveries"][0]["subscription"]
    desk.call("POST", f"/v1/subscriptions/{subscription}/redelivery", json={"events": [lost]})
    desk.settle()
    assert desk.receiver.ids == [first, third, lost]


def test_a_webhook_lets_the_next_ones_pass(desk: Any) -> None:
    desk.subscribe()
    _fault(desk, "webhook-reorder", count=1)
    for revision in range(2, 5):
        desk.emit(revision=revision)
    desk.settle()
    late, second, third = desk.ids()
    assert desk.receiver.ids == [second, third]
    desk.advance(1)
    assert desk.receiver.ids == [second, third, late]


@pytest.mark.parametrize("seconds", [90, 3600])
def test_a_webhook_leaves_later(desk: Any, seconds: int) -> None:
    desk.subscribe()
    _fault(desk, "webhook-delay", seconds=seconds)
    desk.emit()
    desk.settle()
    desk.advance(seconds - 1)
    assert desk.receiver.received == []
    desk.advance(1)
    (only,) = desk.settle()
    assert desk.receiver.ids == desk.ids() and only["status"] == "delivered"
    assert [attempt.get("error") for attempt in only["attempts"]] == ["delayed", None]


def test_it_is_aimed_at_types_and_at_a_software(desk: Any) -> None:
    desk.subscribe()
    desk.subscribe("autre", url="http://127.0.0.1:9000/autre")
    _fault(desk, "webhook-drop", events=["claim.paid"], client="essai")
    desk.emit("essai", "autre", type="claim.paid")
    desk.emit("essai", "autre", type="claim.decided")
    desk.settle()
    ours = [request for request in desk.receiver.received if request.url.path == "/fse"]
    assert len(ours) == 1 and len(desk.receiver.received) == 3


def test_a_fault_of_webhooks_leaves_calls_alone(desk: Any) -> None:
    _fault(desk, "webhook-drop")
    answer = desk.call("GET", "/v1/events")
    assert answer.status_code == 200 and "fse-bench-fault" not in answer.headers
