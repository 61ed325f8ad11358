"""Keys that turn, tokens given up, software and people suspended: what still opens, what no longer does."""

from __future__ import annotations

from typing import Any

import pytest

from simulator.kit import clock, signing

JWT_BEARER = "urn:ietf:params:oauth:grant-type:jwt-bearer"
RIGHTS = {"beneficiary": {"registration_number": "100000001", "dependant_rank": 0}, "date_of_care": "2026-11-23"}


def rights(platform: Any, world: dict[str, Any], bearer: dict[str, str]) -> tuple[int, str | None]:
    answer = platform("POST", f"{world['issuer']}/v1/rights-checks", json=RIGHTS, headers=bearer)
    return answer.status_code, answer.json().get("code")


def change(platform: Any, world: dict[str, Any], path: str, **body: Any) -> dict[str, Any]:
    answer = platform.bench("POST", f"/worlds/{world['id']}/{path}", json=body)
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


def give_up(platform: Any, world: dict[str, Any], **form: str) -> Any:
    return platform("POST", f"{world['issuer']}/oauth2/revoke", data={**platform.software(world), **form})


def restart(platform: Any) -> None:
    platform.simulator.worlds._cache.clear()


def text(bearer: dict[str, str]) -> str:
    return bearer["authorization"].removeprefix("Bearer ")


def published(platform: Any, world: dict[str, Any]) -> dict[Any, str]:
    """QR keys by id, with their status, as the trust anchor signed them."""
    compact = platform("GET", f"{world['issuer']}/.well-known/fse-keys.json").json()["keys"]
    claims = signing.open_jws(compact).verified(signing.load_public_jwk(world["trust_anchor"]))
    return {key["kid"]: key["status"] for key in claims["keys"]}


def test_a_token_given_up_opens_nothing_any_more(platform: Any) -> None:
    world = platform.world()
    gone, kept = platform.bearer(world, "gp"), platform.bearer(world, "gp")
    assert rights(platform, world, gone) == (200, None)
    assert give_up(platform, world, token=text(gone)).status_code == 200
    assert rights(platform, world, gone) == (401, "token-revoked")
    assert rights(platform, world, kept) == (200, None)
    restart(platform)
    assert rights(platform, world, gone) == (401, "token-revoked")
    assert rights(platform, world, kept) == (200, None)
    assert give_up(platform, world, token=text(gone)).status_code == 200  # twice is once


def test_what_is_no_token_of_this_world_is_given_up_without_a_word(platform: Any) -> None:
    world, twin = platform.world(), platform.world()
    bearer = platform.bearer(twin, "gp")
    for token in ("n'importe quoi", "a.b.c", text(bearer)):
        assert give_up(platform, world, token=token).status_code == 200
    assert rights(platform, twin, bearer) == (200, None)


def test_a_receipt_is_no_token_though_the_same_key_signs_it(counter: Any, make: Any) -> None:
    receipt = counter.execute(counter.hold(counter.issue()), make.delivered()).json()["receipt"]
    assert give_up(counter.platform, counter.world, token=receipt).status_code == 200
    unnamed = signing.b64(b'{"alg":"ES256","kid":[]}') + receipt[receipt.index(".") :]
    assert give_up(counter.platform, counter.world, token=unnamed).status_code == 200


def test_only_its_own_software_gives_a_token_up(platform: Any) -> None:
    world = platform.world()
    bearer = platform.bearer(world, "gp")
    other = {"client_id": "autre", "name": "Autre", "secret": "s"}
    assert change(platform, world, "clients", **other)["client_id"] == "autre"
    url = f"{world['issuer']}/oauth2/revoke"
    refused = platform("POST", url, data={"token": text(bearer)}, auth=("autre", "s"))
    assert (refused.status_code, refused.json()["error"]) == (400, "unauthorized_client")
    stranger = platform("POST", url, data={"token": text(bearer)}, auth=("autre", "faux"))
    assert (stranger.status_code, stranger.json()["code"]) == (401, "invalid-client")
    missing = give_up(platform, world)
    assert (missing.status_code, missing.json()["error"]) == (400, "invalid_request")
    assert rights(platform, world, bearer) == (200, None)
    assert platform("POST", url, data={"token": text(bearer)}, auth=("essai", "s3cret")).status_code == 200
    assert rights(platform, world, bearer) == (401, "token-revoked")


def test_the_journal_never_keeps_a_token_given_up(platform: Any) -> None:
    world = platform.world()
    bearer = platform.bearer(world, "gp")
    give_up(platform, world, token=text(bearer))
    journal = platform.bench("GET", f"/worlds/{world['id']}/journal")
    assert text(bearer).split(".")[2] not in journal.text and "revoke-token" in journal.text


def test_a_token_signed_by_a_retired_key_is_good_until_it_expires(platform: Any) -> None:
    world = platform.world()
    before = platform.bearer(world, "gp")
    keys = change(platform, world, "keys/rotation", kind="token")["token"]
    assert [(key["kid"], key["status"]) for key in keys] == [("token-2", "current"), ("token-1", "retired")]
    after = platform.bearer(world, "gp")
    assert signing.open_jws(text(after)).header["kid"] == "token-2"
    restart(platform)
    assert rights(platform, world, before) == rights(platform, world, after) == (200, None)
    jwks = platform("GET", f"{world['issuer']}/jwks.json").json()["keys"]
    assert [key["kid"] for key in jwks] == ["token-2", "token-1"]
    platform.bench("POST", f"/worlds/{world['id']}/clock/advance", json={"seconds": 600})
    assert rights(platform, world, before) == (401, "token-expired")


def test_a_token_signed_by_a_revoked_key_opens_nothing(platform: Any) -> None:
    world = platform.world()
    before = platform.bearer(world, "gp")
    assert change(platform, world, "revocations", kind="token-key", id="token-1")["token_keys"] == ["token-1"]
    assert rights(platform, world, before) == (401, "token-revoked")
    assert rights(platform, world, platform.bearer(world, "gp")) == (200, None)
    restart(platform)
    assert rights(platform, world, before) == (401, "token-revoked")


def test_a_receipt_is_verified_after_its_key_was_revoked(counter: Any, make: Any) -> None:
    receipt = signing.open_jws(counter.execute(counter.hold(counter.issue()), make.delivered()).json()["receipt"])
    counter.advance(seconds=60)
    change(counter.platform, counter.world, "revocations", kind="token-key", id="token-1")
    restart(counter.platform)
    jwks = counter.platform("GET", f"{counter.world['issuer']}/jwks.json").json()["keys"]
    assert [(key["kid"], key["status"]) for key in jwks] == [("token-2", "current"), ("token-1", "revoked")]
    assert "revoked_at" not in jwks[0] and jwks[1]["revoked_at"] == "2026-11-23T09:01:00Z"
    by_kid = {key["kid"]: key for key in jwks}
    claims = receipt.verified(signing.load_public_jwk(by_kid[receipt.header["kid"]]))
    assert claims["iat"] < clock.parse(jwks[1]["revoked_at"]).timestamp()


def test_a_scan_of_before_a_rotation_still_reads_and_that_of_a_revoked_key_does_not(counter: Any) -> None:
    platform, world = counter.platform, counter.world
    before = counter.issue()
    change(platform, world, "keys/rotation", kind="qr")
    after = counter.issue()
    assert published(platform, world) == {2: "current", 1: "retired"}
    for sheet in (before, after):
        assert counter.resolve({"scan": sheet["qr"]["payload"]}).status_code == 200
    change(platform, world, "revocations", kind="qr-key", id="1")
    restart(platform)
    refused = counter.resolve({"scan": before["qr"]["payload"]})
    assert (refused.status_code, refused.json()["code"]) == (410, "revoked-key")
    assert counter.resolve({"scan": after["qr"]["payload"]}).status_code == 200
    typed = {"number": before["number"], "backup_code": before["backup_code"]}
    assert counter.resolve(typed).status_code == 200
    assert published(platform, world) == {2: "current", 1: "revoked"}


def test_revoking_the_key_in_force_puts_another_one_in_its_place(counter: Any) -> None:
    change(counter.platform, counter.world, "revocations", kind="qr-key", id="1")
    assert published(counter.platform, counter.world) == {2: "current", 1: "revoked"}
    assert counter.resolve({"scan": counter.issue()["qr"]["payload"]}).status_code == 200
    unknown = counter.platform.bench(
        "POST", f"/worlds/{counter.world['id']}/revocations", json={"kind": "qr-key", "id": "9"}
    )
    assert (unknown.status_code, unknown.json()["code"]) == (404, "not-found")


def test_a_suspended_software_waits_and_a_revoked_one_is_gone(platform: Any) -> None:
    world = platform.world()
    bearer = platform.bearer(world, "gp")
    form = {"grant_type": "client_credentials"}
    assert change(platform, world, "suspensions", client_id="essai")["clients"] == ["essai"]
    assert rights(platform, world, bearer) == (403, "client-suspended")
    refused = platform.token(world, {**form, **platform.software(world)})
    assert (refused.status_code, refused.json()["code"]) == (403, "client-suspended")
    restart(platform)
    assert rights(platform, world, bearer) == (403, "client-suspended")
    change(platform, world, "suspensions", client_id="essai", suspended=False)
    assert rights(platform, world, bearer) == (200, None)
    change(platform, world, "revocations", kind="client", id="essai")
    assert rights(platform, world, bearer) == (401, "token-revoked")
    gone = platform.token(world, {**form, **platform.software(world)})
    assert (gone.status_code, gone.json()["code"]) == (401, "invalid-client")
    listed = platform.bench("GET", f"/worlds/{world['id']}/clients").json()["clients"]
    assert [(one["client_id"], one["status"], one["keys"]) for one in listed] == [("essai", "revoked", ["k1"])]


def test_the_bench_revokes_one_token_by_itself_or_by_its_jti(platform: Any) -> None:
    world = platform.world()
    bearers = [platform.bearer(world, "gp") for _ in range(3)]
    jti = signing.open_jws(text(bearers[1])).claims["jti"]
    change(platform, world, "revocations", kind="token", id=text(bearers[0]))
    assert jti in change(platform, world, "revocations", kind="token", id=jti)["tokens"]
    assert [rights(platform, world, b)[0] for b in bearers] == [401, 401, 200]


@pytest.mark.parametrize(("inpe", "at_first"), [("100000011", 200), ("100000037", 403)])
def test_suspensions_survive_a_restart_both_ways(platform: Any, inpe: str, at_first: int) -> None:
    world = platform.world()
    persona = next(p["persona"] for p in world["professionals"] if p["inpe"] == inpe)
    bearer = platform.bearer(world, persona)
    for suspended in (at_first == 200, at_first != 200, True, True, False, False):
        change(platform, world, "suspensions", inpe=inpe, suspended=suspended)
        restart(platform)
        assert rights(platform, world, bearer)[0] == (403 if suspended else 200)


def test_a_softwares_new_key_replaces_the_old_one(platform: Any) -> None:
    world = platform.world()
    old, form = platform.software(world), {"grant_type": "client_credentials"}
    bearer = platform.bearer(world, "gp")
    key = signing.derive_key("tests", "second")
    jwks = {"keys": [signing.public_jwk(key, "k2")]}
    assert change(platform, world, "clients", client_id="essai", name="Essai", jwks=jwks)["keys"] == ["k2"]
    assert platform.token(world, {**form, **old}).status_code == 401
    new = {**old, "client_assertion": platform.assertion(world, key, "k2", "essai")}
    assert platform.token(world, {**form, **new}).status_code == 200
    assert rights(platform, world, bearer) == (200, None)


@pytest.mark.parametrize(
    ("path", "body", "status"),
    [
        ("suspensions", {}, 422),
        ("suspensions", {"inpe": "100000011", "client_id": "essai"}, 422),
        ("suspensions", {"inpe": "999999999"}, 404),
        ("suspensions", {"client_id": "inconnu"}, 404),
        ("revocations", {"kind": "client", "id": "inconnu"}, 404),
        ("revocations", {"kind": "token-key", "id": "token-2"}, 404),
        ("revocations", {"kind": "world", "id": "x"}, 422),
        ("keys/rotation", {"kind": "trust"}, 422),
        ("clients", {"client_id": "a/b", "name": "x"}, 422),
    ],
    ids=str,
)
def test_the_bench_refuses_what_it_cannot_change(platform: Any, path: str, body: dict[str, Any], status: int) -> None:
    world = platform.world()
    assert platform.bench("POST", f"/worlds/{world['id']}/{path}", json=body).status_code == status


def test_every_change_of_trust_is_audited_and_every_software_hears_of_a_new_key(platform: Any) -> None:
    world = platform.world()
    change(platform, world, "keys/rotation", kind="qr")
    change(platform, world, "suspensions", inpe="100000011")
    change(platform, world, "revocations", kind="client", id="essai")
    entries = platform.bench("GET", f"/worlds/{world['id']}/audit").json()["entries"]
    assert [(e["actor"], e["event"], e["subject"]) for e in entries] == [
        ("bench/-", "keys-rotated", "qr"),
        ("bench/-", "professional-suspended", "100000011"),
        ("bench/-", "client-revoked", "essai"),
    ]
