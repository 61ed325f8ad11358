"""The load generator: a process of its own, raw asyncio, HTTP/1.1 over kept-alive loopback connections.

It receives ready-made requests as bytes and sends them as fast as the answers come, one at a time per
connection, so that its own cost is small; it measures that cost too (`busy`), which says whether it was the
limit.
"""

from __future__ import annotations

import asyncio
import multiprocessing as mp
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from multiprocessing.connection import Connection

import httptools
import uvloop


@dataclass(frozen=True)
class Batch:
    """What one batch gave. elapsed_s: wall time; busy: the generator's own CPU time ÷ wall time (1 = a full
    core).
    """

    elapsed_s: float
    busy: float
    latencies_ms: list[float]
    answers: list[tuple[int, dict[str, str], bytes]]

    @property
    def rate(self) -> float:
        return len(self.answers) / self.elapsed_s


class _Answer:
    """Callbacks of the parser for one connection."""

    def __init__(self) -> None:
        self.done = False
        self.headers: dict[str, str] = {}
        self.parts: list[bytes] = []

    def on_header(self, name: bytes, value: bytes) -> None:
        self.headers[name.decode("latin-1").lower()] = value.decode("latin-1")

    def on_body(self, body: bytes) -> None:
        self.parts.append(body)

    def on_message_complete(self) -> None:
        self.done = True


async def _worker(port: int, queue: Iterator[tuple[int, bytes]], answers: list, latencies: list) -> None:  # type: ignore[type-arg]
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    try:
        for rank, request in queue:
            begun = time.perf_counter()
            writer.write(request)
            answer = _Answer()
            parser = httptools.HttpResponseParser(answer)
            while not answer.done:
                data = await reader.read(65536)
                if not data:
                    raise ConnectionError("le serveur a fermé la connexion")
                parser.feed_data(data)
            latencies[rank] = (time.perf_counter() - begun) * 1000
            answers[rank] = (parser.get_status_code(), answer.headers, b"".join(answer.parts))
    finally:
        writer.close()


async def _fire(port: int, requests: Sequence[bytes], connections: int) -> Batch:
    answers: list[tuple[int, dict[str, str], bytes]] = [(0, {}, b"")] * len(requests)
    latencies = [0.0] * len(requests)
    queue = iter(enumerate(requests))
    wall, cpu = time.perf_counter(), time.process_time()
    await asyncio.gather(*(_worker(port, queue, answers, latencies) for _ in range(connections)))
    elapsed = time.perf_counter() - wall
    return Batch(elapsed, (time.process_time() - cpu) / elapsed, latencies, answers)


def _serve(pipe: Connection) -> None:
    while (job := pipe.recv()) is not None:
        try:
            pipe.send(uvloop.run(_fire(*job)))
        except (OSError, ConnectionError) as error:
            pipe.send(error)


class Generator:
    """The process, as a context manager; `fire` sends one batch and waits for its answers."""

    def __init__(self, connections: int) -> None:
        self.connections = connections

    def __enter__(self) -> Generator:
        context = mp.get_context("spawn")
        self._pipe, theirs = context.Pipe()
        self._process = context.Process(target=_serve, args=(theirs,), daemon=True)
        self._process.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._pipe.send(None)
        self._process.join(5)
        if self._process.is_alive():
            self._process.kill()

    @property
    def pid(self) -> int:
        return self._process.pid or 0

    def fire(self, port: int, requests: Sequence[bytes]) -> Batch:
        """Send all `requests` (whole HTTP/1.1 messages) to a loopback port; answers in the same order."""
        self._pipe.send((port, requests, self.connections))
        answer = self._pipe.recv()
        if isinstance(answer, Exception):
            raise answer
        assert isinstance(answer, Batch)
        return answer
