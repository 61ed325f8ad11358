"""Assertions and tokens that are nearly right: each is refused, and its twin, right in that one thing, is accepted."""

from __future__ import annotations

import json
from typing import Any

import pytest

from simulator.kit import clock, signing
from tests.simulator.conftest import CLIENT_KEY

JWT_BEARER = "urn:ietf:params:oauth:grant-type:jwt-bearer"
RIGHTS = {"beneficiary": {"registration_number": "100000001", "dependant_rank": 0}, "date_of_care": "2026-11-23"}


def exchange(platform: Any, world: dict[str, Any], assertion: str) -> Any:
    return platform.token(world, {**platform.software(world), "grant_type": JWT_BEARER, "assertion": assertion})


def rights(platform: Any, world: dict[str, Any], token: str) -> Any:
    headers = {"authorization": f"Bearer {token}"}
    return platform("POST", f"{world['issuer']}/v1/rights-checks", json=RIGHTS, headers=headers)


def reheaded(token: str, key: signing.PrivateKey | None, **header: Any) -> str:
    """The same token under another header, signed by `key`, or not signed at all."""
    head, body, _ = token.split(".")
    changed = {**json.loads(signing.unb64(head)), **header}
    text = f"{signing.b64(json.dumps(changed).encode())}.{body}"
    return f"{text}.{signing.b64(signing.sign(key, text.encode())) if key else ''}"


def instants(offset: int, life: int = 60) -> dict[str, int]:
    now = int(clock.real_now().timestamp()) + offset
    return {"iat": now, "exp": now + life}


@pytest.mark.parametrize(
    ("offset", "life", "accepted"),
    [(0, 300, True), (0, 301, False), (20, 60, True), (60, 60, False), (-80, 60, True), (-120, 60, False)],
    ids=["longest life", "too long", "clock ahead by 20 s", "future", "expired by 20 s", "expired"],
)
def test_signed_instants_are_judged_on_real_time(platform: Any, offset: int, life: int, accepted: bool) -> None:
    world = platform.world(now="2026-11-23T09:00:00Z")
    answer = exchange(platform, world, platform.credential(world, "gp", **instants(offset, life)))
    assert answer.status_code == (200 if accepted else 400), answer.text
    assert accepted or answer.json()["code"] == "invalid-assertion"


def test_a_replayed_credential_and_a_reused_jti_are_refused(platform: Any) -> None:
    world = platform.world()
    assertion = platform.credential(world, "gp", jti="une-seule-fois")
    assert exchange(platform, world, assertion).status_code == 200
    assert exchange(platform, world, assertion).json()["code"] == "invalid-assertion"
    other = platform.credential(world, "gp", jti="une-seule-fois")
    assert "déjà utilisé" in exchange(platform, world, other).json()["error_description"]
    neighbour = platform.credential(world, "specialist", jti="une-seule-fois")
    assert exchange(platform, world, neighbour).status_code == 200


@pytest.mark.parametrize("algorithm", ["none", "HS256", "ES384", None])
def test_no_other_algorithm_is_accepted_in_an_assertion(platform: Any, algorithm: Any) -> None:
    world = platform.world()
    key = platform.simulator.worlds._cache[world["id"]].keys.professional("100000011")
    assertion = platform.credential(world, "gp")
    for signer in (key, None):
        refused = exchange(platform, world, reheaded(assertion, signer, alg=algorithm))
        assert (refused.status_code, refused.json()["code"]) == (400, "invalid-assertion")
    assert exchange(platform, world, reheaded(assertion, key, alg="ES256")).status_code == 200


@pytest.mark.parametrize(
    "changes", [{"alg": "none"}, {"typ": "JWT"}, {"kid": "token-2"}, {"kid": []}, {"crit": ["exp"]}], ids=str
)
def test_no_other_header_is_accepted_in_an_access_token(platform: Any, changes: dict[str, Any]) -> None:
    world = platform.world()
    key = platform.simulator.worlds._cache[world["id"]].keys.token_key
    token = platform.bearer(world, "gp")["authorization"].removeprefix("Bearer ")
    for signer in (key, None):
        refused = rights(platform, world, reheaded(token, signer, **changes))
        assert (refused.status_code, refused.json()["code"]) == (401, "unauthenticated")
    assert rights(platform, world, reheaded(token, key)).status_code == 200


def test_an_access_token_is_meant_for_this_platform_and_signed_by_it(platform: Any) -> None:
    world = platform.world()
    claims = signing.open_jws(platform.bearer(world, "gp")["authorization"].removeprefix("Bearer ")).claims
    keys = platform.simulator.worlds._cache[world["id"]].keys
    forged = {
        "another key": signing.jws(claims, CLIENT_KEY, kid="token-1", typ="at+jwt"),
        "another audience": signing.jws({**claims, "aud": "http://x"}, keys.token_key, kid="token-1", typ="at+jwt"),
        "another issuer": signing.jws({**claims, "iss": "http://x"}, keys.token_key, kid="token-1", typ="at+jwt"),
        "an assertion": platform.credential(world, "gp"),
    }
    for name, token in forged.items():
        refused = rights(platform, world, token)
        assert (refused.status_code, refused.json()["code"]) == (401, "unauthenticated"), name
    assert rights(platform, world, signing.jws(claims, keys.token_key, kid="token-1", typ="at+jwt")).status_code == 200


@pytest.mark.parametrize("signer", ["software", "colleague", "patient"])
def test_somebody_elses_key_proves_nothing(platform: Any, signer: str) -> None:
    world = platform.world()
    keys = platform.simulator.worlds._cache[world["id"]].keys
    others = {
        "software": CLIENT_KEY,
        "colleague": keys.professional("100000029"),
        "patient": keys.patient("100000001", 0),
    }
    said = {"inpe": "100000011", "role": "prescriber", "establishment": "CAB-KEN-01", "acr": "fse:acr:2"}
    for key, accepted in ((others[signer], False), (keys.professional("100000011"), True)):
        assertion = platform.assertion(world, key, "pro-100000011", "100000011", **said)
        assert (exchange(platform, world, assertion).status_code == 200) is accepted
