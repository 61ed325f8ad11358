"""A real server on a real socket: what a client sees when the connection breaks, and that the server goes on."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx
import pytest

from client.bench import BenchClient
from client.launch import Running

AGENT = "Essai/1.0 Editeur/demo"


def _health(running: Running) -> httpx.Response:
    url = f"{running.url}/w/default/v1/health"
    return httpx.get(url, headers={"user-agent": AGENT}, trust_env=False, timeout=30)


@pytest.fixture
def bench(running: Running) -> Iterator[BenchClient]:
    client = BenchClient(running.url, running.bench_token)
    yield client
    client.clear_faults("default")
    client.close()


def _ask(url: str) -> tuple[bytes, bool]:
    """All that the server says to one request, and whether the connection was reset."""
    at = urlsplit(url)
    assert at.hostname is not None
    with socket.create_connection((at.hostname, at.port or 80), timeout=20) as wire:
        wire.sendall(f"GET /w/default/v1/health HTTP/1.1\r\nHost: {at.netloc}\r\nUser-Agent: {AGENT}\r\n\r\n".encode())
        said = b""
        try:
            while part := wire.recv(65536):
                said += part
        except ConnectionResetError:
            return said, True
        return said, False


def _last(bench: BenchClient) -> Any:
    return list(bench.journal("default"))[-1]


@pytest.mark.parametrize("kind", ["before-authentication", "before-commit", "after-commit"])
def test_a_cut_connection_says_nothing(running: Running, bench: BenchClient, kind: str) -> None:
    bench.add_fault("default", kind=kind, count=1)
    assert _ask(running.url)[0] == b""
    told = _last(bench)
    assert (told["response"]["status"], told["fault"]["sent"]) == (0, "nothing")
    assert _health(running).status_code == 200


def test_a_reset_connection_is_reset(running: Running, bench: BenchClient) -> None:
    bench.add_fault("default", kind="connection-reset")
    assert _ask(running.url) == (b"", True)
    with pytest.raises(httpx.TransportError):
        _health(running)


def test_a_body_that_stops_is_shorter_than_announced(running: Running, bench: BenchClient) -> None:
    bench.add_fault("default", kind="mid-body", bytes=10)
    head, _, body = _ask(running.url)[0].partition(b"\r\n\r\n")
    assert b"HTTP/1.1 200" in head and len(body) == 10
    announced = next(line for line in head.splitlines() if line.startswith(b"content-length"))
    assert int(announced.partition(b":")[2]) > 10
    with pytest.raises(httpx.RemoteProtocolError):
        _health(running)


def test_a_slow_answer_comes_whole(running: Running, bench: BenchClient) -> None:
    bench.add_fault("default", kind="slow-drip", seconds=1)
    begun = time.monotonic()
    answer = _health(running)
    assert answer.json()["status"] == "ok" and time.monotonic() - begun > 0.9


def test_after_a_cut_the_same_key_gives_the_answer(running: Running, bench: BenchClient) -> None:
    """Over one kept connection pool, as a client does: the connection that was cut is replaced."""
    agent = {"user-agent": AGENT, "fse-version": "2026-01-01"}
    with httpx.Client(base_url=f"{running.url}/w/default", headers=agent, trust_env=False, timeout=30) as http:
        form = {"grant_type": "client_credentials"}
        token = http.post("/oauth2/token", data=form, auth=("demo", "demo-secret")).json()["access_token"]
        http.headers["authorization"] = f"Bearer {token}"
        bench.add_fault("default", kind="after-commit", operations=["create-subscription"], count=1)
        body = {"url": "http://127.0.0.1:9/fse"}
        with pytest.raises(httpx.RemoteProtocolError):
            http.post("/v1/subscriptions", json=body)
        assert _last(bench)["fault"]["recorded"]
        assert len(http.get("/v1/subscriptions").json()["items"]) == 1


def test_nothing_is_said_on_the_standard_error(tmp_path: Path) -> None:
    """A fault is no error of the server: none of its lines speaks of an exception."""
    command = [sys.executable, "-P", "-m", "fse", "serve", "--port", "0", "--announce", "--memory"]
    home = {**os.environ, "FSE_DATA": str(tmp_path)}
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=home)
    try:
        assert process.stdout is not None
        said = json.loads(process.stdout.readline().removeprefix("FSE_READY "))
        client = BenchClient(said["url"], (tmp_path / "bench-token").read_text().strip())
        for kind in ("after-commit", "connection-reset", "mid-body"):
            client.add_fault("default", kind=kind, count=1)
        answers = [_ask(said["url"])[0] for _ in range(3)]
        client.close()
    finally:
        process.terminate()
        _, errors = process.communicate(timeout=60)
    assert errors == "" and answers[0] == answers[1] == b"" != answers[2]
