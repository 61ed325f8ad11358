"""What the software under test can never do: reach any operation of the bench, or use the bench's token for its own."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from simulator.bench.operation import PREFIX, Operation
from simulator.bench.routes import OPERATIONS
from simulator.operations import ROUTES
from simulator.reference import bench
from tests.simulator.catalogue.scene import Scene
from tests.simulator.lifecycle.door import TOKEN, Door, Reply, open_door

RIGHT = f"Bearer {TOKEN}"
NO_TOKEN, NO_HOST = (401, "bench-token-required"), (403, "host-not-allowed")


@pytest.fixture(scope="module")
def scene() -> Any:
    door = open_door()
    yield Scene(door)
    door.close()


def given(scene: Scene) -> Mapping[str, tuple[dict[str, str], tuple[int, str]]]:
    """How it is tried: headers, and what is answered."""
    own = {"authorization": f"Bearer {scene.world.bearer('gp')}"}
    software = {"authorization": f"Bearer {scene.world.bearer('software')}"}
    return {
        "no token": ({}, NO_TOKEN),
        "a wrong token": ({"authorization": f"{RIGHT}x"}, NO_TOKEN),
        "an empty token": ({"authorization": "Bearer "}, NO_TOKEN),
        "a professional's access token": (own, NO_TOKEN),
        "a software's access token": (software, NO_TOKEN),
        "the right token in another scheme": ({"authorization": f"Basic {TOKEN}"}, NO_TOKEN),
        "the right token in a cookie": ({"cookie": f"token={TOKEN}; bench_token={TOKEN}"}, NO_TOKEN),
        "a page of this machine, without the token": (
            {"origin": "http://127.0.0.1:8700", "referer": "http://127.0.0.1:8700/docs"},
            NO_TOKEN,
        ),
        "a page of elsewhere, without the token": ({"origin": "https://evil.example"}, NO_TOKEN),
        "a foreign host": ({"authorization": RIGHT, "host": "evil.example"}, NO_HOST),
        "a host that looks alike": ({"authorization": RIGHT, "host": "127.0.0.1.evil.example:8700"}, NO_HOST),
        "a name rebound to this machine": (
            {"authorization": RIGHT, "host": "evil.example:8700", "origin": "http://evil.example:8700"},
            NO_HOST,
        ),
        "another host named by a proxy": (
            {"authorization": RIGHT, "host": "evil.example", "x-forwarded-host": "127.0.0.1:8700"},
            NO_HOST,
        ),
    }


def call(scene: Scene, operation: Operation, headers: Mapping[str, str], query: str = "") -> Reply:
    path = operation.path.replace("{world}", scene.world.id).replace("{snapshot}", "x")
    body = bench.texts()["operations"][operation.name].get("example")
    return scene.door(operation.method, f"{PREFIX}{path}", headers=headers, body=body, query=query)


def everything(door: Door, world: str) -> Any:
    """All that a caller of the bench could have changed."""
    names = [one["id"] for one in door.bench("GET", "/worlds")["worlds"]]  # the clock of the default one runs
    kept = [names, door.bench("GET", f"/worlds/{world}")]
    for part in ("state", "audit/verification", "clock", "keys", "clients", "deliveries", "operations"):
        kept.append(door.bench("GET", f"/worlds/{world}/{part}"))
    return kept


@pytest.mark.parametrize("operation", OPERATIONS, ids=lambda operation: operation.name)
def test_the_software_under_test_reaches_no_operation_of_the_bench(scene: Scene, operation: Operation) -> None:
    tried, before = given(scene), everything(scene.door, scene.world.id)
    for how, (headers, expected) in tried.items():
        answer = call(scene, operation, headers)
        assert (answer.status, answer.slug) == expected, how
        assert TOKEN not in answer.body.decode(), how
        allowed = {name for name in answer.headers if name.startswith("access-control-")}
        assert not allowed, "no page may read an answer of the bench"
    in_query = call(scene, operation, {}, query=f"token={TOKEN}&access_token={TOKEN}")
    assert (in_query.status, in_query.slug) == NO_TOKEN
    assert everything(scene.door, scene.world.id) == before


def test_the_bench_learns_nobody_which_of_its_paths_exist(scene: Scene) -> None:
    for path in ("/worlds/nobody/clock", "/nothing", "/openapi.json", "/worlds/../worlds", ""):
        answer = scene.door("GET", f"{PREFIX}{path}")
        assert (answer.status, answer.slug) == NO_TOKEN, path


@pytest.mark.parametrize("method", ["OPTIONS", "TRACE", "HEAD", "PATCH"])
def test_no_other_method_opens_it(scene: Scene, method: str) -> None:
    origin = {"origin": "https://evil.example", "access-control-request-method": "POST"}
    for headers in (origin, {**origin, "authorization": f"Bearer {scene.world.bearer('gp')}"}):
        answer = scene.door(method, f"{PREFIX}/worlds", headers=headers)
        assert answer.status == 401 and not any(name.startswith("access-control-") for name in answer.headers)


def test_the_token_of_the_bench_opens_no_operation_of_the_platform(scene: Scene) -> None:
    guarded = [route for route in ROUTES if route.scope is not None]
    assert len(guarded) > 30
    before = everything(scene.door, scene.world.id)[2]
    for route in guarded:
        path = route.path.replace("{number}", "2604817390552494").replace("{type}", "pharmacy").replace("{id}", "x")
        answer = scene.door(route.method, f"{scene.world.path}{path}", headers={"authorization": RIGHT}, body={})
        assert (answer.status, answer.slug) == (401, "unauthenticated"), route.operation
    assert everything(scene.door, scene.world.id)[2] == before


def test_the_one_who_is_allowed_passes(scene: Scene) -> None:
    for host in ("127.0.0.1:8700", "localhost", "[::1]:8700"):
        answer = scene.door("GET", f"{PREFIX}/worlds", headers={"authorization": RIGHT, "host": host})
        assert answer.status == 200
