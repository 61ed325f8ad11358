"""Credentials never reach the evidence; equal credentials stay equal."""

from __future__ import annotations

import json

import pytest

from conformance.evidence.model import Observation
from conformance.evidence.pseudonyms import Pseudonyms
from conformance.evidence.seen import Exchange

JWT = "eyJhbGciOiJFUzI1NiJ9.eyJzdWIiOiIxMDAwMDAwMTEifQ.c2lnbmF0dXJlLXNpZ25hdHVyZS1zaWduYXR1cmU"
P = Pseudonyms(b"k" * 32)


def test_tokens_assertions_and_keys_are_replaced_everywhere() -> None:
    exchange = {
        "request": {
            "headers": {"authorization": f"Bearer {JWT}"},
            "body": f"grant_type=x&assertion={JWT}&client_secret=demo-secret&scope=a",
            "query": f"access_token={JWT}",
        },
        "response": {"body": json.dumps({"access_token": JWT, "expires_in": 600})},
        "input": {"private_jwk": {"kty": "EC", "x": "public", "d": "very-private"}},
    }
    text = json.dumps(P.clean(exchange))
    assert JWT not in text
    assert "demo-secret" not in text
    assert "very-private" not in text
    assert "public" in text


def test_the_same_secret_has_the_same_name_and_another_has_another() -> None:
    here = P.clean({"access_token": "one"})["access_token"]
    assert here == P.clean({"access_token": "one"})["access_token"]
    assert here != P.clean({"access_token": "two"})["access_token"]
    assert here != Pseudonyms(b"z" * 32).clean({"access_token": "one"})["access_token"]


def test_a_secret_in_a_path_stays_visible_as_a_pseudonym() -> None:
    assert P.clean({"path": f"/v1/x/{JWT}"})["path"].startswith("/v1/x/psn:token:")


def test_what_is_not_a_secret_is_untouched() -> None:
    body = {"number": "2604817390552494", "qr": {"payload": "FSE1:ABC"}, "backup_code": "ABCDEFGHJ", "receipt": JWT}
    assert P.clean(body) == body
    assert P.clean({"body": json.dumps(body)}) == {"body": json.dumps(body)}


@pytest.mark.parametrize("depth", [600, 50_000])
def test_a_body_too_deep_to_be_read_is_an_observation_as_any_other(depth: int) -> None:
    """What a software sends never ends a campaign."""
    body = f'{{"client_secret": {"[" * depth}{"]" * depth}, "assertion": "{JWT}"}}'
    request = P.clean({"method": "POST", "path": "/oauth2/token", "body": body})
    assert JWT not in request["body"]
    data = {"request": request, "response": {"status": 400, "body": "[" * depth}}
    seen = Exchange(Observation("o1", "exchange", "", data))
    assert seen.answer == {} and seen.problem is None
