"""One round of the measure, and the medians of several.

Rounds are interleaved: each batch to the simulator comes just after the same bodies sent to the echo, so that the
machine's swings fall on both. The CPU time of each server is kept beside the rates: other people's work on the
machine swells a wall time, not a CPU time.
"""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from statistics import median, quantiles
from typing import Any

from benchmarks.generator import Batch, Generator
from benchmarks.journey import OPERATIONS, Journey, unexpected
from benchmarks.machine import cpu_seconds
from client.launch import stop

FLOORS = {"issue": 0.20, "resolve": 0.35, "execute": 0.20}


@dataclass(frozen=True)
class Measured:
    """One batch, and the CPU milliseconds that the server took for each request (None: not known)."""

    batch: Batch
    server_cpu_ms: float | None


Round = dict[str, dict[str, Measured]]
"""Operation → side (``simulator``, ``echo``) → what was measured."""


@dataclass(frozen=True)
class Target:
    """A server under measure."""

    port: int
    pid: int

    def take(self, generator: Generator, requests: list[bytes]) -> Measured:
        """Send one batch to this server."""
        before = cpu_seconds(self.pid)
        batch = generator.fire(self.port, requests)
        after = cpu_seconds(self.pid)
        return Measured(batch, None if before is None or after is None else 1000 * (after - before) / len(requests))


@contextmanager
def echo_server() -> Iterator[Target]:
    """The echo as a program on a free port, stopped on the way out."""
    command = [sys.executable, "-P", "-m", "benchmarks.echo"]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    try:
        assert process.stdout is not None
        line = process.stdout.readline()
        if not line.startswith("ECHO_READY "):
            raise SystemExit("Mesure impossible : l'écho de référence n'a pas démarré.")
        yield Target(int(line.split()[1]), process.pid)
    finally:
        stop(process)


def one_round(generator: Generator, journey: Journey, targets: dict[str, Target], count: int) -> Round:
    """Issue `count` sheets, hold them all, execute them all, each just after its echo of the same bodies."""
    given: Batch | None = None
    round_: Round = {}
    for operation in OPERATIONS:
        if given is None:
            pairs = journey.issue(count)
        else:
            pairs = journey.resolve(given) if operation == "resolve" else journey.execute(given)
        echoed = targets["echo"].take(generator, [echo for _, echo in pairs])
        served = targets["simulator"].take(generator, [real for real, _ in pairs])
        given = served.batch
        wrong = unexpected(echoed.batch, (201,)) + unexpected(given, (200, 201))
        if wrong:
            raise SystemExit(f"Mesure impossible : {len(wrong)} réponses inattendues, par exemple {wrong[0]}")
        round_[operation] = {"echo": echoed, "simulator": served}
    return round_


def summary(rounds: list[Round]) -> dict[str, Any]:
    """Medians over rounds; latencies of all rounds together."""
    rows = {}
    for operation in OPERATIONS:
        pairs = [round_[operation] for round_ in rounds]
        ratios = [pair["simulator"].batch.rate / pair["echo"].batch.rate for pair in pairs]
        latencies = [value for pair in pairs for value in pair["simulator"].batch.latencies_ms]
        cuts = quantiles(latencies, n=100)
        rows[operation] = {
            "ratio": round(median(ratios), 3),
            "ratios": [round(ratio, 3) for ratio in ratios],
            "floor": FLOORS.get(operation),
            "simulator_rps": round(median(pair["simulator"].batch.rate for pair in pairs)),
            "echo_rps": round(median(pair["echo"].batch.rate for pair in pairs)),
            "server_cpu_ms": {side: _cpu(pairs, side) for side in ("simulator", "echo")},
            "p50_ms": round(cuts[49], 1),
            "p99_ms": round(cuts[98], 1),
            "generator_busy": {
                side: round(median(pair[side].batch.busy for pair in pairs), 2) for side in ("simulator", "echo")
            },
        }
    return rows


def _cpu(pairs: list[dict[str, Measured]], side: str) -> float | None:
    known = [pair[side].server_cpu_ms for pair in pairs]
    return round(median(cpu for cpu in known if cpu is not None), 2) if None not in known else None
