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

    @classmethod
    def joined(cls, batches: Sequence[Batch]) -> Batch:
        """Several as one, in their order."""
        elapsed = sum(batch.elapsed_s for batch in batches)
        return cls(
            elapsed,
            sum(batch.busy * batch.elapsed_s for batch in batches) / elapsed,
            [value for batch in batches for value in batch.latencies_ms],
            [answer for batch in batches for answer in batch.answers],
        )

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


class _Line:
    """One kept-alive connection; opened again where the server closed it while it was idle."""

    def __init__(self, port: int) -> None:
        self._port = port
        self._streams: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None

    async def open(self) -> None:
        if self._streams is not None:
            if not self._streams[0].at_eof():
                return
            self.close()
        self._streams = await asyncio.open_connection("127.0.0.1", self._port)

    def close(self) -> None:
        if self._streams is not None:
            self._streams[1].close()

    async def work(self, queue: Iterator[tuple[int, bytes]], answers: list, latencies: list) -> None:  # type: ignore[type-arg]
        """Send what is left of the queue, one request at a time."""
        assert self._streams is not None
        reader, writer = self._streams
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


async def _fire(lines: Sequence[_Line], requests: Sequence[bytes]) -> Batch:
    answers: list[tuple[int, dict[str, str], bytes]] = [(0, {}, b"")] * len(requests)
    latencies = [0.0] * len(requests)
    queue = iter(enumerate(requests))
    for line in lines:
        await line.open()
    wall, cpu = time.perf_counter(), time.process_time()
    await asyncio.gather(*(line.work(queue, answers, latencies) for line in lines))
    elapsed = time.perf_counter() - wall
    return Batch(elapsed, (time.process_time() - cpu) / elapsed, latencies, answers)


def _serve(pipe: Connection, connections: int) -> None:
    lines: dict[int, list[_Line]] = {}
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        while (job := pipe.recv()) is not None:
            port, requests = job
            known = lines.setdefault(port, [_Line(port) for _ in range(connections)])
            try:
                pipe.send(runner.run(_fire(known, requests)))
            except (OSError, ConnectionError) as error:
                for line in lines.pop(port):
                    line.close()
                pipe.send(error)


class Generator:
    """The process, as a context manager; `fire` sends one batch and waits for its answers."""

    def __init__(self, connections: int) -> None:
        self.connections = connections

    def __enter__(self) -> Generator:
        context = mp.get_context("spawn")
        self._pipe, theirs = context.Pipe()
        self._process = context.Process(target=_serve, args=(theirs, self.connections), daemon=True)
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
        self._pipe.send((port, requests))
        answer = self._pipe.recv()
        if isinstance(answer, Exception):
            raise answer
        assert isinstance(answer, Batch)
        return answer
