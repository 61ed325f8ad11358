"""The driver contract at our end: nonsense, silence and absence are told apart, and never pass."""

from __future__ import annotations

import http.server
import json
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from conformance.drivers.contract import Nonsense, check_capabilities, check_input, check_outcome
from conformance.drivers.http import DriverDown, DriverLate, HttpDriver

GOOD: dict[str, Any] = {"status": "completed", "messages": [], "data": {"open": True, "regime": "salaried"}}
CAPABILITIES: dict[str, Any] = {
    "contract": "1",
    "product": "P",
    "version": "1",
    "editor": "E",
    "professions": ["pharmacy"],
    "actions": ["scan"],
    "reconfigurable": True,
    "clock": True,
    "offline_queue": False,
    "print": False,
    "webhooks": False,
}
RIGHTS = {
    "professional": "100000011",
    "beneficiary": {"registration_number": "100000001", "dependant_rank": 0},
    "date_of_care": "2026-11-23",
}


@contextmanager
def answering(reply: Callable[[http.server.BaseHTTPRequestHandler], None]) -> Iterator[str]:
    """A driver that answers as told, on a free loopback port."""

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            self.rfile.read(int(self.headers.get("content-length", 0)))
            reply(self)

        def log_message(self, *args: Any) -> None:
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()


def says(status: int, body: bytes) -> Callable[[http.server.BaseHTTPRequestHandler], None]:
    def reply(handler: http.server.BaseHTTPRequestHandler) -> None:
        handler.send_response(status)
        handler.send_header("content-length", str(len(body)))
        handler.end_headers()
        handler.wfile.write(body)

    return reply


def act(endpoint: str, deadline: float = 5) -> dict[str, Any]:
    driver = HttpDriver(endpoint, deadline)
    try:
        return driver.act("check-rights", "case", RIGHTS)
    finally:
        driver.close()


def test_a_good_outcome_passes() -> None:
    with answering(says(200, json.dumps(GOOD).encode())) as endpoint:
        assert act(endpoint) == GOOD


@pytest.mark.parametrize(
    "body", [b"<html>", b"[]", b'{"status":"ok"}', b'{"status":"completed","messages":[],"data":{}}']
)
def test_nonsense_says_where(body: bytes) -> None:
    with answering(says(200, body)) as endpoint, pytest.raises(Nonsense):
        act(endpoint)


def test_an_http_error_is_nonsense() -> None:
    with answering(says(500, b"{}")) as endpoint, pytest.raises(Nonsense, match="500"):
        act(endpoint)


def test_a_closed_port_is_down() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        with pytest.raises(DriverDown, match="injoignable"):
            act(f"http://127.0.0.1:{taken.getsockname()[1]}")


def test_silence_is_late() -> None:
    gate = threading.Event()
    with answering(lambda handler: (gate.wait(5), None)[1]) as endpoint:
        with pytest.raises(DriverLate, match=r"0\.2 s"):
            act(endpoint, 0.2)
        gate.set()


@pytest.mark.parametrize(
    "change", [{"contract": "9"}, {"professions": []}, {"professions": ["florist"]}, {"clock": "yes"}]
)
def test_capabilities_are_checked(change: dict[str, Any]) -> None:
    assert check_capabilities(CAPABILITIES) == CAPABILITIES
    with pytest.raises(Nonsense):
        check_capabilities({**CAPABILITIES, **change})


def test_our_own_input_is_checked() -> None:
    assert check_input("check-rights", RIGHTS) == RIGHTS
    with pytest.raises(ValueError, match="professional"):
        check_input("check-rights", {**RIGHTS, "professional": "12"})
    with pytest.raises(ValueError, match="unknown driver action"):
        check_input("dance", {})


def test_a_refusal_needs_no_data() -> None:
    refused = {"status": "refused", "messages": [{"level": "error", "text": "Droits fermés."}], "data": {}}
    assert check_outcome("issue", refused) == refused
