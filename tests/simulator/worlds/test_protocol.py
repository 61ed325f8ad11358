"""What frames every call: the version asked for, what is left of the rate, late bodies, refusals in the audit."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from simulator.worlds import receiving
from simulator.worlds.patience import Patience

RIGHTS = {"beneficiary": {"registration_number": "100000001", "dependant_rank": 0}, "date_of_care": "2026-11-23"}
VERSION = {"fse-version": "2026-01-01"}


@pytest.fixture
def platform(shared: Any) -> Any:
    """One simulator for all of these tests: each works in a world of its own."""
    return shared


def rights(platform: Any, world: dict[str, Any], bearer: dict[str, str], **headers: str) -> Any:
    url = f"{world['issuer']}/v1/rights-checks"
    return platform("POST", url, json=RIGHTS, headers={**bearer, **headers})


def advance(platform: Any, world: dict[str, Any], seconds: int) -> None:
    platform.bench("POST", f"/worlds/{world['id']}/clock/advance", json={"seconds": seconds})


def audit(platform: Any, world: dict[str, Any]) -> list[dict[str, Any]]:
    return list(platform.bench("GET", f"/worlds/{world['id']}/audit").json()["entries"])


@pytest.mark.parametrize("path", ["/v1/health", "/v1/care-sheets/2604817390552494/qr.png", "/v1/executions/x/receipt"])
def test_a_line_feed_is_part_of_an_address(platform: Any, path: str) -> None:
    known, unknown = (platform("GET", f"{platform.world()['issuer']}{path}{end}") for end in ("", "%0A"))
    assert known.status_code in (200, 401)
    assert (unknown.status_code, unknown.json()["code"]) == (404, "not-found")


def test_a_software_that_names_its_version_is_served_without_a_remark(platform: Any) -> None:
    world = platform.world()
    bearer = platform.bearer(world, "gp")
    named, silent = (rights(platform, world, bearer, **headers) for headers in (VERSION, {}))
    assert (named.status_code, silent.status_code) == (200, 200)
    assert "fse-warning" not in named.headers
    assert silent.headers["fse-warning"] == "missing-version; becomes-error-on=2027-07-01"
    assert named.headers["fse-version"] == silent.headers["fse-version"] == "2026-01-01"


def test_the_warning_becomes_an_error_on_its_day(platform: Any) -> None:
    for now, status in (("2027-06-30T22:59:59Z", 200), ("2027-06-30T23:00:00Z", 400)):
        world = platform.world(now=now)
        bearer = platform.bearer(world, "gp")
        answer = rights(platform, world, bearer)
        assert answer.status_code == status, answer.text
        assert rights(platform, world, bearer, **VERSION).status_code == 200
    assert (answer.json()["code"], answer.json()["supported"]) == ("missing-version", ["2026-01-01"])
    for path in ("/v1/health", "/v1/version", "/jwks.json"):
        assert platform("GET", f"{world['issuer']}{path}").status_code == 200


@pytest.mark.parametrize("asked", ["2025-01-01", "2026-01-02", "1", ""])
def test_another_version_is_not_served(platform: Any, asked: str) -> None:
    world = platform.world()
    refused = rights(platform, world, platform.bearer(world, "gp"), **{"fse-version": asked})
    assert (refused.status_code, refused.json()["code"]) == (400, "unsupported-version")
    assert refused.json()["supported"] == platform("GET", f"{world['issuer']}/v1/version").json()["served"]


def test_each_software_has_its_own_count_which_the_worlds_clock_renews(platform: Any) -> None:
    other = {"client_id": "autre", "name": "Autre", "secret": "s"}
    world = platform.world(now="2026-11-23T09:00:10Z", rate_limit={"requests": 2, "window_s": 60})
    platform.bench("POST", f"/worlds/{world['id']}/clients", json=other)
    bearer = platform.bearer(world, "gp")
    form = {"grant_type": "urn:fse:params:oauth:grant-type:first-hour", "inpe": "100000011"}
    token = platform("POST", f"{world['issuer']}/oauth2/token", data=form, auth=("autre", "s")).json()["access_token"]
    first, second, third = (rights(platform, world, bearer) for _ in range(3))
    assert [a.status_code for a in (first, second, third)] == [200, 200, 429]
    assert first.headers["ratelimit-policy"] == '"default";q=2;w=60'
    assert [a.headers["ratelimit"] for a in (first, second, third)] == [
        '"default";r=1;t=50',
        '"default";r=0;t=50',
        '"default";r=0;t=50',
    ]
    assert (third.json()["code"], third.headers["retry-after"]) == ("rate-limited", "50")
    assert rights(platform, world, {"authorization": f"Bearer {token}"}).status_code == 200
    advance(platform, world, 49)
    assert rights(platform, world, bearer).status_code == 429
    advance(platform, world, 1)
    assert rights(platform, world, bearer).headers["ratelimit"] == '"default";r=1;t=60'


def test_without_a_limit_of_its_own_a_world_has_that_of_the_rule(platform: Any) -> None:
    world = platform.world()
    answer = rights(platform, world, platform.bearer(world, "gp"))
    assert answer.headers["ratelimit-policy"] == '"default";q=60000;w=60'
    assert answer.headers["ratelimit"] == '"default";r=59999;t=60'
    assert "ratelimit" not in platform("GET", f"{world['issuer']}/v1/health").headers


@pytest.mark.parametrize("limit", [{"requests": 0, "window_s": 60}, {"requests": 1, "window_s": 0}, {"requests": 1}])
def test_a_limit_that_makes_no_sense_is_refused(platform: Any, limit: dict[str, int]) -> None:
    assert platform.bench("POST", "/worlds", json={"rate_limit": limit}).status_code == 422


def test_a_body_that_never_ends_is_given_up(platform: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(platform.simulator._gateway, "_patience", Patience(0.05))
    sent: list[dict[str, Any]] = []

    async def call(delay: float) -> None:
        parts = iter([b'{"a":', b"1}"])

        async def receive() -> dict[str, Any]:
            part = next(parts)
            if part == b"1}":
                await asyncio.sleep(delay)
            return {"type": "http.request", "body": part, "more_body": part != b"1}"}

        async def send(message: dict[str, Any]) -> None:
            sent.append(message)

        headers = [(b"user-agent", b"A/1 B/c"), (b"content-length", b"8")]
        path = "/w/default/v1/rights-checks"
        scope = {"type": "http", "method": "POST", "path": path, "raw_path": path.encode(), "query_string": b""}
        await platform.simulator({**scope, "headers": headers}, receive, send)

    for delay, status in ((5, 408), (0, 401)):
        asyncio.run(call(delay))
        assert sent[-2]["status"] == status
        assert ((b"connection", b"close") in sent[-2]["headers"]) is (status == 408)
    assert b"request-timeout" in sent[1]["body"]
    assert receiving.TIMEOUT_S == 30


def test_a_task_cancelled_from_outside_is_not_a_late_body() -> None:
    async def run() -> None:
        patience = Patience(60)
        task = asyncio.create_task(patience.read(asyncio.Event().wait))
        await asyncio.sleep(0)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        with pytest.raises(TimeoutError):
            await Patience(0.01).read(asyncio.Event().wait)
        assert await patience.read(lambda: asyncio.sleep(0, "whole")) == "whole"

    asyncio.run(run())


def test_every_refusal_of_an_operation_is_in_the_audit_and_names_who_was_refused(counter: Any) -> None:
    platform, world = counter.platform, counter.world
    sheet = counter.issue()
    start = len(audit(platform, world))
    counter.call("pharmacy", "GET", f"/v1/care-sheets/{sheet['number']}")
    counter.call("pharmacy", "POST", "/v1/care-sheets", json={})
    platform("POST", f"{world['issuer']}/v1/resolutions", json={})
    platform("GET", f"{world['issuer']}/v1/claims", headers={"user-agent": ""})
    platform("GET", f"{world['issuer']}/v1/nothing")
    counter.call("gp", "GET", f"/v1/care-sheets/{sheet['number']}")
    entries = [entry for entry in audit(platform, world)[start:] if entry["event"] == "refused"]
    assert [(e["actor"], e["subject"], e["data"]["problem"], e["data"]["status"]) for e in entries] == [
        ("essai/200000012", sheet["number"], "not-found", 404),
        ("essai/200000012", "", "insufficient-scope", 403),
        ("-/-", "", "unauthenticated", 401),
        ("-/-", "", "missing-user-agent", 400),
    ]
    operations = [e["data"]["operation"] for e in entries]
    assert operations == ["read-care-sheet", "issue-care-sheet", "resolve-care-sheet", "list-claims"]


def test_who_is_refused_is_named_even_when_his_token_is_the_reason(platform: Any) -> None:
    world = platform.world()
    bearer = platform.bearer(world, "gp")
    platform.bench("POST", f"/worlds/{world['id']}/suspensions", json={"client_id": "essai"})
    assert rights(platform, world, bearer).status_code == 403
    token = platform.token(world, {"grant_type": "client_credentials", **platform.software(world)})
    assert token.status_code == 403
    refused = [e for e in audit(platform, world) if e["event"] == "refused"]
    assert [(e["actor"], e["data"]["operation"]) for e in refused] == [
        ("essai/100000011", "check-rights"),
        ("essai/-", "request-token"),
    ]


def test_a_delegate_and_a_patient_are_named_in_the_journal(platform: Any) -> None:
    world = platform.world()
    form = {"grant_type": "urn:ietf:params:oauth:grant-type:jwt-bearer"}
    assertion = platform.credential(world, "gp", act={"sub": "sec-ken-01"})
    token = platform.token(world, {**platform.software(world), **form, "assertion": assertion}).json()["access_token"]
    assert rights(platform, world, {"authorization": f"Bearer {token}"}).status_code == 200
    rights(platform, world, platform.bearer(world, "gp"))
    exchanges = platform.bench("GET", f"/worlds/{world['id']}/journal").json()["exchanges"]
    seen = [(e["inpe"], e.get("delegate")) for e in exchanges if e["operation"] == "check-rights"]
    assert seen == [("100000011", "sec-ken-01"), ("100000011", None)]


def test_only_lists_are_answered_not_modified(counter: Any) -> None:
    sheet = counter.issue()
    read = counter.call("gp", "GET", f"/v1/care-sheets/{sheet['number']}")
    same = {"if-none-match": read.headers["etag"]}
    assert counter.call("gp", "GET", f"/v1/care-sheets/{sheet['number']}", headers=same).status_code == 200
    reasons = counter.call("gp", "GET", "/v1/nomenclature/reasons")
    same = {"if-none-match": reasons.headers["etag"]}
    assert counter.call("gp", "GET", "/v1/nomenclature/reasons", headers=same).status_code == 304
