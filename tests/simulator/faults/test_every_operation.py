"""Every operation meets every fault: the journal and what is stored always agree, and nothing is half done."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from simulator.faults import wire
from simulator.faults.kinds import KINDS
from tests.simulator.catalogue.golden import GOLDEN
from tests.simulator.catalogue.scene import Scene
from tests.simulator.faults.scene import add, last, stored, tolerant_door
from tests.simulator.lifecycle.door import Door, Reply

NOTHING_DONE = {
    "before-authentication",
    "before-commit",
    "connection-reset",
    "rate-limit-storm",
    "server-errors",
    "html",
}
SPARING = {"mid-body": (), "unknown-field": (), "unknown-value": ("status",)}
"""Kinds that spare an answer without the members that they change, or whose body cannot be cut."""
SAID: dict[str, dict[str, Any]] = {
    "slow-drip": {"seconds": 1},
    "clock-skew": {"seconds": -3600},
    "nomenclature-change": {"version": "?"},
}
KIND = [name for name, kind in KINDS.items() if not kind.webhook]


@pytest.fixture(scope="module")
def door() -> Iterator[Door]:
    opened = tolerant_door()
    yield opened
    opened.close()


@pytest.fixture(scope="module")
def twins(door: Door) -> dict[str, tuple[Any, Any, Reply]]:
    """For each operation, in a world without faults: what is stored before and after, and the answer."""
    found = {}
    for operation, make in GOLDEN.items():
        play = Scene(door)
        call = make(play)
        before = stored(play)
        reply = call(play)
        found[operation] = (before, stored(play), reply)
    return found


@pytest.mark.parametrize("kind", KIND)
def test_the_journal_and_the_stored_state_agree(
    door: Door, twins: dict[str, Any], kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    dripping = wire.drop_by_drop
    monkeypatch.setattr(wire, "drop_by_drop", lambda send, answer, _: dripping(send, answer, 0))
    said = SAID.get(kind, {})
    if "version" in said:
        said = {"version": door.bench("GET", "/nomenclatures")["nomenclatures"][0]["version"]}
    for operation, make in GOLDEN.items():
        play = Scene(door)
        call = make(play)
        before = stored(play)
        assert before == twins[operation][0], operation
        fault = add(play, kind, operations=[operation], count=1, **said)
        reply = call(play)
        told, after = last(play), stored(play)
        assert told["operation"] == operation
        assert told["response"]["status"] == reply.status
        if "fault" not in told:  # its answer had nothing that the fault could change
            assert kind in SPARING and _nothing_to_change(reply, SPARING[kind]), operation
            assert "fse-bench-fault" not in reply.headers and after == twins[operation][1], operation
            continue
        assert (told["fault"]["id"], told["fault"]["kind"]) == (fault["id"], kind)
        if reply.status:
            assert reply.headers["fse-bench-fault"] == f"{fault['id']} {kind}"
        if kind in NOTHING_DONE:
            assert not told["fault"]["recorded"] and told["state_change"] == [], operation
            assert after == before, operation
            continue
        expected = twins[operation]
        assert after == expected[1], operation  # as if nothing had gone wrong
        assert told["fault"]["answered"] == expected[2].status
        if expected[1] != expected[0]:
            assert told["fault"]["recorded"], operation
        if told["state_change"]:
            assert told["fault"]["recorded"], operation
        if kind == "after-commit":
            assert reply.status == 0 and reply.body == b""
            _retried(play, operation, call, expected, after)


def _nothing_to_change(reply: Reply, members: tuple[str, ...]) -> bool:
    if len(reply.body) < 2 or "json" not in reply.headers["content-type"]:
        return True
    return bool(members) and not any(f'"{name}":"' in reply.body.decode() for name in members)


def _retried(play: Scene, operation: str, call: Any, expected: Any, after: dict[str, Any]) -> None:
    """The same request again: an idempotent operation answers what it had answered, and does nothing more."""
    if "idempotency-key" not in {name.lower() for name in call.headers}:
        return
    again = call(play)
    assert again.status == expected[2].status, (operation, again.body)
    assert again.headers["idempotent-replayed"] == "true" and "fse-bench-fault" not in again.headers
    now = stored(play)
    assert now["state"] == after["state"]
    assert [link[0] for link in now["trail"][len(after["trail"]) :]] == ["answer-replayed"], operation
