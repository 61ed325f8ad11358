"""Two processes on one PostgreSQL: what one no longer trusts, the other refuses at its next request."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from simulator.app import create_app
from simulator.kit.storage import Tx
from simulator.settings import Settings
from tests.simulator.conftest import BASE, TOKEN, Platform
from tests.simulator.database import SERVER, fresh_url

pytestmark = pytest.mark.skipif(not SERVER, reason="one process owns a SQLite file; tox -e postgres runs this")
RIGHTS = {"beneficiary": {"registration_number": "100000001", "dependant_rank": 0}, "date_of_care": "2026-11-23"}


@pytest.fixture
def pair() -> Iterator[tuple[Platform, Platform]]:
    settings = Settings(base_url=BASE, bench_token=TOKEN, database=fresh_url())
    one, other = create_app(settings), create_app(settings)
    yield Platform(one), Platform(other)
    one.close()
    other.close()


def test_marks_and_keys_hold_for_every_process(pair: tuple[Platform, Platform]) -> None:
    here, there = pair
    world: dict[str, Any] = here.world()
    bearer = here.bearer(world, "gp")
    path = f"/worlds/{world['id']}"

    def rights(bearer: dict[str, str]) -> list[int]:
        url = f"{world['issuer']}/v1/rights-checks"
        return [side("POST", url, json=RIGHTS, headers=bearer).status_code for side in pair]

    assert rights(bearer) == [200, 200]
    here.bench("POST", f"{path}/keys/rotation", json={"kind": "token"})
    kids = [key["kid"] for key in there("GET", f"{world['issuer']}/jwks.json").json()["keys"]]
    assert kids == ["token-2", "token-1"]
    assert rights(bearer) == [200, 200]
    there.bench("POST", f"{path}/suspensions", json={"inpe": "100000011"})
    assert rights(bearer) == [403, 403]
    here.bench("POST", f"{path}/suspensions", json={"inpe": "100000011", "suspended": False})
    assert rights(bearer) == [200, 200]
    token = bearer["authorization"].removeprefix("Bearer ")
    form = {**here.software(world), "token": token}
    assert there("POST", f"{world['issuer']}/oauth2/revoke", data=form).status_code == 200
    assert rights(bearer) == [401, 401]
    here.bench("POST", f"{path}/revocations", json={"kind": "token-key", "id": "token-2"})
    assert rights(here.bearer(world, "pharmacy")) == [200, 200]


def test_an_assertion_serves_once_over_all_processes(pair: tuple[Platform, Platform]) -> None:
    here, there = pair
    world = here.world()
    form = {"grant_type": "client_credentials", **here.software(world)}
    assert here.token(world, form).status_code == 200
    assert there.token(world, form).json()["code"] == "invalid-client"


def test_a_clone_waits_for_no_other_world_than_its_own(pair: tuple[Platform, Platform]) -> None:
    here, there = pair
    source, other = here.world(), here.world()
    taken, let_go = threading.Event(), threading.Event()

    def hold(tx: Tx) -> None:
        taken.set()
        assert let_go.wait(20)

    def clone() -> int:
        return int(here.bench("POST", f"/worlds/{source['id']}/clone", json={}).status_code)

    for held, waits in ((other["id"], False), (source["id"], True)):
        taken.clear()
        let_go.clear()
        with ThreadPoolExecutor(2) as pool:
            holder = pool.submit(there.simulator.db.call, hold, held)
            assert taken.wait(20)
            cloning = pool.submit(clone)
            try:
                if waits:
                    with pytest.raises(TimeoutError):
                        cloning.result(0.3)
                else:
                    assert cloning.result(10) == 201
            finally:
                let_go.set()
            holder.result(10)
            assert cloning.result(10) == 201


@pytest.mark.parametrize("how", ["created", "cloned"])
def test_of_two_worlds_of_one_name_made_at_once_one_is_there(pair: tuple[Platform, Platform], how: str) -> None:
    here, _ = pair
    source = here.world()

    def make(side: Platform, id: str) -> Any:
        if how == "created":
            return side.bench("POST", "/worlds", json={"id": id})
        return side.bench("POST", f"/worlds/{source['id']}/clone", json={"id": id})

    for number in range(10):
        id = f"course-{number}"
        with ThreadPoolExecutor(4) as pool:
            answers = list(pool.map(lambda side, id=id: make(side, id), pair * 2))
        assert sorted(answer.status_code for answer in answers) == [201, 409, 409, 409]
        refused = [answer.json() for answer in answers if answer.status_code == 409]
        assert {(one["code"], one["detail"]) for one in refused} == {
            ("world-exists", f"Le monde « {id} » existe déjà.")
        }
        assert {side.bench("GET", f"/worlds/{id}").status_code for side in pair} == {200}
