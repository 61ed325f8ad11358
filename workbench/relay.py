"""A relay between the platform and a receiver on this machine: each webhook goes on as it came, or is mistreated.

What is mistreated only depends on the seed and on the rank of the webhook, so that a run can be done again.
"""

from __future__ import annotations

import hashlib
import json
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

MOST_BODY = 1_000_000
PATIENCE_S = 3.0
"""How long a webhook that is held back waits for one to pass it."""
UNREACHABLE = 502
Post = Callable[[bytes, Mapping[str, str]], int]
_KEPT = ("content-type", "user-agent", "webhook-id", "webhook-timestamp", "webhook-signature", "x-fse-world")


@dataclass(frozen=True)
class Weather:
    """How the relay mistreats webhooks: rates from 0 to 1, `delay_s` for each."""

    delay_s: float = 0.0
    duplicate: float = 0.0
    reorder: float = 0.0
    drop: float = 0.0
    seed: str = "relais"

    def met(self, what: str, rank: int) -> bool:
        """Whether that happens to the webhook of that rank, from 1."""
        digest = hashlib.sha256(f"{self.seed}|{what}|{rank}".encode()).digest()
        rate: float = getattr(self, what)
        return int.from_bytes(digest[:8], "big") < rate * 2**64


@dataclass(frozen=True)
class Passed:
    """What became of one webhook: `how` is sent, duplicate, late (it was held back) or dropped; `status` the
    receiver's, 502 when it does not answer."""

    rank: int
    how: str
    body: bytes
    status: int | None = None

    def as_json(self) -> dict[str, Any]:
        try:
            event = json.loads(self.body)
        except (ValueError, RecursionError):
            event = {}
        told = {name: event.get(name) for name in ("id", "type", "timestamp", "data")}
        return {"rank": self.rank, "how": self.how, "status": self.status, **told}


class Relay:
    """`post` hands a webhook to the receiver and answers its status; `tell` is told of each passage, one at a time."""

    def __init__(self, weather: Weather, post: Post, tell: Callable[[Passed], None]) -> None:
        self._weather, self._post, self._tell = weather, post, tell
        self._lock, self._telling = threading.Lock(), threading.Lock()
        self._rank = 0
        self._held: tuple[int, bytes, Mapping[str, str]] | None = None
        self._timer: threading.Timer | None = None

    def take(self, body: bytes, headers: Mapping[str, str]) -> int:
        """One webhook from the platform; the status that it is answered."""
        with self._lock:
            self._rank += 1
            rank, before = self._rank, self._held
            if self._weather.met("drop", rank):
                self._told(Passed(rank, "dropped", body))
                return 204
            if before is None and self._weather.met("reorder", rank):
                self._held = (rank, body, headers)
                self._timer = threading.Timer(PATIENCE_S, self.flush)
                self._timer.daemon = True
                self._timer.start()
                return 204
        time.sleep(self._weather.delay_s)
        status = self._send(rank, "sent", body, headers)
        if self._weather.met("duplicate", rank):
            self._send(rank, "duplicate", body, headers)
        self.flush()
        return status

    def flush(self) -> None:
        """Send what was held back, if anything is."""
        with self._lock:
            held, self._held = self._held, None
            if self._timer is not None:
                self._timer.cancel()
        if held is not None:
            self._send(held[0], "late", held[1], held[2])

    def _send(self, rank: int, how: str, body: bytes, headers: Mapping[str, str]) -> int:
        status = self._post(body, headers)
        self._told(Passed(rank, how, body, status))
        return status

    def _told(self, passed: Passed) -> None:
        with self._telling:
            self._tell(passed)


def serve(relay: Relay) -> ThreadingHTTPServer:
    """The relay on a free loopback port, in threads of its own; `shutdown` ends it."""

    class Door(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            length = self.headers.get("content-length", "")
            if not length.isdigit() or int(length) > MOST_BODY:
                self._answer(413)
                return
            body = self.rfile.read(int(length))
            self._answer(relay.take(body, {name: self.headers[name] for name in _KEPT if name in self.headers}))

        def _answer(self, status: int) -> None:
            self.send_response(status)
            self.send_header("content-length", "0")
            self.end_headers()

        def log_message(self, *_: Any) -> None:
            """The terminal shows passages, not requests."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Door)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return server
