from __future__ import annotations

import json
from collections.abc import AsyncIterator
from typing import Any

import pytest

from simulator.app import create_app
from simulator.kit import signing
from simulator.settings import Settings
from tests.simulator.conftest import BASE, TOKEN, Platform


def test_the_bench_wants_its_token_and_a_known_host(platform: Any) -> None:
    assert platform.bench("GET", "/worlds").status_code == 200
    for value in ({}, {"authorization": "Bearer wrong"}, {"authorization": "Basic bench-token-of-the-tests"}):
        answer = platform("GET", "/bench/v1/worlds", headers=value)
        assert (answer.status_code, answer.json()["code"]) == (401, "bench-token-required")
    for host in ("evil.example", "127.0.0.1.evil.example:8700", ""):
        answer = platform.bench("GET", "/worlds", headers={"host": host})
        assert (answer.status_code, answer.json()["code"]) == (403, "host-not-allowed")
    for host in ("localhost:8700", "127.0.0.1", "[::1]:8700"):
        assert platform.bench("GET", "/worlds", headers={"host": host}).status_code == 200


def test_a_server_without_a_bench_token_has_no_bench() -> None:
    simulator = create_app(Settings(base_url=BASE))
    for path in ("/worlds", "/worlds/default", ""):
        answer = Platform(simulator).bench("GET", path)
        assert (answer.status_code, answer.json()["code"]) == (404, "not-found")
    simulator.close()


def test_the_clock_moves_forward_only(platform: Any) -> None:
    world = platform.world()
    path = f"/worlds/{world['id']}/clock"
    assert platform.bench("GET", path).json() == {"now": "2026-11-23T09:00:00Z", "mode": "frozen"}
    moved = platform.bench("POST", f"{path}/advance", json={"seconds": 60})
    assert moved.json()["now"] == "2026-11-23T09:01:00Z"
    back = platform.bench("PUT", path, json={"now": "2026-11-23T09:00:59Z"})
    assert (back.status_code, back.json()["code"]) == (409, "clock-never-back")
    ahead = platform.bench("PUT", path, json={"now": "2026-12-01T00:00:00Z", "mode": "running"})
    assert ahead.json() == {"now": "2026-12-01T00:00:00Z", "mode": "running"}
    negative = platform.bench("POST", f"{path}/advance", json={"seconds": -1})
    assert negative.status_code == 422
    assert platform.bench("GET", "/worlds/none/clock").status_code == 404


def test_the_clock_survives_a_restart(platform: Any) -> None:
    world = platform.world()
    platform.bench("POST", f"/worlds/{world['id']}/clock/advance", json={"seconds": 60})
    platform.simulator.worlds._cache.clear()
    assert platform.bench("GET", f"/worlds/{world['id']}").json()["now"] == "2026-11-23T09:01:00Z"


def test_a_world_hands_over_its_people(platform: Any) -> None:
    world = platform.world()
    people = {p["persona"]: p for p in world["professionals"]}
    assert people["gp"]["inpe"] == "100000011" and people["gp"]["kid"] == "pro-100000011"
    assert people["suspended"]["status"] == "suspended"
    assert set(people["gp"]["private_jwk"]) == {"kid", "kty", "crv", "x", "y", "d"}
    assert "100000001" in {b["registration_number"] for b in world["beneficiaries"]}
    assert world["nomenclature"] and world["issuer"].endswith(f"/w/{world['id']}")


@pytest.mark.parametrize(
    "body",
    [
        {"id": "Majuscule"},
        {"id": "a/b"},
        {"now": "yesterday"},
        {"clock": "stopped"},
        {"surprise": 1},
        {"clients": [{"client_id": "a", "name": "A", "jwks": {"keys": [{"kid": "k", "kty": "RSA"}]}}]},
        {"clients": [{"client_id": "a", "name": "A"}, {"client_id": "a", "name": "B"}]},
    ],
    ids=str,
)
def test_a_bad_world_is_refused(platform: Any, body: dict[str, Any]) -> None:
    answer = platform.bench("POST", "/worlds", json=body)
    assert (answer.status_code, answer.json()["code"]) == (422, "invalid-payload")


def test_a_private_key_is_not_registered(platform: Any) -> None:
    jwk = signing.private_jwk(signing.derive_key("a", "b"), "k")
    client = {"client_id": "a", "name": "A", "jwks": {"keys": [jwk]}}
    assert platform.bench("POST", "/worlds", json={"clients": [client]}).status_code == 422


def test_an_id_serves_once(platform: Any) -> None:
    assert platform.bench("POST", "/worlds", json={"id": "unique"}).status_code == 201
    again = platform.bench("POST", "/worlds", json={"id": "unique"})
    assert (again.status_code, again.json()["code"]) == (409, "world-exists")
    listed = platform.bench("GET", "/worlds").json()["worlds"]
    assert [world["id"] for world in listed] == ["default", "unique"]


def _seed(of: int) -> bytes:
    """The body of a world to create, of that many bytes, valid but for the length of its seed."""
    return b'{"seed": "%s"}' % (b"x" * (of - 12))


@pytest.mark.parametrize("announced", [True, False])
def test_a_body_is_bounded_for_who_has_the_token_too(platform: Any, announced: bool) -> None:
    read = 0

    async def parts(body: bytes) -> AsyncIterator[bytes]:
        nonlocal read
        for start in range(0, len(body), 100_000):
            read += 1
            yield body[start : start + 100_000]

    def create(body: bytes) -> tuple[int, str]:
        headers = {"content-type": "application/json"}
        answer = platform.bench("POST", "/worlds", content=body if announced else parts(body), headers=headers)
        return answer.status_code, answer.json()["code"]

    assert create(_seed(1_000_000)) == (422, "invalid-payload")
    read = 0
    assert create(_seed(20_000_000)) == (413, "payload-too-large")
    assert read <= 11  # the rest of it is not even listened to
    assert len(platform.bench("GET", "/worlds").json()["worlds"]) == 1


def test_a_body_is_not_deeper_than_what_reads_it(platform: Any) -> None:
    def register(depth: int) -> Any:
        jwk = {**signing.public_jwk(signing.derive_key("a", "b"), "k"), "x5c": 0}
        body = json.dumps({"client_id": "a", "name": "A", "jwks": {"keys": [jwk]}})
        body = body.replace('"x5c": 0', f'"x5c": {"[" * depth}{"]" * depth}')
        headers = {"content-type": "application/json"}
        return platform.bench("POST", "/worlds/default/clients", content=body, headers=headers)

    assert register(190).status_code == 200
    for path in ("clients", "operations"):
        assert platform.bench("GET", f"/worlds/default/{path}").status_code == 200
    for depth in (300, 400_000):
        answer = register(depth)
        assert (answer.status_code, answer.json()["code"]) == (400, "invalid-json")
        assert "imbriqué" in answer.json()["detail"]


@pytest.mark.parametrize("path", ["/bench/v1/worlds", "/w/monde/v1/care-sheets"])
def test_a_refusal_is_not_much_longer_than_what_it_refuses(platform: Any, path: str) -> None:
    """Tens of thousands of fields that do not exist: a hundred are told."""
    world = platform.world(id="monde")
    bearer = {"authorization": f"Bearer {TOKEN}"} if path.startswith("/bench") else platform.bearer(world, "gp")
    body = json.dumps({f"k{number}": 0 for number in range(60_000)})
    headers = {"content-type": "application/json", "idempotency-key": "k", **bearer}
    answer = platform("POST", path, content=body, headers=headers)
    assert (answer.status_code, answer.json()["code"]) == (422, "invalid-payload")
    assert len(answer.json()["errors"]) == 100 and len(answer.content) < 20_000


def test_a_list_that_nobody_imported_is_refused(platform: Any) -> None:
    answer = platform.bench("POST", "/worlds", json={"nomenclature": "none-1"})
    assert (answer.status_code, answer.json()["code"]) == (422, "unknown-nomenclature")
    versions = platform.bench("GET", "/nomenclatures").json()["nomenclatures"]
    assert versions[0]["rows"] > 50
    chosen = platform.bench("POST", "/worlds", json={"nomenclature": versions[0]["version"]})
    assert chosen.status_code == 201


def test_a_tariff_set_that_does_not_exist_is_refused_with_those_that_do(platform: Any) -> None:
    answer = platform.bench("POST", "/worlds", json={"id": "tarifs", "tariff_set": "xx"})
    assert (answer.status_code, answer.json()["code"]) == (422, "invalid-payload")
    (error,) = answer.json()["errors"]
    assert error["pointer"] == "/tariff_set"
    assert error["detail"] == "Ce jeu de tarifs n'existe pas ; connus : tnr-2006, conventions-2020."
    made = platform.bench("POST", "/worlds", json={"id": "tarifs", "tariff_set": "conventions-2020"})
    assert (made.status_code, made.json()["tariff_set"]) == (201, "conventions-2020")
    clone = platform.bench("POST", "/worlds/tarifs/clone", json={"id": "copie"})
    assert clone.json()["tariff_set"] == "conventions-2020"
    other = platform.bench("POST", "/worlds/tarifs/clone", json={"id": "autre", "tariff_set": "xx"})
    assert other.status_code == 422


@pytest.mark.parametrize("pages", ["journal", "audit", "deliveries"])
def test_more_rows_than_a_page_holds_are_refused_not_cut(platform: Any, pages: str) -> None:
    path = f"/worlds/default/{pages}"
    assert platform.bench("GET", path, params={"limit": 500}).status_code == 200
    refused = platform.bench("GET", path, params={"limit": 501})
    assert (refused.status_code, refused.json()["code"]) == (422, "invalid-payload")
    assert [error["pointer"] for error in refused.json()["errors"]] == ["?limit"]


@pytest.mark.parametrize(
    ("path", "name", "value"),
    [
        ("journal", "after", "-1"),
        ("journal", "form", "raw"),
        ("journal", "since", "hier"),
        ("audit/verification", "head", "3"),
    ],
)
def test_a_bad_parameter_is_refused_as_by_a_world(platform: Any, path: str, name: str, value: str) -> None:
    refused = platform.bench("GET", f"/worlds/default/{path}", params={name: value})
    assert (refused.status_code, refused.json()["code"]) == (422, "invalid-payload")
    [error] = refused.json()["errors"]
    assert (error["pointer"], error["code"]) == (f"?{name}", "invalid-parameter")
    assert error["detail"].startswith(f"« {name} » ")


@pytest.mark.parametrize("path", ["/bench/v1/worlds/default/clock", "/bench/v1/worlds", "/docs/api", "/health", "/"])
def test_a_line_feed_is_part_of_an_address(platform: Any, path: str) -> None:
    bearer = {"authorization": f"Bearer {TOKEN}"}
    assert platform("GET", path, headers=bearer).status_code == 200
    answer = platform("GET", f"{path}%0A", headers=bearer)
    assert (answer.status_code, answer.json()["code"]) == (404, "not-found")


def test_a_misspelt_parameter_is_refused_and_the_near_one_named(platform: Any) -> None:
    path = f"/worlds/{platform.world()['id']}/journal"
    assert platform.bench("GET", f"{path}?status=4xx").status_code == 200
    answer = platform.bench("GET", f"{path}?stauts=4xx")
    assert answer.status_code == 422
    assert "voulez-vous dire status" in answer.json()["errors"][0]["detail"]
    assert platform.bench("GET", f"{path}?operation=issue-care-sheet").status_code == 200
    answer = platform.bench("GET", f"{path}?operation=issue-caresheet")
    assert answer.status_code == 422
    assert "comme issue-care-sheet" in answer.json()["errors"][0]["detail"]
