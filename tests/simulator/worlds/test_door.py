"""A world that is copied under traffic: what it holds and what its journal says always agree."""

from __future__ import annotations

import asyncio
from typing import Any

import httpx
import pytest

from simulator.worlds import door as doors
from simulator.worlds.door import Door
from tests.simulator.conftest import AGENT, BASE, TOKEN, Counter, Platform, sheet_request

BENCH = {"authorization": f"Bearer {TOKEN}"}


def told(platform: Platform, world: str) -> tuple[set[str], set[str]]:
    """(numbers of the sheets in the state, of those that the journal saw issued)."""
    held = platform.bench("GET", f"/worlds/{world}/state").json()["care_sheets"]
    journal: list[Any] = []
    while True:
        after = {"after": journal[-1]["seq"] if journal else 0, "limit": 500}
        page = platform.bench("GET", f"/worlds/{world}/journal", params=after).json()["exchanges"]
        journal += page
        if not page:
            break
    issued = [
        change["subject"]
        for one in journal
        if one["operation"] == "issue-care-sheet" and one["response"]["status"] == 201
        for change in one["state_change"]
        if change["event"] == "care-sheet-issued"
    ]
    return {one["number"] for one in held}, set(issued)


def test_a_copy_taken_under_traffic_holds_as_many_sheets_as_its_journal_saw_issued(platform: Platform) -> None:
    counter = Counter(platform)
    id, bearer = counter.world["id"], platform.bearer(counter.world, "gp")
    statuses: list[int] = []

    async def run() -> None:
        ended = asyncio.Event()
        transport = httpx.ASGITransport(platform.simulator)
        async with httpx.AsyncClient(transport=transport, base_url=BASE, headers={"user-agent": AGENT}) as http:

            async def issuing(who: int) -> None:
                count = 0
                while not ended.is_set():
                    count += 1
                    headers = {**bearer, "idempotency-key": f"{who}-{count}"}
                    answer = await http.post(f"/w/{id}/v1/care-sheets", json=sheet_request(), headers=headers)
                    statuses.append(answer.status_code)

            async def bench(path: str, **body: Any) -> None:
                answer = await http.post(f"/bench/v1/worlds/{id}/{path}", json=body or None, headers=BENCH)
                assert answer.is_success, answer.text

            crowd = [asyncio.create_task(issuing(who)) for who in range(6)]
            for rank in range(6):
                await asyncio.sleep(0.03)
                await bench("clone", id=f"copie-{rank}")
                await asyncio.sleep(0.03)
                await bench("snapshots", name=f"s-{rank}")
            await bench("snapshots/s-3/restore")
            await asyncio.sleep(0.03)
            ended.set()
            await asyncio.gather(*crowd)

    asyncio.run(run())
    assert set(statuses) <= {201, 401, 404} and statuses.count(201) > 10
    for name in (id, *(f"copie-{rank}" for rank in range(6))):
        held, issued = told(platform, name)
        assert held == issued and held, name
    for rank in range(6):
        platform.bench("POST", f"/worlds/{id}/snapshots/s-{rank}/restore")
        held, issued = told(platform, id)
        assert held == issued and held, rank


def test_a_door_waits_for_those_inside_and_holds_those_who_come() -> None:
    door, seen = Door(), []

    async def run() -> None:
        door.inside = 1

        async def copying() -> None:
            async with door.alone() as empty:
                seen.append(("copied", empty))

        async def coming() -> None:
            await door.opened()
            seen.append(("came", not door.shut))

        tasks = [asyncio.create_task(copying())]
        await asyncio.sleep(0)
        assert door.shut
        tasks.append(asyncio.create_task(coming()))
        await asyncio.sleep(0.01)
        assert seen == []
        door.leave()
        await asyncio.gather(*tasks)

    asyncio.run(run())
    assert seen == [("copied", True), ("came", True)]


def test_who_stays_inside_keeps_nobody_for_ever(platform: Platform, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(doors, "PATIENCE_S", 0.05)
    id = platform.world()["id"]
    platform.simulator.worlds._cache[id].door.inside = 1
    for path in ("clone", "snapshots"):
        refused = platform.bench("POST", f"/worlds/{id}/{path}", json={"name": "n"} if path == "snapshots" else {})
        assert (refused.status_code, refused.json()["code"]) == (503, "storage-unavailable")
    assert platform("GET", f"/w/{id}/v1/health").status_code == 200
    assert platform.bench("POST", f"/worlds/{id}/reset").status_code == 200
    assert platform.bench("DELETE", f"/worlds/{id}").status_code == 204


def test_an_answer_that_drips_does_not_hold_its_world(platform: Platform) -> None:
    counter = Counter(platform)
    id = counter.world["id"]
    fault = {"kind": "slow-drip", "seconds": 3, "operations": ["issue-care-sheet"]}
    made = platform.bench("POST", f"/worlds/{id}/faults", json=fault)
    assert made.status_code == 201, made.text
    issuing = counter._request("gp", "POST", "/v1/care-sheets", {"json": sheet_request(), "headers": counter.key()})

    async def run() -> bool:
        async with httpx.AsyncClient(
            transport=httpx.ASGITransport(platform.simulator), base_url=BASE, headers={"user-agent": AGENT}
        ) as http:
            method, path, options = issuing
            slow = asyncio.create_task(http.request(method, path, **options))
            await asyncio.sleep(0.5)
            copied = await http.post(f"/bench/v1/worlds/{id}/clone", json={"id": "goutte"}, headers=BENCH)
            assert copied.status_code == 201, copied.text
            early = not slow.done()
            assert (await slow).status_code == 201
            return early

    assert asyncio.run(run())
    held, issued = told(platform, "goutte")
    assert held == issued and len(held) == 1
