"""Two processes on one PostgreSQL: what one no longer trusts, the other refuses at its next request."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from simulator.app import create_app
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
