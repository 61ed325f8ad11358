"""Forged webhooks: each is wrong for the reason that it names, and only a receiver that verifies is told so."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from typing import Any

import pytest
from standardwebhooks import Webhook, WebhookVerificationError

from coach.clumsy import receiver
from simulator.events import probing
from simulator.events.model import TYPES
from simulator.events.subscriptions import Subscription
from simulator.kit import clock


@pytest.fixture
def listening() -> Iterator[Callable[[int], str]]:
    """A web server that answers every webhook with a status; its address."""
    with ExitStack() as stack:
        yield lambda status: stack.enter_context(receiver(status))


def _subscribed(desk: Any, url: str, delivered: bool = False) -> dict[str, Any]:
    made = desk.subscribe(url=url)
    if delivered:  # the receiver of these tests has no socket: it answers 200 to what is true
        desk.emit()
        assert [each["status"] for each in desk.settle()] == ["delivered"]
    return dict(made)


def _probes(desk: Any) -> list[dict[str, Any]]:
    answer = desk.platform.bench("POST", f"/worlds/{desk.id}/webhook-probes")
    assert answer.status_code == 200, answer.text
    return list(answer.json()["probes"])


def test_each_forgery_fails_verification_and_is_otherwise_true(desk: Any) -> None:
    made = desk.subscribe(url="http://127.0.0.1:9/fse")
    world = desk.platform.simulator.worlds._cache[desk.id]
    to = Subscription(made["id"], "essai", made["url"], (), "2026-11-23T09:00:00Z", 0)
    known = Webhook(made["secret"])
    seen = set()
    for forgery in probing.FORGERIES:
        body, headers = probing.forged(world, to, forgery, clock.real_now())
        with pytest.raises(WebhookVerificationError) as why:
            known.verify(body, dict(headers))
        event = json.loads(body)
        assert event["type"] in TYPES and event["id"] == headers["webhook-id"]
        seen.add((str(why.value), event["id"]))
        assert event["id"] not in desk.ids()
    assert len(seen) == 4 and len({reason for reason, _ in seen}) >= 3
    body, headers = probing.forged(world, to, "none of them", clock.real_now())
    assert known.verify(body, dict(headers))


@pytest.mark.parametrize(
    ("status", "delivered", "verdict"),
    [
        (204, True, "ignored"),
        (200, False, "ignored"),
        (400, True, "verified"),
        (401, False, "undecided"),
        (500, True, "undecided"),
        (429, True, "undecided"),
    ],
)
def test_what_an_answer_says_of_a_receiver(
    desk: Any, listening: Callable[[int], str], status: int, delivered: bool, verdict: str
) -> None:
    made = _subscribed(desk, listening(status), delivered)
    [probe] = _probes(desk)
    assert (probe["subscription"], probe["client_id"], probe["verdict"]) == (made["id"], "essai", verdict)
    assert [each["status"] for each in probe["attempts"]] == [status] * 4
    assert [each["forgery"] for each in probe["attempts"]] == list(probing.FORGERIES)


def test_nobody_there_decides_nothing_and_leaves_no_trace(desk: Any) -> None:
    _subscribed(desk, "http://127.0.0.1:9/fse")
    [probe] = _probes(desk)
    assert probe["verdict"] == "undecided" and {each["error"] for each in probe["attempts"]} == {"connection"}
    assert desk.view()["deliveries"] == [] and desk.ids() == []


def test_an_address_no_longer_allowed_is_not_called(desk: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FSE_WEBHOOK_HOSTS", "webhooks.exemple.ma")
    _subscribed(desk, "https://webhooks.exemple.ma/fse")
    monkeypatch.delenv("FSE_WEBHOOK_HOSTS")
    [probe] = _probes(desk)
    assert {each["error"] for each in probe["attempts"]} == {"url-refused"}


def test_a_world_without_subscriptions_has_nothing_to_probe(desk: Any) -> None:
    assert _probes(desk) == []
