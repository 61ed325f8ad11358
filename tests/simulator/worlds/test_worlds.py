from __future__ import annotations

from typing import Any

import pytest

from simulator.app import create_app
from simulator.settings import Settings
from tests.simulator.conftest import BASE, TOKEN, Platform
from tests.simulator.database import fresh_url


def test_same_seed_same_keys_another_seed_other_keys(platform: Any) -> None:
    one, two, other = platform.world(), platform.world(), platform.world(seed="autre")
    for member in ("trust_anchor", "professionals", "beneficiaries"):
        assert one[member] == two[member] != other[member]
    tokens = [platform.bearer(world, "gp") for world in (one, two)]
    assert tokens[0] != tokens[1]  # the issuer differs, hence the token


def test_the_same_seed_and_id_give_the_same_token(platform: Platform) -> None:
    """On any server; where a world of that name was deleted, its tokens are not to be those of the next."""
    first = platform.bearer(platform.world(id="jumeau"), "gp")
    other = create_app(Settings(base_url=BASE, bench_token=TOKEN, database=fresh_url()))
    assert Platform(other).bearer(Platform(other).world(id="jumeau"), "gp") == first
    other.close()
    assert platform.bench("DELETE", "/worlds/jumeau").status_code == 204
    assert platform.bearer(platform.world(id="jumeau"), "gp") != first


def test_worlds_do_not_see_each_other(platform: Any) -> None:
    one, two = platform.world(), platform.world()
    bearer = platform.bearer(one, "gp")
    assert platform("GET", f"{two['issuer']}/v1/health", headers=bearer).status_code == 200
    journals = [platform.bench("GET", f"/worlds/{w['id']}/journal").json()["exchanges"] for w in (one, two)]
    assert [e["operation"] for e in journals[0]] == ["request-token"]
    assert [e["operation"] for e in journals[1]] == ["read-health"]
    platform.bench("POST", f"/worlds/{one['id']}/clock/advance", json={"seconds": 3600})
    times = [platform("GET", f"{w['issuer']}/v1/health").json()["time"] for w in (one, two)]
    assert times == ["2026-11-23T10:00:00Z", "2026-11-23T09:00:00Z"]


def test_a_deleted_world_leaves_nothing(platform: Any) -> None:
    world = platform.world(id="passager")
    platform.bearer(world, "gp")
    assert platform.bench("DELETE", "/worlds/passager").status_code == 204
    gone = platform("GET", f"{world['issuer']}/v1/health")
    assert (gone.status_code, gone.json()["code"]) == (404, "world-not-found")
    assert platform.bench("DELETE", "/worlds/passager").status_code == 404
    platform.world(id="passager")
    assert platform.bench("GET", "/worlds/passager/journal").json() == {"exchanges": [], "next": 0}


def test_every_answer_is_framed(platform: Any) -> None:
    world = platform.world()
    trace = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
    answer = platform("GET", f"{world['issuer']}/v1/nothing", headers={"x-request-id": "r-1", "traceparent": trace})
    assert answer.headers["date"] == "Mon, 23 Nov 2026 09:00:00 GMT"
    assert answer.headers["x-request-id"] == "r-1" and answer.headers["traceparent"] == trace
    assert answer.headers["fse-version"] == "2026-01-01"
    assert answer.headers["x-fse-world"] == world["id"]
    assert answer.json()["trace_id"] == "0af7651916cd43dd8448eb211c80319c"
    assert answer.headers["content-type"] == "application/problem+json"


@pytest.mark.parametrize("agent", ["", "curl/8", "A/1", "A/1 B", "A/1 B/c d"])
def test_a_software_says_who_it_is(platform: Any, agent: str) -> None:
    answer = platform("GET", "/w/default/v1/health", headers={"user-agent": agent})
    assert (answer.status_code, answer.json()["code"]) == (400, "missing-user-agent")
    keys = platform("GET", "/w/default/jwks.json", headers={"user-agent": agent})
    assert keys.status_code == 200
    assert platform("GET", "/w/default/v1/health").status_code == 200


def test_what_a_software_calls_itself_proves_nothing(platform: Any) -> None:
    world = platform.world()
    agent = {"user-agent": "Essai/1.0 Editeur/un-autre", **platform.bearer(world, "gp")}
    sheet = "/v1/care-sheets/2604817390552494"
    assert platform("GET", world["issuer"] + sheet, headers=agent).status_code == 404
    (entry,) = platform.bench("GET", f"/worlds/{world['id']}/audit").json()["entries"]
    exchange = platform.bench("GET", f"/worlds/{world['id']}/journal").json()["exchanges"][-1]
    assert entry["actor"] == "essai/100000011" and exchange["client_id"] == "essai"


def test_wrong_methods_large_bodies_and_unknown_paths(platform: Any) -> None:
    wrong = platform("DELETE", "/w/default/v1/health")
    assert (wrong.status_code, wrong.headers["allow"]) == (405, "GET")
    large = platform("POST", "/w/default/v1/rights-checks", content=b"x" * 1_000_001)
    assert (large.status_code, large.json()["code"]) == (413, "payload-too-large")
    named = platform("GET", "/w/default/v1/care-sheets/estimates")
    assert (named.status_code, named.headers["allow"]) == (405, "POST")
    for path in ("/nothing", "/w", "/w/", "/w/default", "/w/none/v1/health", "/w/default/v1/health/"):
        assert platform("GET", path).status_code == 404
    assert platform("GET", "/health").json()["unofficial"] is True


def test_an_unexpected_fault_says_nothing_but_its_trace(
    platform: Any, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def broken(*_: Any) -> None:
        raise ZeroDivisionError("a secret detail")

    monkeypatch.setattr("simulator.identity.discovery.generations", broken)
    answer = platform("GET", "/w/default/jwks.json")
    assert (answer.status_code, answer.json()["code"]) == (500, "internal-error")
    assert "secret" not in answer.text and answer.json()["trace_id"] in caplog.text


def test_a_problem_has_its_page(platform: Any) -> None:
    page = platform("GET", "/w/default/problems/rights-closed")
    assert page.status_code == 200 and "rights-closed" in page.text
    assert platform("GET", "/w/default/problems/none").status_code == 404


def test_documents_of_the_server(platform: Any) -> None:
    document = platform("GET", "/openapi.json").json()
    token = document["paths"]["/oauth2/token"]["post"]
    assert token["operationId"] == "request-token" and token["security"] == []
    assert token["x-fidelity"] == "hypothesis"
    assert "application/x-www-form-urlencoded" in token["requestBody"]["content"]
    assert "401" in token["responses"]
    for item in document["paths"].values():
        for operation in item.values():
            assert operation["x-fidelity"] and operation["operationId"]
    assert "request-token" in platform("GET", "/docs").text
