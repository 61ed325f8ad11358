"""Rules of events: ids, what follows an attempt, which URLs may be called."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any, cast

import pytest
from hypothesis import given
from hypothesis import strategies as st

import fixtures
from fixtures import loader
from simulator.events import urls
from simulator.events.delivery import retries
from simulator.events.model import TYPES, Outcome, event_id, following, rank, webhook_secret
from simulator.events.urls import refusal

SECRET = b"s" * 32
LOCAL, REMOTE = "http://127.0.0.1:8700/w/default", "https://fse.example/w/default"
NAMED = frozenset({"editeur.example", "10.1.2.3"})
AT = datetime(2026, 11, 23, 9, tzinfo=UTC)


@given(seq=st.integers(1, 10**12), client=st.text(min_size=1, max_size=20))
def test_an_id_gives_its_rank_to_its_own_client_only(seq: int, client: str) -> None:
    identifier = event_id(SECRET, client, seq)
    assert rank(SECRET, client, identifier) == seq
    assert rank(SECRET, client + "x", identifier) is None
    assert rank(b"t" * 32, client, identifier) is None


@pytest.mark.parametrize(
    "text", ["", "evt-", "evt-1", "evt-00000001", "sub-00000001aaaaaaaaaa", "evt-٠٠٠٠٠٠٠١aaaaaaaaaa"]
)
def test_other_texts_have_no_rank(text: str) -> None:
    assert rank(SECRET, "essai", text) is None


def test_ids_sort_as_they_were_emitted() -> None:
    ids = [event_id(SECRET, "essai", seq) for seq in (1, 2, 9, 10, 11, 99, 100, 12_345_678)]
    assert ids == sorted(ids)


def test_a_secret_is_derived_from_the_platform_and_the_subscription() -> None:
    secrets = {webhook_secret(key, name) for key in (SECRET, b"t" * 32) for name in ("sub-a", "sub-b")}
    assert len(secrets) == 4
    assert webhook_secret(SECRET, "sub-a") in secrets


def test_the_calendar_of_retries_is_a_dated_rule() -> None:
    assert fixtures.rule("webhook.retries", AT.date()).fidelity == "hypothesis"
    world = cast(Any, SimpleNamespace(tariff_set=loader.DEFAULT_TARIFF_SET))
    assert [delay.total_seconds() for delay in retries(world, AT)] == [5, 300, 1800, 7200, 18000, 36000, 50400]


@pytest.mark.parametrize(
    ("outcome", "tries", "expected"),
    [
        (Outcome(200), 1, ("delivered", None)),
        (Outcome(299), 3, ("delivered", None)),
        (Outcome(300), 1, ("pending", AT + timedelta(seconds=5))),
        (Outcome(500), 2, ("pending", AT + timedelta(seconds=60))),
        (Outcome(error="timeout"), 1, ("pending", AT + timedelta(seconds=5))),
        (Outcome(500), 3, ("abandoned", None)),
        (Outcome(410), 1, ("abandoned", None)),
    ],
)
def test_what_follows_an_attempt(outcome: Outcome, tries: int, expected: object) -> None:
    assert following(outcome, tries, AT, [timedelta(seconds=5), timedelta(seconds=60)]) == expected


@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.1:9000/fse",
        "http://localhost/fse?world=1",
        "http://LOCALHOST:9000",
        "http://[::1]:9000/fse",
        "http://127.8.9.10/",
        "https://127.0.0.1/fse",
        "https://editeur.example/fse",
        "https://Editeur.Example:8443/fse?a=b@c",
        "https://10.1.2.3/fse",
    ],
)
def test_urls_that_may_be_called(url: str) -> None:
    assert refusal(url, LOCAL, NAMED) is None


@pytest.mark.parametrize(
    ("url", "why"),
    [
        ("http://editeur.example/fse", "https"),
        ("https://autre.example/fse", "FSE_WEBHOOK_HOSTS"),
        ("https://sous.editeur.example/fse", "FSE_WEBHOOK_HOSTS"),
        ("https://editeur.example.autre.example/", "FSE_WEBHOOK_HOSTS"),
        ("http://192.168.1.1/", "FSE_WEBHOOK_HOSTS"),
        ("http://169.254.169.254/latest", "FSE_WEBHOOK_HOSTS"),
        ("http://0.0.0.0:9000/", "FSE_WEBHOOK_HOSTS"),
        ("http://2130706433/", "FSE_WEBHOOK_HOSTS"),
        ("http://127.1/", "FSE_WEBHOOK_HOSTS"),
        ("http://[::ffff:10.0.0.1]/", "FSE_WEBHOOK_HOSTS"),
        ("http://127.0.0.1:99999/", "port"),
        ("http://127.0.0.1:0/", "port"),
        ("http://user:password@127.0.0.1/", "forme"),
        ("http://127.0.0.1@autre.example/", "forme"),
        ("http://127.0.0.1\\@autre.example/", "forme"),
        ("http://127.0.0.1/\\a", "forme"),
        ("http://127.0.0.1/#a", "forme"),
        ("http://127.0.0.1/ a", "forme"),
        ("http://127.0.0.1/\r\nhost: a", "forme"),
        ("http://127.0.0.1/\n", "forme"),
        ("http://１２７.0.0.1/", "forme"),
        ("http:///fse", "forme"),
        ("http://127.0.0.1", ""),
        ("ftp://127.0.0.1/", "forme"),
        ("file:///etc/passwd", "forme"),
        ("127.0.0.1:9000", "forme"),
        ("", "forme"),
    ],
)
def test_urls_that_may_not(url: str, why: str) -> None:
    reason = refusal(url, LOCAL, NAMED)
    assert (reason is None) if not why else (reason is not None and why in reason)


def test_a_server_that_others_reach_calls_its_own_machine_only_when_told() -> None:
    assert "FSE_WEBHOOK_HOSTS" in (refusal("http://127.0.0.1:9000/fse", REMOTE, NAMED) or "")
    assert refusal("http://127.0.0.1:9000/fse", REMOTE, frozenset({"127.0.0.1"})) is None
    assert refusal("http://[::1]:9000/fse", REMOTE, frozenset({"::1"})) is None


def test_types_are_words_of_the_field() -> None:
    assert len(set(TYPES)) == len(TYPES)
    assert all(re.fullmatch(r"[a-z]+(-[a-z]+)*\.[a-z]+(-[a-z]+)*", one) for one in TYPES)


@pytest.mark.parametrize(
    ("url", "issuer"),
    [
        ("http://127.0.0.1:8700/w/h2/oauth2/token", LOCAL),
        ("http://localhost:8700", LOCAL),
        ("http://[::1]:8700/", LOCAL),
        ("http://127.1.2.3:8700/", LOCAL),
        ("https://LOCALHOST:8700/", LOCAL),
        ("http://localhost/", "http://127.0.0.1/w/default"),
        ("https://fse.example/w/h2/v1/events", REMOTE),
        ("https://FSE.example.:443/", REMOTE),
        ("http://127.0.0.1:8123/", REMOTE),
        ("http://localhost:8123/", LOCAL),
    ],
)
def test_a_server_never_calls_itself(monkeypatch: pytest.MonkeyPatch, url: str, issuer: str) -> None:
    monkeypatch.setattr(urls, "LISTENING", {8123})
    assert refusal(url, issuer, NAMED | {"fse.example", "127.0.0.1", "localhost"}) == urls.OWN


def test_what_listens_beside_the_server_is_called(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(urls, "LISTENING", {8123})
    for url in ("http://127.0.0.1:8701/", "http://localhost/", "https://editeur.example:8123/"):
        assert refusal(url, LOCAL, NAMED) is None
    assert refusal("https://fse.example:8443/", REMOTE, frozenset({"fse.example"})) is None
