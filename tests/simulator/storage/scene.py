"""Server programs on one database, and the people who meet there: one process on SQLite, two on PostgreSQL."""

from __future__ import annotations

import os
import socket
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from pathlib import Path
from threading import Barrier
from typing import Any

import httpx

from client.api import FseClient, Software
from client.bench import BenchClient
from client.launch import simulator
from tests.simulator.database import SERVER, shared_url

ROUNDS = int(os.environ.get("FSE_RACE_ROUNDS", "200"))
PROCESSES = 2 if SERVER else 1
MEDICINE = {"ean13": "6118999000018", "quantity": "2", "unit": "box", "posology": "1 matin", "duration_days": 7}
DELIVERED = {"line": 1, "outcome": "executed", "quantity": "2", "ean13": "6118999000018", "charged": "84.60"}
NOW = "2026-11-23T09:00:00Z"
Answer = httpx.Response


class Counter:
    """One professional at one server; `url` is that server's, whatever the issuer is called."""

    def __init__(self, world: dict[str, Any], software: Software, persona: str, url: str) -> None:
        who = next(p for p in world["professionals"] if p["persona"] == persona)
        client = FseClient(world["issuer"], software, who)
        self._token = client.token()
        client.close()
        self._http = httpx.Client(base_url=f"{url}/w/{world['id']}", trust_env=False, timeout=120)
        self._serial = 0
        self._name = f"{persona}-{id(self)}"

    def get(self, path: str) -> Answer:
        return self._http.get(path, headers=self._sent())

    def _sent(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self._token}", "User-Agent": "Essai/1 Banc/essai"}

    def post(self, path: str, body: Any, **headers: str) -> Answer:
        sent = self._sent()
        return self._http.post(
            path, json=body, headers={**sent, **{k.replace("_", "-"): v for k, v in headers.items()}}
        )

    def key(self) -> str:
        self._serial += 1
        return f"{self._name}-{self._serial}"

    def issue(self, key: str | None = None) -> Answer:
        body = {
            "date_of_care": NOW[:10],
            "beneficiary": {"registration_number": "100000001", "dependant_rank": 0},
            "sections": [
                {"type": "prescriber", "lines": [{"act_code": "C", "quantity": "1", "charged": "150.00"}]},
                {"type": "pharmacy", "lines": [MEDICINE]},
            ],
        }
        return self.post("/v1/care-sheets", body, Idempotency_Key=key or self.key())

    def hold(self, sheet: dict[str, Any]) -> Answer:
        return self.post("/v1/resolutions", {"scan": sheet["qr"]["payload"], "hold": True})

    def execute(self, held: dict[str, Any], key: str | None = None) -> Answer:
        path = f"/v1/care-sheets/{held['number']}/sections/pharmacy/executions"
        body = {"performed_at": NOW, "lines": [DELIVERED]}
        match = f'"{held["revision"]}"'
        return self.post(
            path, body, Idempotency_Key=key or self.key(), If_Match=match, FSE_Lease=str(held["lease"]["id"])
        )

    def visit(self, sheet: dict[str, Any]) -> list[Answer]:
        """Scan, then deliver everything if the section was given."""
        held = self.hold(sheet)
        return [held, self.execute(held.json())] if held.is_success and "lease" in held.json() else [held]

    def cancel(self, sheet: dict[str, Any]) -> Answer:
        path = f"/v1/care-sheets/{sheet['number']}/cancellation"
        return self.post(path, {"reason": "Erreur de produit"}, If_Match=f'"{sheet["revision"]}"')

    def close(self) -> None:
        self._http.close()


class Scene:
    """A world that every server serves."""

    def __init__(self, urls: list[str], token: str) -> None:
        self.urls = urls
        self.bench = BenchClient(urls[0], token)
        self._software = Software("essai", "k1")
        clients = [{"client_id": "essai", "name": "Essai", "jwks": self._software.jwks()}]
        self.world = self.bench.create_world(seed="course", now=NOW, clients=clients)
        self._open: list[Any] = [self.bench]

    def counter(self, persona: str, server: int = 0) -> Counter:
        opened = Counter(self.world, self._software, persona, self.urls[server % len(self.urls)])
        self._open.append(opened)
        return opened

    def state(self) -> dict[str, dict[str, Any]]:
        """Every sheet, by number."""
        return {sheet["number"]: sheet for sheet in self.bench.state(self.world["id"])["care_sheets"]}

    def close(self) -> None:
        for item in self._open:
            item.close()


@contextmanager
def scene(folder: Path) -> Iterator[Scene]:
    """Servers on a fresh database, all under the name of the first."""
    url = shared_url(f"sqlite:///{folder}/base.sqlite")
    with ExitStack() as stack:
        first = stack.enter_context(simulator("--database", url, data=folder))
        urls = [first.url]
        for _ in range(1, PROCESSES):
            port = free_port()
            options = ("--database", url, "--base-url", first.url, "--port", str(port))
            stack.enter_context(simulator(*options, data=folder))
            urls.append(f"http://127.0.0.1:{port}")
        opened = Scene(urls, first.bench_token)
        stack.callback(opened.close)
        yield opened


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class Race:
    """Several people who start at the same moment."""

    def __init__(self, many: int = 2) -> None:
        self._barrier = Barrier(many)
        self._pool = ThreadPoolExecutor(many)

    def run(self, *actions: Callable[[], Any]) -> list[Any]:
        def start(action: Callable[[], Any]) -> Any:
            self._barrier.wait(30)
            return action()

        return [future.result() for future in [self._pool.submit(start, action) for action in actions]]

    def close(self) -> None:
        self._pool.shutdown()
