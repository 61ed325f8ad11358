"""A simulator whose delivery worker runs, and a receiver without a socket."""

from __future__ import annotations

import asyncio
import sys
import threading
import time
from collections import deque
from collections.abc import Awaitable, Callable, Iterator
from typing import Any

import httpx
import pytest

from simulator.app import create_app
from simulator.events import delivery, store
from simulator.events.delivery import Deliveries
from simulator.kit.call import Actor, Call
from simulator.settings import Settings
from tests.simulator.database import fresh_url

BASE = "http://127.0.0.1:8700"
URL = "http://127.0.0.1:9000/fse"
CLIENTS = ("essai", "autre")
Reply = int | str
HUNG_S = 120.0
"""Nothing takes as long, however loaded the machine is."""


class Receiver:
    """Answers webhooks as told (`answers`, then 200), and keeps them.

    `hang` never answers, `wait` answers 200 once `gate` is set, `cut` breaks off.
    """

    def __init__(self) -> None:
        self.forget()

    def forget(self) -> None:
        self.received: list[httpx.Request] = []
        self.answers: deque[Reply] = deque()
        self.by_url: dict[str, Reply] = {}
        self.gate = asyncio.Event()
        self.most = self._open = 0  # connections at once

    async def __call__(self, request: httpx.Request) -> httpx.Response:
        self.received.append(request)
        self._open += 1
        self.most = max(self.most, self._open)
        try:
            await asyncio.sleep(0)
            return await self._answered(request)
        finally:
            self._open -= 1

    async def _answered(self, request: httpx.Request) -> httpx.Response:
        reply = self.by_url.get(str(request.url)) or (self.answers.popleft() if self.answers else 200)
        if reply == "hang":
            await asyncio.sleep(3600)
        if reply == "wait":
            await self.gate.wait()
            reply = 200
        if reply == "cut":
            raise httpx.ReadError("the connection was cut")
        assert isinstance(reply, int)
        return httpx.Response(reply, headers={"location": "http://127.0.0.1:9/"} if reply == 302 else {})

    @property
    def ids(self) -> list[str]:
        return [request.headers["webhook-id"] for request in self.received]


class Desk:
    """Calls to one world as two softwares, on the event loop where the worker runs."""

    def __init__(self, running: Running) -> None:
        self.running, self.platform, self.receiver = running, running.platform, running.receiver
        self.receiver.forget()
        clients = [{"client_id": name, "name": name, "secret": name} for name in CLIENTS]
        self.world = self.platform.world(clients=clients)
        self.id = self.world["id"]
        self._bearers: dict[str, dict[str, str]] = {}

    def call(self, method: str, path: str, client: str = "essai", **options: Any) -> httpx.Response:
        """A call below the world, by that software."""
        if client not in self._bearers:
            form = {"grant_type": "client_credentials"}
            answer = self.platform("POST", f"{self.world['issuer']}/oauth2/token", data=form, auth=(client, client))
            self._bearers[client] = {"authorization": f"Bearer {answer.json()['access_token']}"}
        headers = {**self._bearers[client], **options.pop("headers", {})}
        return self.platform(method, f"{self.world['issuer']}{path}", headers=headers, **options)

    def subscribe(self, client: str = "essai", **body: Any) -> dict[str, Any]:
        answer = self.call("POST", "/v1/subscriptions", client, json={"url": URL, **body})
        assert answer.status_code == 201, answer.text
        return dict(answer.json())

    def feed(self, client: str = "essai", **params: Any) -> dict[str, Any]:
        answer = self.call("GET", "/v1/events", client, params=params)
        assert answer.status_code == 200, answer.text
        return dict(answer.json())

    def ids(self, client: str = "essai") -> list[str]:
        return [item["id"] for item in self.feed(client)["items"]]

    def emit(self, *clients: str, type: Any = "care-sheet.executed", revision: int = 2) -> None:
        """One thing happens to a sheet these softwares take part in."""

        async def happen() -> None:
            simulator = self.running.simulator
            world = await simulator.worlds.find(self.id)
            call = Call(world, world.now(), Actor("essai"), "0" * 32, "test")
            told = clients or ("essai",)
            data = {"section": "pharmacy", "execution": "exe-7q2m5xk3wz4n6b2d"}
            await simulator.db.write(
                lambda tx: store.emit(tx, call, type, "2604817390552494", revision, told, data), self.id
            )
            simulator.deliveries.look()

        self.running.run(happen())

    def advance(self, seconds: int) -> None:
        """Move the clock, and wait until the worker has done what that made due."""
        self.platform.bench("POST", f"/worlds/{self.id}/clock/advance", json={"seconds": seconds})
        self._bearers.clear()
        self.settle()

    def view(self) -> dict[str, Any]:
        return dict(self.platform.bench("GET", f"/worlds/{self.id}/deliveries").json())

    def settle(self) -> list[dict[str, Any]]:
        """Wait until nothing is due; the deliveries then."""
        until = time.monotonic() + HUNG_S
        while (seen := self.view())["due"]:
            assert time.monotonic() < until, seen
            time.sleep(0.005)
        return list(seen["deliveries"])

    def wait(self, condition: Callable[[], bool]) -> None:
        until = time.monotonic() + HUNG_S
        while not condition():
            assert time.monotonic() < until
            time.sleep(0.005)


class Running:
    """One simulator, its worker and its receiver, on an event loop of their own."""

    def __init__(self, platform_class: Any, token: str) -> None:
        self.loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self.loop.run_forever, daemon=True)
        self._thread.start()
        self.receiver = Receiver()
        self.simulator = create_app(
            Settings(base_url=BASE, bench_token=token, default_world=False, database=fresh_url())
        )
        self.simulator.deliveries = self.worker()
        self.run(self.simulator.deliveries.start())
        self.platform = platform_class(self.simulator)
        self.platform.together = self._together
        self._check = sys.modules[platform_class.__module__].require_documented_shape

    def worker(self, shared: bool | None = None) -> Deliveries:
        """Another worker of this server; `shared`: as if it were another process."""
        transport = httpx.MockTransport(self.receiver)
        return Deliveries(self.simulator.worlds, shared=shared, transport=transport)

    def run(self, work: Awaitable[Any]) -> Any:
        async def awaited() -> Any:
            return await work

        return asyncio.run_coroutine_threadsafe(awaited(), self.loop).result(timeout=HUNG_S)

    def _together(self, *requests: tuple[str, str, dict[str, Any]]) -> list[httpx.Response]:
        async def all_of_them() -> list[httpx.Response]:
            transport = httpx.ASGITransport(self.simulator)
            agent = {"user-agent": "Essai/1.0 Editeur/essai"}
            async with httpx.AsyncClient(transport=transport, base_url=BASE, headers=agent) as http:
                return await asyncio.gather(*(http.request(m, p, **o) for m, p, o in requests))

        answers = list(self.run(all_of_them()))
        for answer in answers:
            self._check(answer)
        return answers

    def close(self) -> None:
        self.run(self.simulator.deliveries.stop())
        self.loop.call_soon_threadsafe(self.loop.stop)
        self._thread.join(timeout=HUNG_S)
        self.loop.close()
        self.simulator.close()


@pytest.fixture(scope="module")
def running(shared: Any) -> Iterator[Running]:
    started = Running(type(shared), "bench-token-of-the-tests")
    yield started
    started.close()


@pytest.fixture
def desk(running: Running) -> Iterator[Desk]:
    desk = Desk(running)
    yield desk
    running.platform.bench("DELETE", f"/worlds/{desk.id}")


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """The worker waits a fifth of a second for a receiver, not ten."""
    monkeypatch.setattr(delivery, "TIMEOUT_S", 0.2)
