"""One round of the measure, and the medians of several.

Rounds are interleaved in slices: each slice to the simulator comes just before or just after the same bodies sent to
the echo, several times over, so that both take about as long. A machine whose speed changes within a tenth of a second
then falls on both alike; an echo measured in one short burst would be measured in a good or a bad moment. The CPU time
of each server is kept beside the rates: other people's work on the machine swells a wall time, not a CPU time.
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
SLICE = 160
TIMES = {"issue": 4, "resolve": 3, "execute": 5}
"""How many times the echo is sent a slice: what makes it last about as long as the simulator."""


@dataclass(frozen=True)
class Measured:
    """One batch, and the CPU milliseconds that the server took for each request (None: not known)."""

    batch: Batch
    server_cpu_ms: float | None

    @classmethod
    def joined(cls, slices: list[Measured]) -> Measured:
        """Several batches as one."""
        batch = Batch.joined([one.batch for one in slices])
        known = [one.server_cpu_ms * len(one.batch.answers) for one in slices if one.server_cpu_ms is not None]
        return cls(batch, sum(known) / len(batch.answers) if len(known) == len(slices) else None)


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


def side_by_side(
    generator: Generator, targets: dict[str, Target], pairs: list[tuple[bytes, bytes]], times: int
) -> dict[str, Measured]:
    """Send these requests (for the simulator, for the echo) in slices, the two sides taking turns to begin."""
    taken: dict[str, list[Measured]] = {"echo": [], "simulator": []}
    for rank, begin in enumerate(range(0, len(pairs), SLICE)):
        real, echo = zip(*pairs[begin : begin + SLICE], strict=True)
        requests = {"echo": list(echo) * times, "simulator": list(real)}
        for side in ("echo", "simulator") if rank % 2 else ("simulator", "echo"):
            taken[side].append(targets[side].take(generator, requests[side]))
    return {side: Measured.joined(slices) for side, slices in taken.items()}


def one_round(generator: Generator, journey: Journey, targets: dict[str, Target], count: int) -> Round:
    """Issue `count` sheets, hold them all, execute them all, each beside its echo of the same bodies."""
    given: Batch | None = None
    round_: Round = {}
    for operation in OPERATIONS:
        if given is None:
            pairs = journey.issue(count)
        else:
            pairs = journey.resolve(given) if operation == "resolve" else journey.execute(given)
        measured = round_[operation] = side_by_side(generator, targets, pairs, TIMES[operation])
        given = measured["simulator"].batch
        wrong = unexpected(measured["echo"].batch, (201,)) + unexpected(given, (200, 201))
        if wrong:
            raise SystemExit(f"Mesure impossible : {len(wrong)} réponses inattendues, par exemple {wrong[0]}")
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
