"""The curl command of an exchange sends the same request again, whatever was in it: run by bash against a server."""

from __future__ import annotations

import json
import socket
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from client.bench import BenchClient
from client.launch import simulator
from simulator.journal import curl
from simulator.journal.curl import LEFT_OUT

AGENT = b"user-agent: Essai/1.0 Editeur/essai\r\n"
WORLD = "rejoue"


@pytest.fixture(scope="module")
def bench() -> Iterator[BenchClient]:
    with simulator() as running:
        client = BenchClient(running.url, running.bench_token)
        client.create_world(id=WORLD, seed="curl", now="2026-11-23T09:00:00Z")
        yield client
        client.close()


def _sent(bench: BenchClient, line: bytes, headers: bytes = AGENT, body: bytes | None = None) -> dict[str, Any]:
    """Send these very bytes; the exchange as the journal has it."""
    at, line = urlsplit(bench.url), line.replace(b" ", f" /w/{WORLD}".encode(), 1)
    length = b"" if body is None else b"content-length: %d\r\n" % len(body)
    with socket.create_connection((at.hostname, at.port), timeout=20) as wire:
        wire.sendall(
            line + b" HTTP/1.1\r\nhost: x\r\nconnection: close\r\n" + headers + length + b"\r\n" + (body or b"")
        )
        while wire.recv(65536):
            pass
    return dict(bench.journal_page(WORLD, last=1)["exchanges"][0])


def _again(bench: BenchClient, seq: int, folder: Path, **variables: str) -> dict[str, Any]:
    """Paste the command of that exchange; the exchange that it makes."""
    told = bench.exchange_curl(WORLD, seq)
    assert set(told["variables"]) == set(variables)
    environment = {"PATH": "/usr/bin:/bin", "HOME": str(folder), **variables}
    done = subprocess.run(
        ["bash"], input=told["command"].encode(), cwd=folder, env=environment, capture_output=True, timeout=60
    )
    assert done.returncode == 0, done.stderr
    assert not list(folder.iterdir()), "the command made a file"
    [made] = bench.journal_page(WORLD, after=seq)["exchanges"]
    return dict(made)


def _same(one: dict[str, Any]) -> dict[str, Any]:
    asked = dict(one["request"])
    headers = {k: v for k, v in asked.pop("headers").items() if k not in LEFT_OUT}
    return {**asked, "headers": headers}


JSON = AGENT + b"content-type: application/json\r\n"
HOSTILE: dict[str, tuple[bytes, bytes, bytes | None]] = {
    "plain": (b"GET /v1/health", AGENT, None),
    "query": (b"GET /v1/health?a=$(touch%20f)&b='\"`touch`&c=[1-3]{a,b}&d=;ls|x", AGENT, None),
    "path": (b"GET /v1/%27;touch%20f;%27/%2e%2e/../a%3Fb%23c%25", AGENT, None),
    "dots": (b"GET /v1/../../default/v1/health", AGENT, None),
    "encoded dots": (b"GET /v1/%2e%2e/%2E%2e/default/v1/health", AGENT, None),
    "encoded slash": (b"GET /v1/care-sheets/a%2fb%2Fc", AGENT, None),
    "signs": (b"GET /v1/a;b=c,d:@!$&'()*+~/[x]{y}|z^`\"\\<>/%", AGENT, None),
    "no path": (b"GET ", AGENT, None),
    "two slashes": (b"GET //v1//health/", AGENT, None),
    "query bytes": (b"GET /v1/health?n=\xc3\xa9\xff", AGENT, None),
    "head": (b"HEAD /v1/health", AGENT, None),
    "method": (b"DELETE /v1/health", AGENT, None),
    "quotes": (b"POST /v1/rights-checks", JSON, b"""{"a": "it's $(touch f) `touch f` \\" ! !! \\\\"}"""),
    "a file": (b"POST /v1/rights-checks", JSON, b"@/etc/passwd"),
    "lines": (b"POST /v1/rights-checks", JSON, b'{\n "a": 1\n}\n'),
    "carriage returns": (b"POST /v1/rights-checks", JSON, b"a\r\n\tb\r\n"),
    "terminal": (b"POST /v1/rights-checks", JSON, b"\x1b[2J\x1b]0;pwned\x07\x00FSE\nFSE\n"),
    "bidi": (b"POST /v1/rights-checks", JSON, "\u202e; rm -rf ~ #\u2066".encode()),
    "letters": (b"POST /v1/rights-checks", JSON, '{"nom": "Kénitra القنيطرة"}'.encode()),
    "no text": (b"POST /v1/rights-checks", JSON, bytes(range(256))),
    "long": (b"POST /v1/rights-checks", JSON, b"'" * 400_000),
    "option": (b"POST /v1/rights-checks", JSON, b"--output f"),
    "no content type": (b"POST /v1/rights-checks", AGENT, b"a=b"),
    "empty header": (b"GET /v1/health", AGENT + b"x-empty:\r\naccept: */*\r\n", None),
    "header": (b"GET /v1/health", AGENT + b"x-note: '; touch f; $(touch f) \"\\\r\n", None),
    "header bytes": (b"GET /v1/health", AGENT + b"x-note: caf\xe9f \t\xff'\r\n", None),
    "no agent": (b"GET /v1/health", b"", None),
    "says redacted": (b"GET /v1/health", AGENT + b"x-note: redacted:sha256:zz\r\n", None),
}


@pytest.mark.parametrize("kind", HOSTILE)
def test_the_same_request_is_sent_again(bench: BenchClient, tmp_path: Path, kind: str) -> None:
    sent = _sent(bench, *HOSTILE[kind])
    made = _again(bench, sent["seq"], tmp_path)
    assert _same(made) == _same(sent)
    assert made["response"]["status"] == sent["response"]["status"]


@pytest.mark.parametrize("kind", [kind for kind in HOSTILE if kind != "query bytes"])  # the server answers 400
def test_the_address_is_kept_as_it_came(bench: BenchClient, kind: str) -> None:
    line = HOSTILE[kind][0].decode("latin-1").partition(" ")[2]
    sent = _sent(bench, *HOSTILE[kind])
    assert sent["request"]["path"] == line.partition("?")[0]
    entry = bench.journal_har(WORLD)["log"]["entries"][-1]
    assert entry["request"]["url"] == f"{bench.url}/w/{WORLD}{line}"


@pytest.mark.parametrize("kind", HOSTILE)
def test_a_terminal_is_given_nothing_to_obey(bench: BenchClient, kind: str) -> None:
    told = bench.exchange_curl(WORLD, _sent(bench, *HOSTILE[kind])["seq"])["command"]
    assert all(char.isprintable() or char == "\n" for char in told)


def test_credentials_are_variables(bench: BenchClient, tmp_path: Path) -> None:
    headers = JSON + b"authorization: Bearer eyJ.jeton\r\n"
    sent = _sent(bench, b"POST /v1/rights-checks", headers, b"{}")
    told = bench.exchange_curl(WORLD, sent["seq"])
    assert "jeton" not in told["command"] and told["variables"] == ["FSE_TOKEN"]
    made = _again(bench, sent["seq"], tmp_path, FSE_TOKEN="eyJ.jeton")
    assert made["request"]["headers"]["authorization"] == sent["request"]["headers"]["authorization"]
    refused = subprocess.run(["bash", "-c", told["command"]], capture_output=True, text=True, timeout=60)
    assert refused.returncode != 0 and "FSE_TOKEN" in refused.stderr
    assert bench.journal_page(WORLD, last=0)["next"] == made["seq"]


def test_the_secrets_of_a_form_are_variables_too(bench: BenchClient, tmp_path: Path) -> None:
    headers = AGENT + b"content-type: application/x-www-form-urlencoded\r\n"
    body = b"grant_type=client_credentials&client_id=essai&client_secret=s3cret&assertion=autre"
    sent = _sent(bench, b"POST /oauth2/token", headers, body)
    told = bench.exchange_curl(WORLD, sent["seq"])
    assert len(told["variables"]) == 3 and "s3cret" not in json.dumps(told)
    values = dict(zip(told["variables"], ["essai", "s3cret", "autre"], strict=True))
    assert _same(_again(bench, sent["seq"], tmp_path, **values)) == _same(sent)


def test_an_exchange_that_is_not_there(bench: BenchClient) -> None:
    from client.http import Refused

    for seq in ("0", "999999", "-1", "x", "1" * 30):
        with pytest.raises(Refused) as refusal:
            bench.exchange_curl(WORLD, seq)  # type: ignore[arg-type]
        assert (refusal.value.status, refusal.value.slug) == (404, "not-found")


def test_one_word_of_bash() -> None:
    assert curl.quoted("a b") == "'a b'" and curl.quoted("\x1b'\\é") == "$'\\x1b\\'\\\\\\xe9'"
