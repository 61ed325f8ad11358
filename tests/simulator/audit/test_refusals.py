"""A refusal about somebody's care is on the disk before it is told; the others are queued before it."""

from __future__ import annotations

from typing import Any

import pytest

from simulator.kit.storage import Database
from simulator.kit.storage.work import unavailable
from simulator.worlds.within import Within
from tests.simulator.conftest import TOKEN

NUMBER = "2604817390552494"
PATH = f"/v1/care-sheets/{NUMBER}"


def refused(platform: Any, world: dict[str, Any]) -> list[tuple[str, str]]:
    """(problem, subject) of the refusals in the trail."""
    entries = platform.bench("GET", f"/worlds/{world['id']}/audit").json()["entries"]
    return [(entry["data"]["problem"], entry["subject"]) for entry in entries if entry["event"] == "refused"]


def test_what_is_only_queued_when_the_process_dies(platform: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    world = platform.world()
    bearer = platform.bearer(world, "gp")
    with monkeypatch.context() as dying:
        dying.setattr(Database, "post", lambda *_: None)
        assert platform("GET", world["issuer"] + PATH, headers=bearer).status_code == 404
        assert platform("GET", world["issuer"] + PATH).status_code == 401
        assert platform("GET", f"{world['issuer']}/v1/claims").status_code == 401
    assert refused(platform, world) == [("not-found", NUMBER), ("unauthenticated", NUMBER)]
    assert platform("GET", f"{world['issuer']}/v1/claims").status_code == 401
    assert refused(platform, world)[2:] == [("unauthenticated", "")]


def test_a_refusal_that_cannot_be_recorded_is_not_told(platform: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    world = platform.world()

    async def down(*_: Any) -> None:
        raise unavailable(OSError("disque plein"))

    monkeypatch.setattr(Within, "write", down)
    answer = platform("GET", world["issuer"] + PATH)
    assert (answer.status_code, answer.json()["code"]) == (503, "storage-unavailable")
    other = platform("GET", f"{world['issuer']}/v1/claims", headers={"authorization": f"Bearer {TOKEN}"})
    assert (other.status_code, other.json()["code"]) == (401, "unauthenticated")
