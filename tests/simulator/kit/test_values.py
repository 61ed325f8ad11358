"""Money, quantities, instants, strict wire shapes, deterministic signatures, problems."""

from __future__ import annotations

import hmac
import json
import re
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Literal

import pytest
from pydantic import Field

from simulator.kit import clock, keyed, money, problems, signing
from simulator.kit.payload import parse
from simulator.kit.problems import Problem
from simulator.kit.recent import Recent
from simulator.kit.wire import Day, Ean13, Instant, Money, Quantity, RegistrationNumber, Wire

JSON = {"content-type": "application/json"}


class Shape(Wire):
    amount: Money
    quantity: Quantity = Field(default=Decimal(1))
    at: Instant | None = None
    day: Day | None = None
    items: list[Money] = Field(default_factory=list)


def test_a_shape_goes_and_comes_back_unchanged() -> None:
    body = b'{"amount":"56.00","quantity":"0.5","at":"2026-11-22T09:00:00Z","day":"2026-02-28","items":["1.10"]}'
    shape = parse(Shape, JSON, body)
    assert shape.amount == Decimal("56.00")
    assert shape.at == datetime(2026, 11, 22, 9, tzinfo=UTC)
    assert shape.model_dump_json().encode() == body


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        ('{"amount":56.0}', "/amount"),
        ('{"amount":"56"}', "/amount"),
        ('{"amount":"-1.00"}', "/amount"),
        ('{"amount":"1.00","quantity":2}', "/quantity"),
        ('{"amount":"1.00","quantity":"1e3"}', "/quantity"),
        ('{"amount":"1.00","at":"2026-11-22T09:00:00"}', "/at"),
        ('{"amount":"1.00","at":"2026-02-30T09:00:00Z"}', "/at"),
        ('{"amount":"1.00","day":"2026-02-30"}', "/day"),
        ('{"amount":"1.00","items":["1.00","x"]}', "/items/1"),
        ('{"amount":"1.00","a/b":1}', "/a~1b"),
        ("{}", "/amount"),
    ],
)
def test_a_refusal_points_at_the_place(body: str, pointer: str) -> None:
    with pytest.raises(Problem) as caught:
        parse(Shape, JSON, body.encode())
    assert caught.value.slug == "invalid-payload"
    assert [error["pointer"] for error in caught.value.errors] == [pointer]


class Strict(Wire):
    """One field of each kind that a refusal describes."""

    amount: Money = Decimal(1)
    quantity: Quantity = Decimal(1)
    at: Instant | None = None
    day: Day | None = None
    ean13: Ean13 | None = None
    who: RegistrationNumber | None = None
    reason: Literal["first", "second"] | None = None
    text: str = Field(default="x", min_length=1, max_length=5)
    rank: int = Field(default=1, ge=1, le=99)
    items: list[int] = Field(default_factory=list, max_length=1)


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ('{"amount":75}', 'un montant comme "75.00" (point, deux décimales, entre guillemets)'),
        ('{"amount":"75,00"}', 'un montant comme "75.00" (point, deux décimales, entre guillemets)'),
        ('{"quantity":"1,5"}', 'une quantité comme "2" ou "0.5"'),
        ('{"at":"2026-11-23T09:00:00+00:00"}', "Attendu : 2026-11-23T09:00:00Z (UTC, terminé par Z, au plus 7 déc"),
        ('{"at":"2026-11-23T09:00:00.12345678Z"}', "au plus 7 décimales"),
        ('{"at":"2026-02-30T09:00:00Z"}', "2026-11-23T09:00:00Z"),
        ('{"at":"%s"}' % ("9" * 40), "2026-11-23T09:00:00Z"),
        ('{"day":"23/11/2026"}', "Attendu : 2026-11-23."),
        ('{"ean13":"123"}', "13 chiffres"),
        ('{"who":100000001}', "9 chiffres"),
        ('{"reason":"third"}', "une valeur parmi : first, second."),
        ('{"text":"123456"}', "5 caractères au plus"),
        ('{"text":""}', "1 caractère(s) au moins"),
        ('{"rank":100}', "99 au plus"),
        ('{"rank":0}', "1 au moins"),
        ('{"items":[1,2]}', "1 au plus"),
    ],
)
def test_a_refusal_says_what_is_expected(body: str, expected: str) -> None:
    with pytest.raises(Problem) as caught:
        parse(Strict, JSON, body.encode())
    [error] = caught.value.errors
    assert expected in error["detail"]


def test_an_instant_of_seven_decimals_is_cut_to_the_microsecond() -> None:
    read = parse(Strict, JSON, b'{"at":"2026-11-23T09:00:00.1234567Z"}').at
    assert read == datetime(2026, 11, 23, 9, 0, 0, 123456, tzinfo=UTC)


@pytest.mark.parametrize("tail", ["Z", ".1Z", ".123456Z", ".1234567Z", ".12345678Z", "+00:00", "z", "", ".Z", " Z"])
def test_the_schema_of_an_instant_and_its_parser_agree(tail: str) -> None:
    said, text = Strict.model_json_schema()["properties"]["at"], f"2026-11-23T09:00:00{tail}"
    fits = any(re.search(shape["pattern"], text) for shape in said["anyOf"] if "pattern" in shape)
    try:
        parse(Strict, JSON, json.dumps({"at": text}).encode())
        assert fits
    except Problem:
        assert not fits


@pytest.mark.parametrize("body", [b"", b"{", b"\xff", b'{"amount":"1.00"}x', b'{"amount":"\\ud800"}'])
def test_what_is_not_json_is_told_apart(body: bytes) -> None:
    with pytest.raises(Problem) as caught:
        parse(Shape, JSON, body)
    assert caught.value.slug == "invalid-json"


def test_another_media_type_is_refused() -> None:
    with pytest.raises(Problem) as caught:
        parse(Shape, {"content-type": "text/plain"}, b'{"amount":"1.00"}')
    assert caught.value.slug == "unsupported-media-type"


def test_amounts_round_half_up_and_print_two_decimals() -> None:
    assert money.centimes(Decimal("0.125")) == Decimal("0.13")
    assert money.centimes(Decimal("0.135")) == Decimal("0.14")
    assert money.money_text(Decimal("56")) == "56.00"
    assert money.quantity_text(Decimal("10.0")) == "10"
    assert money.quantity_text(Decimal("100")) == "100"
    with pytest.raises(ValueError, match="centime"):
        money.money_text(Decimal("0.001"))
    with pytest.raises(ValueError, match="amount"):
        money.money("1,00")


def test_the_clock_of_a_world_never_goes_back() -> None:
    start = datetime(2026, 11, 23, 9, tzinfo=UTC)
    frozen = clock.WorldClock("frozen", start, clock.real_now())
    assert frozen.now() == start
    assert frozen.moved(start + timedelta(hours=2)).now() == start + timedelta(hours=2)
    with pytest.raises(ValueError, match="back"):
        frozen.moved(start - timedelta(seconds=1))
    running = clock.WorldClock("running", start, clock.real_now() - timedelta(seconds=90))
    assert timedelta(seconds=90) <= running.now() - start < timedelta(seconds=100)
    ahead = clock.WorldClock("running", start, clock.real_now() + timedelta(hours=1))
    assert ahead.now() == start  # real time stepped back: the world waits


def test_the_day_of_care_is_the_day_in_morocco() -> None:
    assert clock.day(clock.parse("2026-11-22T23:30:00Z")).isoformat() == "2026-11-23"
    with pytest.raises(ValueError, match="time zone"):
        clock.parse("2026-11-22T23:30:00")


def test_same_seed_same_keys_same_signatures() -> None:
    one, two = signing.derive_key("s", "x"), signing.derive_key("s", "x")
    token = signing.jws({"a": "é"}, one, kid="k")
    assert token == signing.jws({"a": "é"}, two, kid="k")
    assert signing.derive_key("s", "y").private_numbers() != one.private_numbers()
    public = signing.load_public_jwk(signing.public_jwk(one))
    assert signing.open_jws(token).verified(public) == {"a": "é"}


def test_an_altered_or_foreign_token_is_refused() -> None:
    key, other = signing.derive_key("s", "x"), signing.derive_key("s", "y")
    token = signing.jws({"a": 1}, key, kid="k")
    head, body, signature = token.split(".")
    none = signing.b64(b'{"alg":"none"}')
    for bad, by in (
        (token, other),
        (f"{head}.{signing.b64(b'{}')}.{signature}", key),
        (f"{none}.{body}.", key),
        (f"{head}.{body}.{signature[:-4]}", key),
    ):
        with pytest.raises(signing.BadToken):
            signing.open_jws(bad).verified(by.public_key())
    for noise in ("", "a.b", "a.b.c", "é.é.é", f"{signing.b64(b'[]')}.{body}.{signature}"):
        with pytest.raises(signing.BadToken):
            signing.open_jws(noise)


@pytest.mark.parametrize("jwk", [{}, {"kty": "EC", "crv": "P-256"}, {"kty": "EC", "crv": "P-256", "x": "AA", "y": 1}])
def test_an_unusable_jwk_is_a_value_error(jwk: dict[str, object]) -> None:
    with pytest.raises(ValueError, match=r"."):
        signing.load_public_jwk(jwk)


def test_a_problem_is_rendered_in_the_language_asked() -> None:
    problem = Problem("section-held", "Déjà prise.", current_state="held", retry={"after_s": 30}, rule="RGL-1")
    status, headers, body = problems.render(
        problem, issuer="http://x/w/a", instance="/p", trace_id="t", accept_language="ar-MA, fr;q=0.5"
    )
    shown = json.loads(body)
    assert (status, shown["code"], shown["type"]) == (423, "section-held", "http://x/w/a/problems/section-held")
    assert shown["title"] == problems.catalogue()["section-held"].title["ar"]
    assert headers["content-language"] == "ar"
    assert shown["retry"]["after_s"] == 30 and headers["retry-after"] == "30"
    assert (shown["detail"], shown["current_state"], shown["rule"]) == ("Déjà prise.", "held", "RGL-1")


def test_every_problem_of_the_catalogue_renders() -> None:
    for slug, entry in problems.catalogue().items():
        status, _, body = problems.render(Problem(slug), issuer="i", instance="/", trace_id="t")
        assert status == entry.status and json.loads(body)["title"] == entry.title["fr"]
        assert set(entry.title) == {"fr", "ar", "en"} and entry.remedy["fr"]
        assert entry.retry["policy"] in ("never", "same-key", "after", "after-refresh")


def test_an_unknown_slug_is_our_own_fault() -> None:
    assert Problem("no-such-slug").status == 500


def test_a_bounded_memory_forgets_the_oldest() -> None:
    known: Recent[int] = Recent(most=2)
    for rank, text in enumerate(("a", "b", "c")):
        known.add(text, rank)
    assert [known.get(text) for text in ("a", "b", "c")] == [None, 1, 2]


@pytest.mark.parametrize("key", [b"", b"court", b"long" * 40])
@pytest.mark.parametrize("message", [b"", b"un message", b"x" * 1000])
def test_a_keyed_hash_is_that_of_the_library(key: bytes, message: bytes) -> None:
    assert keyed.mac(key, message) == hmac.digest(key, message, "sha256")
