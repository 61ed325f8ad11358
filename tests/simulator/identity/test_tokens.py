from __future__ import annotations

from typing import Any

import pytest

from simulator.kit import clock, signing

CREDENTIALS = {"grant_type": "client_credentials"}
FIRST_HOUR = "urn:fse:params:oauth:grant-type:first-hour"
JWT_BEARER = "urn:ietf:params:oauth:grant-type:jwt-bearer"
RIGHTS = {"beneficiary": {"registration_number": "100000001", "dependant_rank": 0}, "date_of_care": "2026-11-23"}


def claims(token: str) -> Any:
    return signing.open_jws(token).claims


def test_a_software_gets_a_token_that_reads_lists_only(platform: Any) -> None:
    world = platform.world()
    answer = platform.token(world, {**CREDENTIALS, **platform.software(world)})
    assert answer.status_code == 200
    body = answer.json()
    assert (body["mode"], body["scope"]) == ("software", "nomenclature:read events:read receipts:read")
    assert (body["token_type"], body["expires_in"]) == ("Bearer", 600)
    assert answer.headers["cache-control"] == "no-store"
    assert claims(body["access_token"])["aud"] == world["issuer"]
    refused = platform(
        "POST",
        f"{world['issuer']}/v1/rights-checks",
        json=RIGHTS,
        headers={"authorization": f"Bearer {body['access_token']}"},
    )
    assert (refused.status_code, refused.json()["code"]) == (403, "insufficient-scope")


@pytest.mark.parametrize(
    ("persona", "acr", "scopes"),
    [
        ("gp", "fse:acr:2", "rights:read fse:issue fse:read claims:read nomenclature:read"),
        ("gp", "fse:acr:1", "rights:read fse:read claims:read nomenclature:read"),
        ("pharmacy", "fse:acr:1", "rights:read fse:resolve fse:execute fse:read claims:read nomenclature:read"),
    ],
)
def test_a_professional_gets_the_scopes_of_his_role(platform: Any, persona: str, acr: str, scopes: str) -> None:
    world = platform.world()
    form = {"grant_type": JWT_BEARER, "assertion": platform.credential(world, persona, acr=acr)}
    answer = platform.token(world, {**platform.software(world), **form})
    assert answer.status_code == 200, answer.text
    said = claims(answer.json()["access_token"])
    assert (answer.json()["mode"], answer.json()["scope"]) == ("professional", scopes)
    assert (said["acr"], said["client_id"], said["sub"]) == (acr, "essai", said["inpe"])


def test_the_first_hour_is_labelled_and_only_for_a_client_with_a_secret(platform: Any) -> None:
    world = platform.world()
    url, form = f"{world['issuer']}/oauth2/token", {"grant_type": FIRST_HOUR, "inpe": "100000011"}
    granted = platform("POST", url, data=form, auth=("essai", "s3cret"))
    assert granted.json()["mode"] == "first-hour" and "première heure" in granted.json()["warning"]
    software = platform("POST", url, data=CREDENTIALS, auth=("essai", "s3cret"))
    assert software.json()["mode"] == "software"
    wrong = platform("POST", url, data=form, auth=("essai", "other"))
    assert (wrong.status_code, wrong.json()["error"], wrong.json()["code"]) == (401, "invalid_client", "invalid-client")
    assert wrong.headers["www-authenticate"].startswith("Basic")
    plain = {"client_id": "sans-secret", "name": "Sans secret"}
    other = platform.world(clients=[plain])
    refused = platform("POST", f"{other['issuer']}/oauth2/token", data=form, auth=("sans-secret", "-"))
    assert refused.status_code == 401


def _members(change: dict[str, Any]) -> str:
    """A test id that does not hold the instant: every worker must collect the same names."""
    return "-".join(sorted(change))


def _old(offset: int, life: int = 60) -> dict[str, int]:
    now = int(clock.real_now().timestamp()) + offset
    return {"iat": now, "exp": now + life}


@pytest.mark.parametrize(
    "change",
    [
        {"aud": "http://other"},
        {"aud": ["http://127.0.0.1:8700"]},
        {"iss": "someone-else"},
        _old(-3600),
        _old(3600),
        _old(0, 301),
        {"exp": None},
        {"iat": "now"},
        {"jti": ""},
        {"jti": None},
    ],
    ids=_members,
)
def test_a_client_assertion_that_differs_in_one_thing_is_refused(platform: Any, change: dict[str, Any]) -> None:
    world = platform.world()
    answer = platform.token(world, {**CREDENTIALS, **platform.software(world, **change)})
    assert (answer.status_code, answer.json()["error"]) == (401, "invalid_client"), answer.text
    twin = platform.token(world, {**CREDENTIALS, **platform.software(world)})
    assert twin.status_code == 200


@pytest.mark.parametrize(
    "change",
    [
        {"aud": "http://other"},
        {"role": "pharmacy"},
        {"establishment": "PHA-KEN-01"},
        {"speciality": "CAR"},
        {"inpe": "200000012"},
        {"acr": "fse:acr:9"},
        _old(-3600),
    ],
    ids=_members,
)
def test_a_credential_that_differs_in_one_thing_is_refused(platform: Any, change: dict[str, Any]) -> None:
    world = platform.world()
    form = {"grant_type": JWT_BEARER, "assertion": platform.credential(world, "gp", **change)}
    answer = platform.token(world, {**platform.software(world), **form})
    assert (answer.status_code, answer.json()["error"]) == (400, "invalid_grant"), answer.text
    assert answer.json()["code"] == "invalid-assertion"
    assert platform.bearer(world, "gp")


def test_an_assertion_serves_once(platform: Any) -> None:
    world = platform.world()
    form = {**CREDENTIALS, **platform.software(world)}
    assert platform.token(world, form).status_code == 200
    again = platform.token(world, form)
    assert (again.status_code, again.json()["code"]) == (401, "invalid-client")


def test_a_key_that_the_world_does_not_know_is_refused(platform: Any) -> None:
    world = platform.world()
    stranger = signing.derive_key("stranger", "key")
    form = platform.software(world) | {"client_assertion": platform.assertion(world, stranger, "k1", "essai")}
    assert platform.token(world, {**CREDENTIALS, **form}).status_code == 401


@pytest.mark.parametrize(
    ("form", "error"),
    [
        ({"grant_type": "password"}, "unsupported_grant_type"),
        ({}, "unsupported_grant_type"),
        ({"grant_type": ["client_credentials", "client_credentials"]}, "invalid_request"),
        ({**CREDENTIALS, "scope": "fse:issue"}, "invalid_scope"),
    ],
)
def test_malformed_requests_use_oauth_errors(platform: Any, form: dict[str, Any], error: str) -> None:
    world = platform.world()
    answer = platform.token(world, {**platform.software(world), **form})
    assert (answer.status_code, answer.json()["error"]) == (400, error)


def test_a_token_request_must_be_a_form(platform: Any) -> None:
    world = platform.world()
    answer = platform("POST", f"{world['issuer']}/oauth2/token", json=CREDENTIALS)
    assert (answer.status_code, answer.json()["error"]) == (400, "invalid_request")


def test_an_access_token_dies_on_the_worlds_clock(platform: Any) -> None:
    world = platform.world()
    bearer, url = platform.bearer(world, "gp"), f"{world['issuer']}/v1/rights-checks"
    platform.bench("POST", f"/worlds/{world['id']}/clock/advance", json={"seconds": 599})
    assert platform("POST", url, json=RIGHTS, headers=bearer).status_code == 200
    platform.bench("POST", f"/worlds/{world['id']}/clock/advance", json={"seconds": 1})
    late = platform("POST", url, json=RIGHTS, headers=bearer)
    assert (late.status_code, late.json()["code"]) == (401, "token-expired")
    assert "invalid_token" in late.headers["www-authenticate"]


def test_a_token_of_another_world_is_refused_even_with_the_same_seed(platform: Any) -> None:
    world, twin = platform.world(), platform.world()
    bearer = platform.bearer(world, "gp")
    assert platform("POST", f"{world['issuer']}/v1/rights-checks", json=RIGHTS, headers=bearer).status_code == 200
    answer = platform("POST", f"{twin['issuer']}/v1/rights-checks", json=RIGHTS, headers=bearer)
    assert (answer.status_code, answer.json()["code"]) == (401, "unauthenticated")


def test_a_suspended_professional_is_refused_until_restored(platform: Any) -> None:
    world = platform.world()
    bearer, url = platform.bearer(world, "suspended"), f"{world['issuer']}/v1/rights-checks"
    refused = platform("POST", url, json=RIGHTS, headers=bearer)
    assert (refused.status_code, refused.json()["code"]) == (403, "professional-suspended")
    doctor = platform.bearer(world, "gp")
    assert platform("POST", url, json=RIGHTS, headers=doctor).status_code == 200
    platform.bench("POST", f"/worlds/{world['id']}/suspensions", json={"inpe": "100000011"})
    assert platform("POST", url, json=RIGHTS, headers=doctor).status_code == 403


@pytest.mark.parametrize("value", [None, "Basic x", "Bearer", "Bearer x.y.z", "Bearer é"])
def test_without_a_token_nothing_opens(platform: Any, value: str | None) -> None:
    headers = {"authorization": value.encode()} if value else {}
    answer = platform("POST", "/w/default/v1/rights-checks", json=RIGHTS, headers=headers)
    assert (answer.status_code, answer.json()["code"]) == (401, "unauthenticated")


def test_a_world_publishes_its_keys_under_its_trust_anchor(platform: Any) -> None:
    world = platform.world()
    anchor = signing.load_public_jwk(world["trust_anchor"])
    listed = platform("GET", f"{world['issuer']}/.well-known/fse-keys.json").json()["keys"]
    payload = signing.open_jws(listed).verified(anchor)
    assert (payload["environment"], payload["issuer"]) == ("test", world["issuer"])
    assert payload["keys"][0]["status"] == "current" and isinstance(payload["keys"][0]["kid"], int)
    metadata = platform("GET", f"{world['issuer']}/.well-known/oauth-authorization-server")
    rooted = platform("GET", f"/.well-known/oauth-authorization-server/w/{world['id']}")
    assert metadata.json() == rooted.json() and metadata.json()["issuer"] == world["issuer"]
    jwk = platform("GET", metadata.json()["jwks_uri"].replace("http://127.0.0.1:8700", "")).json()["keys"][0]
    token = platform.bearer(world, "gp")["authorization"].removeprefix("Bearer ")
    assert signing.open_jws(token).verified(signing.load_public_jwk(jwk))["inpe"] == "100000011"


def test_the_metadata_at_the_root_are_of_the_world(platform: Any) -> None:
    world = platform.world(now="2040-02-03T04:05:06Z")
    below, root = "/.well-known/oauth-authorization-server", f"/.well-known/oauth-authorization-server/w/{world['id']}"
    answers = [platform("GET", f"{world['issuer']}{below}"), platform("GET", root)]
    for answer in answers:
        assert (answer.status_code, answer.headers["date"]) == (200, "Fri, 03 Feb 2040 04:05:06 GMT")
    assert set(answers[0].headers) == set(answers[1].headers)
    bench = f"/worlds/{world['id']}"
    for form in ("", "canonical"):
        first, second = platform.bench("GET", f"{bench}/journal", params={"form": form} if form else None).json()[
            "exchanges"
        ]
        assert first["request"]["path"] == second["request"]["path"] == below
        assert second["operation"] == "read-authorization-server"
    assert platform.bench(
        "POST", f"{bench}/faults", json={"kind": "server-errors", "status": 503, "count": 1}
    ).is_success
    assert platform("GET", root).status_code == 503
    for stray, code in ((f"{root}/v1/health", "not-found"), (f"{root}-inconnu", "world-not-found")):
        stranger = platform("GET", stray)
        assert (stranger.status_code, stranger.json()["code"]) == (404, code)
