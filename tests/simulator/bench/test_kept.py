"""What the bench did to a world is kept, in order, between the exchanges; the ids of exchanges come from the seed."""

from __future__ import annotations

from typing import Any

from simulator.app import create_app
from simulator.kit import signing
from simulator.settings import Settings
from tests.simulator.conftest import BASE, CLIENT_KEY, TOKEN, Platform
from tests.simulator.database import fresh_url


def _kept(platform: Any, world: dict[str, Any], **params: Any) -> Any:
    return platform.bench("GET", f"/worlds/{world['id']}/operations", params=params).json()


def test_what_changed_the_world_is_kept_between_the_exchanges(platform: Any) -> None:
    world = platform.world()
    here = f"/worlds/{world['id']}"
    platform.bench("POST", f"{here}/suspensions", json={"inpe": "100000011"})
    platform("GET", f"{world['issuer']}/v1/health")
    platform.bench("POST", f"{here}/clock/advance", json={"seconds": 60})
    platform.bench("GET", f"{here}/keys")
    platform.bench("POST", f"{here}/keys/rotation", json={"kind": "qr"})
    assert platform.bench("POST", f"{here}/suspensions", json={"inpe": "999999999"}).status_code == 404
    found = _kept(platform, world)
    assert found["operations"] == [
        {
            "seq": 1, "after": 0, "at": "2026-11-23T09:00:00Z", "operation": "suspend", "method": "POST",
            "path": "/suspensions", "body": {"inpe": "100000011"},
        },
        {
            "seq": 2, "after": 1, "at": "2026-11-23T09:01:00Z", "operation": "rotate-key", "method": "POST",
            "path": "/keys/rotation", "body": {"kind": "qr"},
        },
    ]  # fmt: skip
    assert found["next"] == 2 and _kept(platform, world, after=2) == {"operations": [], "next": 2}
    assert [one["seq"] for one in _kept(platform, world, after=1)["operations"]] == [2]


def test_what_is_kept_holds_no_secret(platform: Any) -> None:
    world = platform.world()
    here = f"/worlds/{world['id']}"
    keys = {"keys": [signing.public_jwk(CLIENT_KEY, "k2")]}
    platform.bench("POST", f"{here}/clients", json={"client_id": "a", "name": "A", "secret": "s3cr3t", "jwks": keys})
    token = platform.bearer(world, "gp")["authorization"].removeprefix("Bearer ")
    platform.bench("POST", f"{here}/revocations", json={"kind": "token", "id": token})
    text = platform.bench("GET", f"{here}/operations").text
    assert "s3cr3t" not in text and token not in text
    registered, revoked = (one["body"] for one in _kept(platform, world)["operations"])
    assert registered["secret"].startswith("redacted:sha256:") and registered["jwks"] == keys
    assert len(revoked["id"]) == 24  # its jti, that the same seed gives again


def test_the_operations_of_a_world_go_with_it(platform: Any) -> None:
    for _ in range(2):
        world = platform.world(id="essai")
        assert _kept(platform, world)["operations"] == []
        platform.bench("POST", "/worlds/essai/keys/rotation", json={"kind": "qr"})
        platform.bench("DELETE", "/worlds/essai")


def test_one_seed_and_the_same_calls_give_the_same_ids() -> None:
    assert _ids("graine") == _ids("graine") != _ids("autre")


def _ids(seed: str) -> list[str]:
    """The ids of exchanges of a fresh simulator: in headers, bodies, journal, audit."""
    simulator = create_app(Settings(base_url=BASE, bench_token=TOKEN, database=fresh_url()))
    try:
        platform = Platform(simulator)
        world = platform.world(id="essai", seed=seed)
        path = f"{world['issuer']}/v1/claims/clm-aaaaaaaaaaaaaaaa"
        answers = [platform("GET", path, headers=platform.bearer(world, "gp")) for _ in range(2)]
        platform.bench("POST", "/worlds/essai/suspensions", json={"inpe": "100000011"})
        found = [answer.headers["x-request-id"] for answer in answers]
        found += [answer.json()["trace_id"] for answer in answers]
        found += [one["trace_id"] for one in platform.bench("GET", "/worlds/essai/journal").json()["exchanges"]]
        found += [one["trace"] for one in platform.bench("GET", "/worlds/essai/audit").json()["entries"]]
        assert len({*found}) == len(found) - 4  # two refusals are in the journal and in the audit, under their ids
        return found
    finally:
        simulator.close()


def test_a_process_that_finds_a_world_draws_no_id_that_was_drawn(platform: Any) -> None:
    world = platform.world()
    seen = set()
    for _ in range(2):
        for _ in range(3):
            answer = platform("GET", f"{world['issuer']}/v1/nothing")
            seen |= {answer.json()["trace_id"], answer.headers["x-request-id"]}
        platform.simulator.worlds._cache.clear()
    assert len(seen) == 12


def test_the_journal_says_whom_a_token_is_for(platform: Any) -> None:
    world = platform.world()
    platform.bearer(world, "gp")
    (patient,) = (one for one in world["beneficiaries"] if one["persona"] == "salaried")
    platform.bearer(world, "salaried")
    exchanges = platform.bench("GET", f"/worlds/{world['id']}/journal").json()["exchanges"]
    professional, insured = (one["granted"] for one in exchanges)
    assert (professional["sub"], professional["acr"], professional["role"]) == ("100000011", "fse:acr:2", "prescriber")
    assert insured["sub"] == f"{patient['registration_number']}/{patient['dependant_rank']}"
    assert set(professional) == {"sub", "scope", "mode", "role", "acr"}
