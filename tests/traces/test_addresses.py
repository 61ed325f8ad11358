"""An address is replayed as it came, to the byte; none leads out of its world, there or in the replay."""

from __future__ import annotations

import contextlib
import socket
from urllib.parse import urlsplit

import pytest

from client.bench import BenchClient
from client.http import Refused
from traces.recording import record
from traces.replaying import replay

PATHS = (
    "/v1/../../voisin/v1/health",
    "/v1/%2e%2e/%2E./../voisin/v1/health",
    "/v1/care-sheets/a%2Fb%2fc",
    "/../voisin/v1/health",
    "/..%2Fvoisin%2fv1/health",
    "/./v1//health/",
    "/v1/%68ealth",
    "/v1/un%20chemin;a=b,c:@!$&'()*+~[x]{y}|^`%C3%A9",
    "",
)
OUTSIDE = (
    "traverse%2F..%2Fvoisin",
    "traverse/..%2fvoisin",
    "%2e%2e/w/voisin",
    "voisin%2F",
    "traverse%2F",
    "traverse%2Fv1",
    "..",
)


def _get(bench: BenchClient, path: str) -> bytes:
    """The status line of the answer to these very bytes."""
    at = urlsplit(bench.url)
    with socket.create_connection((at.hostname, at.port), timeout=20) as wire:
        wire.sendall(f"GET {path} HTTP/1.1\r\nhost: x\r\nuser-agent: A/1 B/c\r\nconnection: close\r\n\r\n".encode())
        answer = b""
        while part := wire.recv(65536):
            answer += part
    return answer.partition(b"\r\n")[0]


@pytest.fixture
def two(bench: BenchClient) -> BenchClient:
    for name in ("traverse", "voisin"):
        with contextlib.suppress(Refused):
            bench.delete_world(name)
        bench.create_world(id=name, seed=name, now="2026-11-23T09:00:00Z")
    return bench


def test_what_was_sent_is_sent_again(two: BenchClient) -> None:
    for path in PATHS:
        _get(two, f"/w/traverse{path}")
    kept = [one["request"]["path"] for one in two.journal("traverse")]
    assert kept == list(PATHS)
    assert list(two.journal("voisin")) == []
    trace = record(two, "traverse")
    outcome = replay(two, trace, keep=True)
    assert outcome.same, [one.as_json() for one in outcome.differences[:2]]
    assert outcome.requests == len(PATHS)
    assert [one["request"]["path"] for one in two.journal(outcome.world)] == list(PATHS)
    assert list(two.journal("voisin")) == [] and len(list(two.journal("traverse"))) == len(PATHS)


@pytest.mark.parametrize("name", OUTSIDE)
def test_no_spelling_of_a_world_leads_to_another(two: BenchClient, name: str) -> None:
    assert b" 404 " in _get(two, f"/w/{name}/v1/health")
    assert list(two.journal("voisin")) == []
