"""kill -9 of a server in the middle of writes, FSE_KILLS times (8): what was acknowledged is there, and whole."""

from __future__ import annotations

import os
import signal
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest

from client.launch import Running, simulator
from simulator.audit import replay, verify
from simulator.kit.storage import Database
from simulator.operations import ROUTES
from tests.simulator.database import shared_url
from tests.simulator.storage.scene import PROCESSES, Answer, Scene, free_port

KILLS = int(os.environ.get("FSE_KILLS", "8"))
WRITERS = 3
assert ROUTES  # every room's tables are known, also to the database opened here


@dataclass
class Said:
    """One request that must be done once, and its answer if it came."""

    send: Callable[[], Answer]
    body: bytes | None = None


class Careful:
    """A surgery and a pharmacy that note each request before sending it, and go on until their server is gone."""

    def __init__(self, place: Scene, number: int) -> None:
        self._gp, self._pharmacy = place.counter("gp", number), place.counter("pharmacy", number)
        self._stop = threading.Event()
        self.said: list[Said] = []

    def write(self) -> None:
        while not self._stop.is_set():
            try:
                sheet = self._once(self._gp.issue, self._gp.key())
                held = self._pharmacy.hold(sheet)
                assert held.status_code == 200, held.text
                self._once(self._pharmacy.execute, self._pharmacy.key(), held.json())
            except httpx.TransportError:
                return

    def stop(self) -> None:
        self._stop.set()

    def _once(self, action: Callable[..., Answer], key: str, *given: Any) -> dict[str, Any]:
        said = Said(lambda: action(*given, key=key))
        self.said.append(said)
        answer = said.send()
        assert answer.status_code == 201, answer.text
        said.body = answer.content
        return dict(answer.json())


class Victim:
    """The server that dies and comes back, at the same address, on the same database."""

    def __init__(self, url: str, folder: Path) -> None:
        self._url, self._folder, self._port = url, folder, free_port()
        self.base = f"http://127.0.0.1:{self._port}"
        self._stack = ExitStack()

    def start(self) -> Running:
        options = ("--database", self._url, "--port", str(self._port))
        return self._stack.enter_context(simulator(*options, data=self._folder))

    def kill(self, running: Running) -> None:
        os.kill(running.pid, signal.SIGKILL)

    def close(self) -> None:
        self._stack.close()


@pytest.fixture
def victim(tmp_path: Path) -> Iterator[Victim]:
    made = Victim(shared_url(f"sqlite:///{tmp_path}/base.sqlite"), tmp_path)
    yield made
    made.close()


@pytest.mark.long
@pytest.mark.skipif(os.name != "posix", reason="there is no kill -9 elsewhere")
def test_what_was_acknowledged_survives_a_kill_and_is_whole(victim: Victim, tmp_path: Path) -> None:
    running = victim.start()
    with ExitStack() as stack:
        urls = [victim.base]
        for _ in range(1, PROCESSES):  # one that lives through it all, on the same database
            port = free_port()
            options = ("--database", victim._url, "--base-url", victim.base, "--port", str(port))
            stack.enter_context(simulator(*options, data=tmp_path))
            urls.append(f"http://127.0.0.1:{port}")
        place = Scene(urls, running.bench_token)
        stack.callback(place.close)
        writers = [Careful(place, number) for number in range(WRITERS)]
        acknowledged = interrupted = 0
        for kill in range(KILLS):
            threads = [threading.Thread(target=writer.write) for writer in writers]
            for thread in threads:
                thread.start()
            time.sleep(0.25 + 0.07 * (kill % 4))
            victim.kill(running)
            for writer in writers[1:] if PROCESSES > 1 else ():
                writer.stop()
            for thread in threads:
                thread.join(30)
            running = victim.start()
            for said in [said for writer in writers for said in writer.said[-12:]]:
                again = said.send()
                assert again.status_code == 201, again.text
                if said.body is not None:
                    acknowledged += 1
                    assert again.headers["idempotent-replayed"] == "true" and again.content == said.body
                else:
                    interrupted += 1
                    assert said.send().content == again.content
            for writer in writers:
                writer.said.clear()
                writer._stop.clear()
        whole(place, victim)
        assert acknowledged > 5 * KILLS and interrupted > 0, (acknowledged, interrupted)


def whole(place: Scene, victim: Victim) -> None:
    """The chain holds and gives back what is stored; lines, execution and claim of each sheet agree."""
    for sheet in place.state().values():
        pharmacy = next(s for s in sheet["sections"] if s["type"] == "pharmacy")
        done = [e for e in sheet["executions"] if e["section"] == "pharmacy"]
        states = [line["state"] for line in pharmacy["lines"]]
        claimed = sorted(claim["section"] for claim in sheet["claims"])
        assert (states, len(done), claimed) in (
            (["open"], 0, ["prescriber"]),
            (["executed"], 1, ["pharmacy", "prescriber"]),
        )
    db = Database.open(victim._url)
    try:
        verdict = verify.world(db, place.world["id"])
        assert verdict.sound and verdict.links > 0, verdict
        assert replay.drift(db, place.world["id"]) == []
    finally:
        db.close()
