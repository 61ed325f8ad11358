from __future__ import annotations

import hashlib
import json
from typing import Any

import pytest

from simulator.journal import redaction

SECRET = "un-secret-bien-garde"
FORM = {"content-type": "application/x-www-form-urlencoded"}


def _exchanges(platform: Any, world: dict[str, Any], **params: Any) -> Any:
    return platform.bench("GET", f"/worlds/{world['id']}/journal", params=params).json()


def test_exchanges_are_there_at_once_and_in_order(platform: Any) -> None:
    world = platform.world()
    url = f"{world['issuer']}/v1/health"
    platform.together(*(("GET", url, {"params": {"n": str(n)}}) for n in range(30)))
    page = _exchanges(platform, world)
    assert [e["seq"] for e in page["exchanges"]] == list(range(1, 31)) and page["next"] == 30
    assert {e["request"]["query"] for e in page["exchanges"]} == {f"n={n}" for n in range(30)}
    second = _exchanges(platform, world, after=28, limit=1)
    assert [e["seq"] for e in second["exchanges"]] == [29] and second["next"] == 29
    assert _exchanges(platform, world, after=30) == {"exchanges": [], "next": 30}


def test_an_exchange_shows_what_the_wire_showed(platform: Any) -> None:
    world = platform.world()
    body = '{"date_of_care": "2026-11-23", "note": "é"}'
    platform(
        "POST",
        f"{world['issuer']}/v1/rights-checks",
        content=body.encode(),
        headers={"content-type": "application/json", **platform.bearer(world, "gp")},
    )
    exchange = _exchanges(platform, world)["exchanges"][-1]
    assert (exchange["operation"], exchange["problem"]) == ("check-rights", "invalid-payload")
    assert (exchange["client_id"], exchange["inpe"]) == ("essai", "100000011")
    assert exchange["world_time"] == "2026-11-23T09:00:00Z" and exchange["duration_ms"] > 0
    assert exchange["request"]["method"] == "POST"
    assert exchange["request"]["path"] == "/v1/rights-checks"
    assert exchange["request"]["body"] == body
    assert exchange["response"]["status"] == 422
    assert json.loads(exchange["response"]["body"])["code"] == "invalid-payload"
    assert exchange["response"]["headers"]["date"] == "Mon, 23 Nov 2026 09:00:00 GMT"


def test_a_body_that_is_no_text_is_kept_in_base64(platform: Any) -> None:
    world = platform.world()
    platform("POST", f"{world['issuer']}/v1/rights-checks", content=b"\xff\xfe")
    request = _exchanges(platform, world)["exchanges"][-1]["request"]
    assert (request["body"], request["body_base64"]) == (None, "//4=")


HOSTILE = [b"[" * 5_000, b'{"kind":' * 5_000, b'{"kind":' + b"[" * 950 + b"]" * 950 + b"}", b"9" * 5_000] + [
    b'{"%s": "\\ud800"}' % name for name in (b"kind", b"content", b"grant_type", b"secret", b"scope", b"inpe")
]
"""Too deep, too long a number, half a character."""


@pytest.mark.parametrize("path", ["/oauth2/token", "/v1/claims/clm-l5nvahkjp4sf5o5u/documents", "/v1/subscriptions"])
def test_no_body_keeps_its_exchange_out_of_the_journal(platform: Any, path: str) -> None:
    """Whatever is read of it so that no secret stays."""
    world = platform.world()
    bearer = platform.bearer(world, "gp")
    for number, body in enumerate(HOSTILE, start=2):
        headers = {"content-type": "application/json", "idempotency-key": f"k{number}", **bearer}
        answer = platform("POST", f"{world['issuer']}{path}", content=body, headers=headers)
        assert 400 <= answer.status_code < 500
        newest = _exchanges(platform, world)["exchanges"][-1]
        assert (newest["seq"], newest["response"]["status"]) == (number, answer.status_code), body[:40]
    for form in ("journal?form=canonical", "journal.har", "journal/checkpoint"):
        assert platform.bench("GET", f"/worlds/{world['id']}/{form}").status_code == 200, form


def test_credentials_become_fingerprints_that_stay_comparable(platform: Any) -> None:
    world = platform.world()
    bearer = platform.bearer(world, "gp")
    platform("GET", f"{world['issuer']}/v1/claims/none", headers=bearer)
    platform("POST", f"{world['issuer']}/oauth2/token", data={"client_secret": "s3cret"}, auth=("essai", "s3cret"))
    text = platform.bench("GET", f"/worlds/{world['id']}/journal").text
    token = bearer["authorization"].removeprefix("Bearer ")
    assert token not in text and "s3cret" not in text and "eyJ" not in text
    mark = f"redacted:sha256:{hashlib.sha256(token.encode()).hexdigest()[:12]}"
    asked, used, _ = json.loads(text)["exchanges"]
    assert json.loads(asked["response"]["body"])["access_token"] == mark
    assert used["request"]["headers"]["authorization"] == f"Bearer {mark}"


def test_a_token_request_that_cannot_be_read_is_hidden_whole() -> None:
    assert redaction.token_request(b"secret", "text/plain").startswith(b"redacted:sha256:")
    assert redaction.token_request(b"[1]", "application/json").startswith(b"redacted:sha256:")
    assert b"abc" not in redaction.token_request(b'{"client_secret":"abc"}', "application/json")
    assert redaction.token_request(b"", "") == b""


@pytest.mark.parametrize(
    "sent",
    [
        {"path": "/oauth2/token", "files": {"client_assertion": (None, SECRET)}},
        {"path": "/oauth2/token", "data": {"Client_Assertion": SECRET}},
        {"path": "/oauth2/token/", "data": {"client_assertion": SECRET}},
        {"path": "/oauth2/token", "content": f'{{"n": "a=b", "assertion": "{SECRET}"}}', "headers": FORM},
        {"path": "/oauth2/token", "params": {"client_secret": SECRET}},
        {"path": "/v1/events", "params": {"access_token": SECRET}},
        {"path": "/v1/events", "headers": {"cookie": f"t={SECRET}"}},
        {"path": "/v1/events", "headers": {"proxy-authorization": f"Basic {SECRET}"}},
        {"path": "/v1/events", "headers": {"x-api-key": SECRET}},
        {"path": "/oauth2/token?Client_Secret=" + SECRET},
        {"path": "/oauth2/token?client%5Fsecret=" + SECRET},
        {"path": "/oauth2/token", "json": {"Client_Secret": SECRET}},
        {"path": "/oauth2/token", "json": {"grant_type": {"client_secret": SECRET}}},
        {"path": "/oauth2/token", "json": {f"client_secret={SECRET}": 1}},
        {"path": "/oauth/token", "data": {"grant_type": "client_credentials", "client_secret": SECRET}},
        {"path": "/v1/oauth2/token", "json": {"grant_type": "client_credentials", "client_secret": SECRET}},
        {"path": "/v1/care-sheets", "content": f"a=b&Client%5Fsecret={SECRET}", "headers": FORM},
        {"path": "/v1/care-sheets", "json": {"in": [{"assertion": f'{SECRET} "{SECRET}'}]}},
        {"path": "/v1/events?a=1;client_secret=" + SECRET},
        {"path": "/v1/events", "params": {"client_secret[]": SECRET}},
        {"path": "/v1/events", "headers": {"client_secret": SECRET}},
        {"path": "/v1/events", "headers": {"x-bench-token": SECRET}},
    ],
    ids=lambda sent: f"{sent['path'].replace(SECRET, '')} {next((key for key in sent if key != 'path'), '')}",
)
def test_a_secret_sent_the_wrong_way_is_not_kept(platform: Any, sent: dict[str, Any]) -> None:
    world, sent = platform.world(), dict(sent)
    platform("POST", f"{world['issuer']}{sent.pop('path')}", **sent)
    found = platform.bench("GET", f"/worlds/{world['id']}/journal").text
    assert SECRET not in found and "redacted" in found


def test_the_secret_of_a_subscription_is_not_kept(platform: Any) -> None:
    world = platform.world()
    asked = {**platform.software(world), "grant_type": "client_credentials"}
    bearer = {"authorization": f"Bearer {platform.token(world, asked).json()['access_token']}"}
    url = {"url": "http://127.0.0.1:9/fse"}
    made = platform("POST", f"{world['issuer']}/v1/subscriptions", json=url, headers=bearer)
    assert made.status_code == 201
    found = platform.bench("GET", f"/worlds/{world['id']}/journal").text
    assert made.json()["secret"] not in found and made.json()["id"] in found


def test_a_wrong_token_is_not_kept_either(platform: Any) -> None:
    world = platform.world()
    url = f"{world['issuer']}/v1/rights-checks"
    platform("POST", url, headers={"authorization": "Bearer stolen"})
    platform("POST", url, headers={"authorization": "stolen"})
    assert "stolen" not in platform.bench("GET", f"/worlds/{world['id']}/journal").text


JWS = "eyJhbGciOiJFUzI1NiJ9.eyJzdWIiOiJlc3NhaSJ9.c2lnbmF0dXJl"


@pytest.mark.parametrize(
    "sent",
    [
        {"path": f"/v1/care-sheets/{JWS}"},
        {"path": f"/v1/health?jeton={JWS}"},
        {"path": "/v1/health", "headers": {"x-jeton": JWS, "referer": f"https://exemple.ma/#{JWS}"}},
        {"path": "/v1/rights-checks", "json": {"jeton": JWS}},
    ],
    ids=["path", "query", "header", "body"],
)
def test_a_signed_token_is_not_kept_where_it_has_no_place(platform: Any, sent: dict[str, Any]) -> None:
    world, sent = platform.world(), dict(sent)
    bearer = platform.bearer(world, "gp")
    method = "POST" if "json" in sent else "GET"
    headers = {**bearer, **sent.pop("headers", {})}
    platform(method, f"{world['issuer']}{sent.pop('path')}", headers=headers, **sent)
    found = platform.bench("GET", f"/worlds/{world['id']}/journal").text
    assert "eyJ" not in platform.bench("GET", f"/worlds/{world['id']}/audit").text
    assert "eyJ" not in found and hashlib.sha256(JWS.encode()).hexdigest()[:12] in found


def test_what_the_platform_signs_for_its_readers_is_kept(platform: Any) -> None:
    world = platform.world()
    platform("GET", f"{world['issuer']}/.well-known/fse-keys.json")
    assert "eyJ" in _exchanges(platform, world)["exchanges"][-1]["response"]["body"]
