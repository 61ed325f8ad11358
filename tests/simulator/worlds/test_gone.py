"""A request in flight while its world is deleted: it writes nothing, neither there nor in the next of that name."""

from __future__ import annotations

import asyncio
import json
import threading
from collections.abc import AsyncIterator, Callable, Iterator
from typing import Any

import httpx
import pytest

from simulator.app import create_app
from simulator.kit import signing
from simulator.kit.problems import Problem
from simulator.kit.storage import Tx
from simulator.settings import Settings
from simulator.worlds.counters import draw
from tests.simulator.conftest import BASE, TOKEN, Platform, sheet_request
from tests.simulator.database import SERVER

NAME = "passager"


def late(platform: Platform, path: str, body: bytes, between: Callable[[], Any], **headers: str) -> httpx.Response:
    """The answer to a POST whose body comes after `between`, which runs once the request has found its world."""

    async def slowly() -> AsyncIterator[bytes]:
        await asyncio.to_thread(between)
        yield body

    return platform("POST", path, content=slowly(), headers={"content-type": "application/json", **headers})


def remains(platform: Platform) -> list[Any]:
    """What the world of that name holds, once it is made again."""
    platform.world(id=NAME)
    state = platform.bench("GET", f"/worlds/{NAME}/state").json()
    journal = platform.bench("GET", f"/worlds/{NAME}/journal").json()["exchanges"]
    audit = platform.bench("GET", f"/worlds/{NAME}/audit").json()["entries"]
    return [*state["care_sheets"], *journal, *audit]


@pytest.fixture(params=["one process", "two processes"])
def bench(request: pytest.FixtureRequest, platform: Platform) -> Iterator[Platform]:
    """Who deletes the world: the process that answers the request, or another on the same database."""
    if request.param == "one process":
        yield platform
        return
    if not SERVER:
        pytest.skip("one process owns a SQLite file; tox -e postgres runs this")
    url = platform.simulator.settings.database
    other = create_app(Settings(base_url=BASE, bench_token=TOKEN, database=url))
    yield Platform(other)
    other.close()


@pytest.mark.parametrize("again", [False, True])
def test_an_issuance_in_flight(platform: Platform, bench: Platform, again: bool) -> None:
    world = platform.world(id=NAME)
    bearer = platform.bearer(world, "gp")

    def between() -> None:
        assert bench.bench("DELETE", f"/worlds/{NAME}").status_code == 204
        if again:
            bench.world(id=NAME)

    body = json.dumps(sheet_request()).encode()
    answer = late(platform, f"/w/{NAME}/v1/care-sheets", body, between, **bearer, **{"idempotency-key": "k"})
    assert (answer.status_code, answer.json()["code"]) == (404, "world-not-found")
    unknown = platform("GET", "/w/inconnu/v1/health").json()
    assert answer.json()["type"] == unknown["type"]
    if again:
        assert platform.bench("DELETE", f"/worlds/{NAME}").status_code == 204
    assert remains(platform) == []


def test_a_refusal_in_flight_is_neither_journaled_nor_audited(platform: Platform, bench: Platform) -> None:
    platform.world(id=NAME)

    def between() -> None:
        bench.bench("DELETE", f"/worlds/{NAME}")
        bench.world(id=NAME)

    assert late(platform, f"/w/{NAME}/v1/care-sheets", b"{}", between).status_code == 401
    assert platform.bench("GET", f"/worlds/{NAME}/journal").json()["exchanges"] == []
    assert platform.bench("GET", f"/worlds/{NAME}/audit").json()["entries"] == []


def test_a_token_of_the_world_before_opens_nothing_of_the_next(platform: Platform, bench: Platform) -> None:
    world = platform.world(id=NAME)
    form = {**platform.software(world), "grant_type": "client_credentials"}

    def between() -> None:
        bench.bench("DELETE", f"/worlds/{NAME}")
        bench.world(id=NAME)

    body = httpx.Request("POST", BASE, data=form).content
    headers = {"content-type": "application/x-www-form-urlencoded"}
    assert late(platform, f"/w/{NAME}/oauth2/token", body, between, **headers).json()["code"] == "world-not-found"
    assert platform.token(world, form).status_code == 200  # the next world never saw that assertion


def test_a_namesake_refuses_the_access_tokens_of_the_world_before(platform: Platform, bench: Platform) -> None:
    """Same name, same seed: the keys are the same. A clone, and a world that was brought back, are namesakes too."""

    def status(bearer: dict[str, str]) -> tuple[int, str | None]:
        url = f"/w/{NAME}/v1/care-sheets"
        answer = platform("POST", url, json=sheet_request(), headers={**bearer, "idempotency-key": "k"})
        return answer.status_code, answer.json().get("code")

    world = platform.world(id=NAME)
    source = platform.world()
    given = [platform.bearer(world, "gp")]
    assert status(given[0]) == (201, None)
    for remade in ("created", "cloned", "created and kept", "created and kept"):
        assert bench.bench("DELETE", f"/worlds/{NAME}").status_code == 204
        if remade == "cloned":
            assert bench.bench("POST", f"/worlds/{source['id']}/clone", json={"id": NAME}).status_code == 201
        else:
            bench.world(id=NAME)
        assert [status(one) for one in given] == [(401, "token-revoked")] * len(given), remade
        given.append(platform.bearer(world, "gp"))
        assert status(given[-1]) == (201, None), remade
        if remade == "created and kept":
            bench.bench("POST", f"/worlds/{NAME}/snapshots", json={"name": "avant"})
            given.append(platform.bearer(world, "gp"))
            bench.bench("POST", f"/worlds/{NAME}/snapshots/avant/restore")
            assert status(given[-2])[0] == 201 and status(given[-1]) == (401, "token-revoked")
            bench.bench("POST", f"/worlds/{NAME}/reset")
            given.append(platform.bearer(world, "gp"))
    assert bench.bench("DELETE", f"/worlds/{NAME}").status_code == 204
    bench.world(id=NAME, seed="autre")
    assert {status(one)[0] for one in given} == {401}


def test_a_name_of_nobody_gives_tokens_of_no_era(platform: Platform) -> None:
    """Determinism: what a fresh base answers owes nothing to what others held."""
    for _ in range(2):
        world = platform.world(id=f"{NAME}-{_}")
        token = platform.bearer(world, "gp")["authorization"].removeprefix("Bearer ")
        assert "era" not in signing.open_jws(token).claims
        platform.bench("DELETE", f"/worlds/{world['id']}")


def test_the_bench_does_not_touch_the_next_world_either(platform: Platform, bench: Platform) -> None:
    platform.world(id=NAME)
    worlds = platform.simulator.worlds

    async def run() -> None:
        world = await worlds.find(NAME)
        await asyncio.to_thread(bench.bench, "DELETE", f"/worlds/{NAME}")
        await asyncio.to_thread(bench.world, id=NAME)
        with pytest.raises(Problem, match="world-not-found"):
            await worlds.advance(world, 3600)

    asyncio.run(run())
    assert platform.bench("GET", f"/worlds/{NAME}/clock").json()["now"] == "2026-11-23T09:00:00Z"


def test_a_deletion_that_is_run_again_with_its_batch(platform: Platform) -> None:
    """A unit that fails after it has written may undo a batch, which is then run again."""
    platform.world(id=NAME)
    worlds, started = platform.simulator.worlds, threading.Event()

    def fails(tx: Tx) -> None:
        draw(tx, "", "rien")
        raise Problem("not-found")

    async def run() -> list[Any]:
        waiting = worlds.db.write(lambda tx: started.wait(10), NAME)
        units = [waiting, worlds.delete(NAME), worlds.db.write(fails, NAME)]
        tasks = [asyncio.ensure_future(unit) for unit in units]
        await asyncio.sleep(0.05)
        started.set()
        return await asyncio.gather(*tasks, return_exceptions=True)

    _, deleted, failed = asyncio.run(run())
    assert deleted is None and isinstance(failed, Problem)
    assert remains(platform) == []


def test_two_deletions_at_once(platform: Platform) -> None:
    platform.world(id=NAME)
    options = {"headers": {"authorization": f"Bearer {TOKEN}"}}
    calls = [("DELETE", f"/bench/v1/worlds/{NAME}", options)] * 2
    assert sorted(answer.status_code for answer in platform.together(*calls)) == [204, 404]
    assert remains(platform) == []


def test_a_world_that_stays_is_served_while_another_goes(platform: Platform, bench: Platform) -> None:
    here = platform.world()
    platform.world(id=NAME)
    bearer = platform.bearer(here, "gp")

    def between() -> None:
        bench.bench("DELETE", f"/worlds/{NAME}")

    body = json.dumps(sheet_request()).encode()
    answer = late(platform, f"/w/{here['id']}/v1/care-sheets", body, between, **bearer, **{"idempotency-key": "k"})
    assert answer.status_code == 201, answer.text
