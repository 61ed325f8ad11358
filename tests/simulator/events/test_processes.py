"""Webhooks of real servers: one process on SQLite, two on PostgreSQL; and one whose receiver hangs."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import httpx
import pytest
from standardwebhooks import Webhook

from tests.simulator.events.conftest import HUNG_S
from tests.simulator.storage.scene import Scene, scene


class Mailbox(ThreadingHTTPServer):
    """Keeps what it receives, by path; never answers below ``/hang``."""

    daemon_threads = True

    def __init__(self) -> None:
        self.letters: list[tuple[str, dict[str, str], bytes]] = []
        self.asked = threading.Event()
        self.released = threading.Event()
        super().__init__(("127.0.0.1", 0), _Handler)
        self.url = f"http://127.0.0.1:{self.server_port}"


class _Handler(BaseHTTPRequestHandler):
    server: Mailbox

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["content-length"]))
        if self.path.startswith("/hang"):
            self.server.asked.set()
            self.server.released.wait(HUNG_S)
            return
        self.server.letters.append((self.path, dict(self.headers), body))
        self.send_response(204)
        self.end_headers()

    def log_message(self, *_: Any) -> None:
        pass


class Host:
    """A software without professionals, registered in the world of the scene; calls any of its servers."""

    def __init__(self, place: Scene, mailbox: Mailbox) -> None:
        self.place, self.id = place, place.world["id"]
        place.bench._json("POST", f"/worlds/{self.id}/clients", json={"client_id": "h", "name": "h", "secret": "h"})
        self.http = httpx.Client(trust_env=False, headers={"user-agent": "Essai/1 Banc/h"}, timeout=HUNG_S)
        form = {"grant_type": "client_credentials"}
        answer = self.http.post(f"{place.urls[0]}/w/{self.id}/oauth2/token", data=form, auth=("h", "h"))
        self.http.headers["authorization"] = f"Bearer {answer.json()['access_token']}"
        self.mailbox = mailbox

    def subscribe(self, path: str, server: int = 0) -> dict[str, Any]:
        url = f"{self.place.urls[server % len(self.place.urls)]}/w/{self.id}/v1/subscriptions"
        answer = self.http.post(url, json={"url": f"{self.mailbox.url}{path}"})
        assert answer.status_code == 201, answer.text
        return dict(answer.json())

    def unsubscribe(self, subscription: dict[str, Any]) -> None:
        answer = self.http.delete(f"{self.place.urls[0]}/w/{self.id}/v1/subscriptions/{subscription['id']}")
        assert answer.status_code == 204

    def happen(self, server: int = 0) -> None:
        """Something that concerns every software."""
        url = self.place.urls[server % len(self.place.urls)]
        token = self.place.bench._http.headers["authorization"]
        headers = {"authorization": token}
        path = f"/bench/v1/worlds/{self.id}/keys/rotation"
        assert self.http.post(f"{url}{path}", json={"kind": "token"}, headers=headers).status_code == 200

    def feed(self) -> list[str]:
        items = self.http.get(f"{self.place.urls[-1]}/w/{self.id}/v1/events").json()["items"]
        return [item["id"] for item in items]

    def settled(self) -> list[dict[str, Any]]:
        until = time.monotonic() + HUNG_S
        while (seen := self.place.bench._json("GET", f"/worlds/{self.id}/deliveries"))["due"]:
            assert time.monotonic() < until
            time.sleep(0.05)
        return list(seen["deliveries"])


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Scene]:
    with scene(tmp_path_factory.mktemp("webhooks")) as opened:
        yield opened


@pytest.fixture
def host(place: Scene) -> Iterator[Host]:
    mailbox = Mailbox()
    serving = threading.Thread(target=mailbox.serve_forever, kwargs={"poll_interval": 0.02})
    serving.start()
    made = Host(place, mailbox)
    yield made
    mailbox.released.set()
    made.http.close()
    mailbox.shutdown()
    serving.join()
    mailbox.server_close()


def test_every_event_comes_once_in_its_order_whichever_process_sends_it(host: Host) -> None:
    subscriptions = {f"/{number}": host.subscribe(f"/{number}", number) for number in range(3)}
    before = len(host.feed())
    for number in range(8):
        host.happen(number)
    host.settled()
    ids = host.feed()[before:]
    assert len(ids) == 8
    for path, subscription in subscriptions.items():
        mine = [(headers, body) for where, headers, body in host.mailbox.letters if where == path]
        payloads = [Webhook(subscription["secret"]).verify(body, headers) for headers, body in mine]
        assert [payload["id"] for payload in payloads] == ids
        host.unsubscribe(subscription)


def test_a_receiver_that_hangs_does_not_slow_an_issuance(host: Host, place: Scene) -> None:
    subscription = host.subscribe("/hang")
    host.happen()
    assert host.mailbox.asked.wait(HUNG_S)
    gp = place.counter("gp")
    for _ in range(5):
        assert gp.issue().status_code == 201
    seen = host.place.bench._json("GET", f"/worlds/{host.id}/deliveries")["deliveries"]
    tried = [item["attempts"] for item in seen if item["subscription"] == subscription["id"]]
    assert tried == [[]]  # the worker still waits, ten seconds long: issuing did not
    host.mailbox.released.set()
    host.settled()
    host.unsubscribe(subscription)
