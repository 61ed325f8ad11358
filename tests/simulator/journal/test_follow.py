"""The journal as it comes: a call that waits for the next exchange; several may, and nobody waits for them."""

from __future__ import annotations

import asyncio
import time
from typing import Any

import httpx
import pytest

from simulator.journal import reading
from tests.simulator.conftest import AGENT, BASE, TOKEN


class Live:
    """Calls of one event loop, as those of a server."""

    def __init__(self, platform: Any) -> None:
        transport = httpx.ASGITransport(platform.simulator)
        self.http = httpx.AsyncClient(transport=transport, base_url=BASE, headers={"user-agent": AGENT}, timeout=60)

    async def journal(self, world: str, **params: Any) -> httpx.Response:
        bearer = {"authorization": f"Bearer {TOKEN}"}
        return await self.http.get(f"/bench/v1/worlds/{world}/journal", params=params, headers=bearer)

    async def call(self, world: str, path: str = "/v1/health") -> None:
        await self.http.get(f"/w/{world}{path}")


def test_several_followers_see_the_next_exchange_at_once(platform: Any) -> None:
    world = platform.world()["id"]
    known = platform.simulator.worlds._cache[world]

    async def run() -> tuple[list[httpx.Response], float]:
        live = Live(platform)
        waiting = [asyncio.create_task(live.journal(world, wait=20)) for _ in range(5)]
        while len(known.followers) < 5:
            await asyncio.sleep(0.01)
        begun = time.perf_counter()
        await live.call(world)
        return await asyncio.gather(*waiting), time.perf_counter() - begun

    answers, lasted = asyncio.run(run())
    assert {len(answer.json()["exchanges"]) for answer in answers} == {1} and lasted < 5
    assert not known.followers


def test_a_follower_waits_for_what_it_wants(platform: Any) -> None:
    world = platform.world()["id"]

    async def run() -> Any:
        live = Live(platform)
        waiting = asyncio.create_task(live.journal(world, wait=20, status="4xx"))
        for path in ("/v1/health", "/v1/version", "/v1/nowhere"):
            await asyncio.sleep(0.1)
            assert not waiting.done()
            await live.call(world, path)
        return (await waiting).json()

    found = asyncio.run(run())
    assert [one["request"]["path"] for one in found["exchanges"]] == ["/v1/nowhere"]
    assert found["next"] == found["exchanges"][0]["seq"]


def test_nothing_comes_nothing_is_told(platform: Any) -> None:
    world = platform.world()
    platform("GET", f"{world['issuer']}/v1/health")
    begun = time.perf_counter()
    answer = platform.bench("GET", f"/worlds/{world['id']}/journal", params={"after": 1, "wait": 1})
    assert answer.json() == {"exchanges": [], "next": 1} and time.perf_counter() - begun >= 1
    assert not platform.simulator.worlds._cache[world["id"]].followers


def test_it_ends_with_its_world(platform: Any) -> None:
    world = platform.world()["id"]
    known = platform.simulator.worlds._cache[world]

    async def run() -> httpx.Response:
        live = Live(platform)
        waiting = asyncio.create_task(live.journal(world, wait=20))
        while not known.followers:
            await asyncio.sleep(0.01)
        bearer = {"authorization": f"Bearer {TOKEN}"}
        await live.http.delete(f"/bench/v1/worlds/{world}", headers=bearer)
        return await waiting

    begun = time.perf_counter()
    answer = asyncio.run(run())
    assert (answer.status_code, answer.json()["code"]) == (404, "world-not-found")
    assert time.perf_counter() - begun < 5


def test_another_process_is_seen_too(platform: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its exchanges wake nobody here: where others write, a follower looks again by itself."""
    monkeypatch.setattr(platform.simulator.db, "shared", True)
    world = platform.world()["id"]

    async def run() -> Any:
        live = Live(platform)
        waiting = asyncio.create_task(live.journal(world, wait=20))
        await asyncio.sleep(0.2)
        for each in platform.simulator.worlds._cache.values():
            each.followers.clear()
        await live.call(world)
        return (await waiting).json()

    begun = time.perf_counter()
    assert len(asyncio.run(run())["exchanges"]) == 1
    assert time.perf_counter() - begun < reading.SLICE_S


def test_a_journal_that_began_anew_is_read_from_its_start(platform: Any) -> None:
    world = platform.world()
    platform("GET", f"{world['issuer']}/v1/health")
    path = f"/worlds/{world['id']}/journal"
    assert platform.bench("GET", path, params={"after": 57}).json() == {"exchanges": [], "next": 0}
    found = platform.bench("GET", path, params={"after": 57, "wait": 5}).json()
    assert [one["seq"] for one in found["exchanges"]] == [1]


def test_from_the_end(platform: Any) -> None:
    world = platform.world()
    path = f"/worlds/{world['id']}/journal"
    assert platform.bench("GET", path, params={"last": 3}).json() == {"exchanges": [], "next": 0}
    for _ in range(5):
        platform("GET", f"{world['issuer']}/v1/health")
    assert [one["seq"] for one in platform.bench("GET", path, params={"last": 2}).json()["exchanges"]] == [4, 5]
    assert platform.bench("GET", path, params={"last": 0}).json() == {"exchanges": [], "next": 5}


@pytest.mark.parametrize("wait", ["26", "-1", "x"])
def test_nobody_waits_longer(platform: Any, wait: str) -> None:
    world = platform.world()
    answer = platform.bench("GET", f"/worlds/{world['id']}/journal", params={"wait": wait})
    assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (422, "?wait")
