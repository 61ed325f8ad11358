"""A secret written in an address is not kept, wherever in it; ordinary addresses stay as they were written."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import unquote

import pytest

from simulator.journal import addresses
from simulator.kit.ids import fingerprint

CLIENT = "s3cret"
BENCH = "-2LDW-LW5-jCc0ZrpBn7VA11VycVC582rRuWXgpt7JE"
HOOK = "whsec_MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY="
JWS = "eyJhbGciOiJFUzI1NiJ9.eyJzdWIiOiJlc3NhaSJ9.c2lnbmF0dXJl"
SEALED = JWS.replace(".", "%2E")

HIDDEN = [
    (f"/v1/feuilles/{CLIENT}", CLIENT),
    (f"/v1/care-sheets/{CLIENT}", CLIENT),
    (f"/v1/care-sheets/{CLIENT}/sections/pharmacy", CLIENT),
    (f"/v1/care-sheets/essai:{CLIENT}", CLIENT),
    (f"/v1/care-sheets/{BENCH}", BENCH),
    (f"/v1/jeton/{BENCH}/feuilles", BENCH),
    (f"/v1/{HOOK}", HOOK),
    (f"/v1/care-sheets/{JWS}", JWS),
    (f"/v1/care-sheets/{JWS.replace('.', '%252E')}", JWS.split(".")[1]),
    ("/v1/events;access_token=un-autre", "un-autre"),
    ("/v1/events%3Bclient%5Fsecret%3Dun-autre", "un-autre"),
    ("/v1/%42earer%20un%2Dautre/events", "un-autre"),
    (f"/v1/care-sheets/%73%33{CLIENT[2:]}", CLIENT),
    (f"/v1/care-sheets/%2573%2533{CLIENT[2:]}", CLIENT),
    (f"/v1/feuilles%2F{CLIENT}%2Fa", CLIENT),
    (f"/v1/feuilles%252F{BENCH}", BENCH),
    ("/v1/Bearer%20un-autre/events", "un-autre"),
    (f"/v1/events?jeton={CLIENT}", CLIENT),
    (f"/v1/events?{BENCH}", BENCH),
    (f"/v1/events?jeton={SEALED}", JWS.split(".")[1]),
    (f"/v1/events?jeton=essai%3A{CLIENT}", CLIENT),
    (f"/v1/nomenclature/medicines?q={CLIENT}", CLIENT),
    (f"/v1/events?cursor=&a=1;b={CLIENT}", CLIENT),
]

ORDINARY = [
    "/v1/care-sheets/2604817390552494/sections/pharmacy/lease",
    "/v1/care-sheets/2604%208173%209055%202494",
    "/v1/executions/exe-7q2m5xk3wz4n6b2d",
    "/v1/feuilles/2604817390552494?ordre=date&jour=2026-11-23",
    "/v1/care-sheets/550e8400-e29b-41d4-a716-446655440000",
    "/v1/nomenclature/medicines?q=doliprane+1000+mg&limit=20&cursor=DOLIPRANE_1000",
    "/v1/events?after=12&wait=0",
    "/v1/claims?number=2604+8173+9055+2494&status=a%2Cb",
    "/problems/prior-approval-missing-for-an-act-that-asks-for-one",
    "/v1/secret/token/password",
    "/v1/care-sheets/éà%22%5C/x;y=1",
]


def journal(platform: Any, world: Any, path: str) -> tuple[dict[str, Any], str]:
    """The exchange kept of a call to that path, and all that journal and audit trail say."""
    platform("GET", f"{world['issuer']}{path}", headers=platform.bearer(world, "gp"))
    texts = [platform.bench("GET", f"/worlds/{world['id']}/{what}").text for what in ("journal", "audit")]
    return json.loads(texts[0])["exchanges"][-1], "".join(texts)


@pytest.mark.parametrize(("path", "secret"), HIDDEN)
def test_a_secret_in_an_address_is_not_kept(platform: Any, path: str, secret: str) -> None:
    kept, texts = journal(platform, platform.world(), path)
    assert secret not in texts and secret not in unquote(unquote(texts))
    assert "redacted" in kept["request"]["path"] + kept["request"]["query"]
    if secret in (CLIENT, BENCH, HOOK, JWS) and "?" not in path:
        assert fingerprint(secret) in kept["request"]["path"]


def test_a_secret_with_the_signs_of_an_address_is_found_where_it_is_spelled(platform: Any) -> None:
    world = platform.world(clients=[{"client_id": "essai", "name": "Essai", "secret": "a:b=c d", "jwks": None}])
    for path in ("/v1/feuilles/a:b=c%20d", "/v1/events?x=a%3Ab%3Dc+d"):
        platform("GET", f"{world['issuer']}{path}")
    text = platform.bench("GET", f"/worlds/{world['id']}/journal").text
    assert "a:b=c" not in text and "a%3Ab" not in text and text.count(fingerprint("a:b=c d")) >= 2


@pytest.mark.parametrize("path", ORDINARY)
def test_an_ordinary_address_stays_as_it_was_written(platform: Any, path: str) -> None:
    kept, _ = journal(platform, platform.world(), path)
    sent, _, asked = path.partition("?")
    assert (kept["request"]["path"], kept["request"]["query"]) == (sent.replace("éà", "%C3%A9%C3%A0"), asked)
    assert "redacted" not in str(kept["response"]["body"])


@pytest.mark.parametrize("path", ORDINARY)
def test_nor_is_it_touched_by_the_secrets_of_others(path: str) -> None:
    sent, _, asked = path.partition("?")
    assert addresses.path(sent, lambda _: False) == sent
    assert addresses.query(asked, lambda _: False) == asked


def test_the_address_of_tokens_is_known_however_it_is_spelled(platform: Any) -> None:
    world = platform.world()
    form = {"grant_type": "client_credentials", "client_id": "essai", "client_secret": "jamais-vu"}
    platform("POST", f"{world['issuer']}/oauth2%2F%74oken/", data=form)
    text = platform.bench("GET", f"/worlds/{world['id']}/journal").text
    assert "jamais-vu" not in text and "/oauth2%2F%74oken/" in text


def test_a_path_is_asked_for_encoded_or_not(platform: Any) -> None:
    world = platform.world()
    platform("GET", f"{world['issuer']}/v1/un%20chemin")
    for path, many in (("/v1/un%20ch", 1), ("/v1/un ch", 1), ("/v1/un+ch", 0)):
        found = platform.bench("GET", f"/worlds/{world['id']}/journal", params={"path": path}).json()["exchanges"]
        assert len(found) == many
