"""A world is cloned, kept, brought back, born again."""

from __future__ import annotations

import asyncio
import json
import threading
from typing import Any

import pytest

from simulator.kit import signing
from simulator.kit.problems import Problem
from simulator.kit.storage import Tx
from simulator.settings import DEMO_CLIENT, DEMO_SECRET
from simulator.worlds import rewinding
from simulator.worlds.counters import draw
from simulator.worlds.rewinding import MOST
from tests.simulator.conftest import CLIENT_KEY, TOKEN, Counter, Platform, sheet_request
from tests.simulator.worlds.rows import everything, rows
from tests.simulator.worlds.test_gone import bench, late  # noqa: F401 - a fixture

NAME = "retour"


def snapshot(platform: Platform, world: str, name: str = "avant") -> Any:
    answer = platform.bench("POST", f"/worlds/{world}/snapshots", json={"name": name})
    assert answer.status_code == 201, answer.text
    return answer.json()


def restore(platform: Platform, world: str, name: str = "avant") -> Any:
    answer = platform.bench("POST", f"/worlds/{world}/snapshots/{name}/restore")
    assert answer.status_code == 200, answer.text
    return answer.json()


def reset(platform: Platform, world: str) -> Any:
    answer = platform.bench("POST", f"/worlds/{world}/reset")
    assert answer.status_code == 200, answer.text
    return answer.json()


def advance(platform: Platform, world: str, seconds: int) -> None:
    assert platform.bench("POST", f"/worlds/{world}/clock/advance", json={"seconds": seconds}).status_code == 200


def lived(platform: Platform) -> Counter:
    """A world where a sheet was issued, held and executed, with two months of claims behind it."""
    counter = Counter(platform)
    sheet = counter.issue()
    held = counter.hold(sheet)
    persona, method, path, options = counter.execution(held, {"line": 1, "outcome": "executed", "quantity": "1"})
    counter.call(persona, method, path, **options)
    advance(platform, counter.world["id"], 300)
    return counter


def test_a_restored_world_is_the_one_that_was_kept(platform: Platform) -> None:
    counter = lived(platform)
    id = counter.world["id"]
    kept = everything(platform.simulator.db, id)
    assert snapshot(platform, id)["now"] == "2026-11-23T09:05:00Z"
    counter.issue()
    counter.issue()
    advance(platform, id, 40 * 86_400)
    platform.bench("POST", f"/worlds/{id}/keys/rotation", json={"kind": "qr"})
    platform.bench("POST", f"/worlds/{id}/suspensions", json={"inpe": "100000011"})
    assert restore(platform, id)["now"] == "2026-11-23T09:05:00Z"
    assert everything(platform.simulator.db, id) == kept
    assert platform.bench("GET", f"/worlds/{id}/audit/verification").json()["sound"]
    assert platform.bench("GET", f"/worlds/{id}/keys").json()["qr"][0]["kid"] == 1


def test_the_same_deeds_after_a_return_have_the_same_numbers(platform: Platform) -> None:
    counter = lived(platform)
    snapshot(platform, counter.world["id"])
    first = counter.issue()
    restore(platform, counter.world["id"])
    counter._bearers.clear()
    again = counter.issue()
    assert first["number"] == again["number"] and first["backup_code"] == again["backup_code"]


def test_tokens_given_since_open_nothing_those_of_before_do(platform: Platform) -> None:
    counter = Counter(platform)
    id, sheets = counter.world["id"], f"{counter.world['issuer']}/v1/care-sheets"
    before = platform.bearer(counter.world, "gp")
    snapshot(platform, id)
    since = platform.bearer(counter.world, "gp")

    def status(bearer: dict[str, str]) -> tuple[int, str | None]:
        headers = {**bearer, **counter.key()}
        answer = platform("POST", sheets, json=sheet_request(), headers=headers)
        return answer.status_code, answer.json().get("code")

    assert [status(one) for one in (before, since)] == [(201, None)] * 2
    restore(platform, id)
    assert status(before) == (201, None)
    assert status(since) == (401, "token-revoked")
    snapshot(platform, id, "plus-tard")
    after = platform.bearer(counter.world, "gp")
    assert status(after) == (201, None)
    restore(platform, id, "plus-tard")
    assert (status(before)[0], status(since)[0], status(after)[0]) == (201, 401, 401)
    reset(platform, id)
    assert [status(one)[0] for one in (before, since, after)] == [401] * 3
    assert status(platform.bearer(counter.world, "gp")) == (201, None)


def test_reset_brings_a_world_back_to_its_birth(platform: Platform) -> None:
    counter = lived(platform)
    id, born = counter.world["id"], counter.world
    client = {"client_id": "plus-tard", "name": "Plus tard", "secret": "x"}
    assert platform.bench("POST", f"/worlds/{id}/clients", json=client).status_code == 200
    said = reset(platform, id)
    assert said["now"] == "2026-11-23T09:00:00Z"
    left = rows(platform.simulator.db, id)
    assert {name for name, found in left.items() if found} == {"worlds", "clients"}
    listed = platform.bench("GET", f"/worlds/{id}/clients").json()["clients"]
    assert [one["client_id"] for one in listed] == ["essai"]
    assert platform.bench("GET", f"/worlds/{id}").json() == born
    fresh = Counter.__new__(Counter)
    fresh.platform, fresh.world, fresh._bearers, fresh._serial = platform, counter.world, {}, 0
    assert fresh.issue()["number"]


def test_the_default_world_keeps_its_first_hour(platform: Platform) -> None:
    def works() -> bool:
        form = {"grant_type": "urn:fse:params:oauth:grant-type:first-hour", "inpe": "100000011"}
        return platform("POST", "/w/default/oauth2/token", data=form, auth=(DEMO_CLIENT, DEMO_SECRET)).is_success

    assert works()
    snapshot(platform, "default")
    restore(platform, "default")
    assert works()
    advance(platform, "default", 3_600)
    assert reset(platform, "default")["clock"] == "running"
    assert works()
    assert platform.bench("GET", "/worlds/default").json()["seed"] == "banc-fse"


def test_a_world_born_at_the_real_time_is_born_again_at_the_real_time(platform: Platform) -> None:
    platform.bench("POST", "/worlds", json={"id": NAME})
    advance(platform, NAME, 86_400)
    ahead = platform.bench("GET", f"/worlds/{NAME}/clock").json()["now"]
    assert reset(platform, NAME)["now"] < ahead


def test_a_list_imported_since_stays_after_a_reset(platform: Platform) -> None:
    platform.simulator.worlds.adopt("default", "autre-liste")
    assert reset(platform, "default")["nomenclature"] == "autre-liste"


def test_an_idempotency_key_is_what_it_was(platform: Platform) -> None:
    counter = Counter(platform)
    id = counter.world["id"]
    options = {"json": sheet_request(), "headers": {"idempotency-key": "une"}}
    snapshot(platform, id)
    first = counter.call("gp", "POST", "/v1/care-sheets", **options)
    assert first.status_code == 201
    restore(platform, id)
    counter._bearers.clear()
    again = counter.call("gp", "POST", "/v1/care-sheets", **options)
    assert again.status_code == 201 and "idempotency-replayed" not in again.headers
    assert len(platform.bench("GET", f"/worlds/{id}/state").json()["care_sheets"]) == 1


def test_a_clone_is_another_world_with_the_same_things(platform: Platform) -> None:
    counter = lived(platform)
    id = counter.world["id"]
    snapshot(platform, id)
    answer = platform.bench("POST", f"/worlds/{id}/clone", json={"id": NAME})
    assert answer.status_code == 201, answer.text
    clone = answer.json()
    assert clone["id"] == NAME and clone["issuer"].endswith(f"/w/{NAME}")
    for name in ("seed", "now", "clock", "professionals", "trust_anchor"):
        assert clone[name] == platform.bench("GET", f"/worlds/{id}").json()[name]
    here, there = rows(platform.simulator.db, id), rows(platform.simulator.db, NAME)
    for name in here:
        if name not in ("idempotency", "worlds"):
            assert here[name] == there[name], name
    assert there["idempotency"] == []
    assert platform.bench("GET", f"/worlds/{NAME}/snapshots").json() == {"snapshots": []}
    assert platform.bench("GET", f"/worlds/{NAME}/audit/verification").json()["sound"]
    bearer = counter._bearers["gp"]
    refused = platform("GET", f"/w/{NAME}/v1/nomenclature/medicines?q=dol", headers=bearer)
    assert refused.status_code == 401

    other = Counter.__new__(Counter)
    other.platform, other.world, other._bearers, other._serial = platform, clone, {}, 100
    before = everything(platform.simulator.db, id)
    assert other.issue()["number"]
    advance(platform, NAME, 90 * 86_400)
    assert everything(platform.simulator.db, id) == before
    reset(platform, NAME)
    assert platform.bench("GET", f"/worlds/{NAME}/clock").json()["now"] == "2026-11-23T09:00:00Z"
    taken = platform.bench("POST", f"/worlds/{id}/clone", json={"id": NAME})
    assert (taken.status_code, taken.json()["code"]) == (409, "world-exists")


def test_snapshots_are_counted_named_and_forgotten(platform: Platform) -> None:
    platform.world(id=NAME)
    for number in range(MOST):
        snapshot(platform, NAME, f"n-{number:02}")
    full = platform.bench("POST", f"/worlds/{NAME}/snapshots", json={"name": "encore"})
    assert (full.status_code, full.json()["code"]) == (409, "too-many-snapshots")
    assert platform.bench("DELETE", f"/worlds/{NAME}/snapshots/n-03").status_code == 204
    names = [one["name"] for one in platform.bench("GET", f"/worlds/{NAME}/snapshots").json()["snapshots"]]
    assert len(names) == MOST - 1 and "n-03" not in names
    for method, path in (("DELETE", "n-03"), ("POST", "n-03/restore")):
        gone = platform.bench(method, f"/worlds/{NAME}/snapshots/{path}")
        assert (gone.status_code, gone.json()["code"]) == (404, "not-found")
    assert platform.bench("DELETE", f"/worlds/{NAME}").status_code == 204
    assert everything(platform.simulator.db, NAME) == []


@pytest.mark.parametrize("name", ["retour/n-1", "retour%2Fn-1", "retour/", "retour%2F"])
def test_no_address_and_no_list_shows_a_snapshot(platform: Platform, name: str) -> None:
    platform.world(id=NAME)
    snapshot(platform, NAME, "n-1")
    assert platform("GET", f"/w/{name}/v1/health").status_code == 404
    for path in ("", "/clock", "/state"):
        assert platform.bench("GET", f"/worlds/{name}{path}").status_code in (404, 405)
    assert [one["id"] for one in platform.bench("GET", "/worlds").json()["worlds"]] == ["default", NAME]


@pytest.mark.parametrize("how", ["snapshots/avant/restore", "reset"])
def test_an_issuance_in_flight_writes_nothing_in_the_world_that_was_brought_back(
    platform: Platform,
    bench: Platform,  # noqa: F811
    how: str,
) -> None:
    world = platform.world(id=NAME)
    bearer = platform.bearer(world, "gp")
    snapshot(bench, NAME)

    def between() -> None:
        assert bench.bench("POST", f"/worlds/{NAME}/{how}").status_code == 200

    body = json.dumps(sheet_request()).encode()
    answer = late(platform, f"/w/{NAME}/v1/care-sheets", body, between, **bearer, **{"idempotency-key": "k"})
    assert (answer.status_code, answer.json()["code"]) == (404, "world-not-found")
    assert platform.bench("GET", f"/worlds/{NAME}/state").json()["care_sheets"] == []
    paths = [one["request"]["path"] for one in platform.bench("GET", f"/worlds/{NAME}/journal").json()["exchanges"]]
    assert "/v1/care-sheets" not in paths


def test_two_returns_at_once_and_a_deletion(platform: Platform) -> None:
    platform.world(id=NAME)
    snapshot(platform, NAME)
    options = {"headers": {"authorization": f"Bearer {TOKEN}"}}
    path = f"/bench/v1/worlds/{NAME}"
    calls = [("POST", f"{path}/snapshots/avant/restore", options), ("POST", f"{path}/reset", options)]
    answers = platform.together(*calls, ("DELETE", path, options))
    done = [answer.status_code for answer in answers]
    assert set(done) <= {200, 204, 404} and done != [404] * 3
    if platform.bench("GET", f"/worlds/{NAME}").status_code == 200:
        platform.bench("DELETE", f"/worlds/{NAME}")
    assert everything(platform.simulator.db, NAME) == []


def test_a_return_that_is_run_again_with_its_batch(platform: Platform) -> None:
    """A unit that fails after it has written may undo a batch, which is then run again."""
    platform.world(id=NAME)
    snapshot(platform, NAME)
    worlds, started = platform.simulator.worlds, threading.Event()

    def fails(tx: Tx) -> None:
        draw(tx, "", "rien")
        raise Problem("not-found")

    async def run() -> list[Any]:
        world = await worlds.find(NAME)
        waiting = worlds.db.write(lambda tx: started.wait(10), NAME)
        units = [waiting, rewinding.restore(worlds, world, "avant"), worlds.db.write(fails, NAME)]
        tasks = [asyncio.ensure_future(unit) for unit in units]
        await asyncio.sleep(0.05)
        started.set()
        return await asyncio.gather(*tasks, return_exceptions=True)

    _, back, failed = asyncio.run(run())
    assert isinstance(failed, Problem) and not isinstance(back, BaseException), back
    assert platform("GET", f"/w/{NAME}/v1/health").status_code == 200


def test_hundreds_of_worlds_come_and_go_while_others_are_served(platform: Platform) -> None:
    counter = Counter(platform)
    counter.issue()
    options: dict[str, Any] = {"headers": {"authorization": f"Bearer {TOKEN}"}}

    def issuing() -> Any:
        return counter._request("gp", "POST", "/v1/care-sheets", {"json": sheet_request(), "headers": counter.key()})

    jwks = {"keys": [signing.public_jwk(CLIENT_KEY, "k1")]}
    clients = [{"client_id": "essai", "name": "Essai", "jwks": jwks}]
    names = [f"foule-{number}" for number in range(100)]
    worlds = "/bench/v1/worlds"
    waves = (
        [("POST", worlds, {**options, "json": {"id": name, "clients": clients}}) for name in names],
        [("POST", f"{worlds}/{name}/snapshots", {**options, "json": {"name": "a"}}) for name in names],
        [("POST", f"{worlds}/{name}/snapshots/a/restore", options) for name in names],
        [("POST", f"{worlds}/{name}/reset", options) for name in names],
        [("DELETE", f"{worlds}/{name}", options) for name in names],
    )
    for wave, expected in zip(waves, (201, 201, 200, 200, 204), strict=True):
        answers = platform.together(*wave, *(issuing() for _ in range(10)))
        assert [answer.status_code for answer in answers] == [expected] * 100 + [201] * 10
    assert len(platform.bench("GET", f"{worlds.removeprefix('/bench/v1')}").json()["worlds"]) == 2
    assert len(platform.bench("GET", f"/worlds/{counter.world['id']}/state").json()["care_sheets"]) == 51


def test_what_the_bench_mints_says_its_era_too(platform: Platform) -> None:
    world = platform.world(id=NAME)
    snapshot(platform, NAME)
    reset(platform, NAME)
    made = platform.bench("POST", f"/worlds/{NAME}/tokens", json={"kind": "valid", "persona": "gp"})
    assert made.status_code == 201, made.text
    headers = {"authorization": f"Bearer {made.json()['token']}", "idempotency-key": "k"}
    answer = platform("POST", f"{world['issuer']}/v1/care-sheets", json=sheet_request(), headers=headers)
    assert answer.status_code == 201, answer.text


def test_a_world_that_is_brought_back_has_the_faults_that_it_had(platform: Platform) -> None:
    platform.world(id=NAME)
    fault = {"kind": "after-commit", "operations": ["issue-care-sheet"]}
    assert platform.bench("POST", f"/worlds/{NAME}/faults", json=fault).status_code == 201
    snapshot(platform, NAME)
    platform.bench("DELETE", f"/worlds/{NAME}/faults")
    restore(platform, NAME)
    assert len(platform.bench("GET", f"/worlds/{NAME}/faults").json()["faults"]) == 1
    reset(platform, NAME)
    assert platform.bench("GET", f"/worlds/{NAME}/faults").json()["faults"] == []
