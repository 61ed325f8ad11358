"""Webhooks: what is tried again, and when, whether the clock walks or jumps."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import pytest

from simulator.kit import clock
from tests.simulator.events.conftest import Desk

URL = "http://127.0.0.1:9000/fse"
DELAYS = (5, 300, 1800, 7200, 18000, 36000, 50400)


def test_retries_are_made_at_their_times_and_not_before(desk: Any) -> None:
    desk.subscribe()
    desk.receiver.answers.extend([500, "cut", 404, 302, 429, 503, 400])
    desk.emit()
    desk.settle()
    for made, delay in enumerate(DELAYS, start=1):
        assert len(desk.receiver.received) == made
        desk.advance(delay - 1)
        assert len(desk.receiver.received) == made, f"retry {made} came early"
        desk.advance(1)
    (only,) = desk.settle()
    assert len(desk.receiver.received) == 8
    assert len(set(desk.receiver.ids)) == 1
    assert only["status"] == "delivered"
    instants = [clock.parse(attempt["at"]) for attempt in only["attempts"]]
    assert tuple(int((b - a).total_seconds()) for a, b in pairwise(instants)) == DELAYS
    results = [attempt.get("status", attempt.get("error")) for attempt in only["attempts"]]
    assert results == [500, "connection", 404, 302, 429, 503, 400, 200]


def test_after_the_last_retry_it_is_abandoned(desk: Any) -> None:
    desk.subscribe()
    desk.receiver.by_url[URL] = 500
    desk.emit()
    desk.settle()
    for delay in DELAYS:
        assert desk.view()["deliveries"][0]["status"] == "pending"
        desk.advance(delay)
    desk.advance(1_000_000)
    (only,) = desk.view()["deliveries"]
    assert only["status"] == "abandoned"
    assert len(desk.receiver.received) == len(only["attempts"]) == 8
    assert "due_at" not in only
    assert desk.call("GET", "/v1/subscriptions").json()["items"][0]["status"] == "active"


def told(desk: Any) -> list[tuple[str, list[tuple[Any, ...]]]]:
    """Of each delivery: what became of it, and its attempts at their world time, with what they met."""
    return [
        (item["status"], [(one["at"], one.get("status", one.get("error"))) for one in item["attempts"]])
        for item in desk.view()["deliveries"]
    ]


@pytest.mark.parametrize("jumps", [(60 * 86_400,), (86_400,) * 5, (10 * 365 * 86_400, 1)], ids=["60d", "5x1d", "10y"])
def test_a_jump_leaves_the_deliveries_of_a_walk(running: Any, jumps: tuple[int, ...]) -> None:
    """Two events, 100 s apart, and a receiver that is dead: every attempt, at its time, in the order of these times."""
    walked, jumped = Desk(running), Desk(running)

    def lived(desk: Any, second: tuple[int, ...], steps: tuple[int, ...]) -> tuple[Any, list[str]]:
        desk.receiver.forget()
        desk.subscribe()
        desk.receiver.by_url[URL] = 500
        desk.emit()
        desk.settle()
        for step in second:
            desk.advance(step)
        desk.emit(revision=3)
        for step in steps:
            desk.advance(step)
        desk.wait(lambda: [status for status, _ in told(desk)] == ["abandoned"] * 2)
        return told(desk), [name.split("-")[1][:8] for name in desk.receiver.ids]

    first, then = 0, 100
    due = sorted({at + sum(DELAYS[:n]) for at in (first, then) for n in range(len(DELAYS) + 1)})
    walk = tuple(b - a for a, b in pairwise([then, *(at for at in due if at > then)]))
    by_walk = lived(walked, (5, 95), walk)
    assert lived(jumped, (100,), jumps) == by_walk
    start = clock.parse("2026-11-23T09:00:00Z")
    for (status, attempts), at in zip(by_walk[0], (first, then), strict=True):
        made = [int((clock.parse(one) - start).total_seconds()) for one, _ in attempts]
        assert (status, made) == ("abandoned", [at + sum(DELAYS[:n]) for n in range(len(DELAYS) + 1)])
    assert len(by_walk[1]) == 16


def test_a_jump_opens_one_connection_at_a_time_to_a_receiver(desk: Any) -> None:
    desk.subscribe()
    desk.receiver.by_url[URL] = 503
    for revision in range(2, 22):
        desk.emit(revision=revision)
    desk.advance(20 * 365 * 86_400)
    desk.wait(lambda: [status for status, _ in told(desk)] == ["abandoned"] * 20)
    assert (len(desk.receiver.received), desk.receiver.most) == (20 * 8, 1)


def test_a_receiver_that_comes_back_has_it_at_the_next_attempt(desk: Any) -> None:
    desk.subscribe()
    desk.receiver.by_url[URL] = 500
    desk.emit()
    desk.settle()
    desk.advance(1_000)
    assert len(desk.receiver.received) == 3, "at once, after 5 s, 305 s"
    del desk.receiver.by_url[URL]
    desk.advance(86_400)
    [(status, attempts)] = told(desk)
    assert (status, attempts[-1]) == ("delivered", ("2026-11-23T09:35:05Z", 200))
    assert len(desk.receiver.received) == 4


def test_a_running_clock_retries_by_itself(desk: Any) -> None:
    desk.subscribe()
    desk.receiver.answers.append(500)
    desk.emit()
    desk.settle()
    desk.platform.bench("PUT", f"/worlds/{desk.id}/clock", json={"now": "2026-11-23T09:00:04Z", "mode": "running"})
    desk.wait(lambda: len(desk.receiver.received) == 2)
    assert desk.receiver.ids[0] == desk.receiver.ids[1]
