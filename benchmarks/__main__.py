"""`python -m benchmarks` (`make bench`): the simulator against a bare FastAPI echo, as ratios, in one run.

The simulator is as users run it: a durable SQLite file, authentication, idempotency, journal, audit. Rounds
are interleaved (echo, simulator, echo, simulator…), so that the machine's swings fall on both; the ratio of
an operation is the median over rounds of simulator rate ÷ echo rate. Floors are displayed, never asserted.
"""

from __future__ import annotations

import json
import os
import platform
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path
from statistics import median, quantiles
from typing import Any
from urllib.parse import urlsplit

from benchmarks.generator import Batch, Generator
from benchmarks.journey import OPERATIONS, Journey, unexpected
from client.bench import BenchClient
from client.launch import simulator, stop

CONNECTIONS, ROUNDS, WARM_UP, COUNT = 32, 7, 100, 600
FLOORS = {"issue": 0.15}
NAMES = {"issue": "émission", "resolve": "lecture et prise", "execute": "exécution"}


@contextmanager
def echo_server() -> Iterator[int]:
    """The echo as a program on a free port, stopped on the way out."""
    command = [sys.executable, "-P", "-m", "benchmarks.echo"]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    try:
        assert process.stdout is not None
        line = process.stdout.readline()
        if not line.startswith("ECHO_READY "):
            raise SystemExit("Mesure impossible : l'écho de référence n'a pas démarré.")
        yield int(line.split()[1])
    finally:
        stop(process)


def one_round(generator: Generator, journey: Journey, ports: dict[str, int], count: int) -> dict[str, dict[str, Batch]]:
    """Issue `count` sheets, hold them all, execute them all, each just after its echo of the same bodies."""
    given: Batch | None = None
    round_: dict[str, dict[str, Batch]] = {}
    for operation in OPERATIONS:
        if given is None:
            pairs = journey.issue(count)
        else:
            pairs = journey.resolve(given) if operation == "resolve" else journey.execute(given)
        echoed = generator.fire(ports["echo"], [echo for _, echo in pairs])
        given = generator.fire(ports["simulator"], [real for real, _ in pairs])
        wrong = unexpected(echoed, (201,)) + unexpected(given, (200, 201))
        if wrong:
            raise SystemExit(f"Mesure impossible : {len(wrong)} réponses inattendues, par exemple {wrong[0]}")
        round_[operation] = {"echo": echoed, "simulator": given}
    return round_


def summary(rounds: list[dict[str, dict[str, Batch]]]) -> dict[str, Any]:
    """Medians over rounds; latencies of all rounds together."""
    rows = {}
    for operation in OPERATIONS:
        pairs = [round_[operation] for round_ in rounds]
        ratios = [pair["simulator"].rate / pair["echo"].rate for pair in pairs]
        latencies = [value for pair in pairs for value in pair["simulator"].latencies_ms]
        cuts = quantiles(latencies, n=100)
        rows[operation] = {
            "ratio": round(median(ratios), 3),
            "ratios": [round(ratio, 3) for ratio in ratios],
            "floor": FLOORS.get(operation),
            "simulator_rps": round(median(pair["simulator"].rate for pair in pairs)),
            "echo_rps": round(median(pair["echo"].rate for pair in pairs)),
            "p50_ms": round(cuts[49], 1),
            "p99_ms": round(cuts[98], 1),
            "generator_busy": {
                side: round(median(pair[side].busy for pair in pairs), 2) for side in ("simulator", "echo")
            },
        }
    return rows


def show(rows: dict[str, Any]) -> None:
    from rich.console import Console
    from rich.table import Table

    table = Table(title="Simulateur contre écho FastAPI nu : même corps, tours alternés", title_justify="left")
    for column in ("opération", "rapport", "plancher", "simul.", "écho", "p50", "p99", "génér."):
        table.add_column(column, justify="left" if column == "opération" else "right", no_wrap=True)
    for operation, row in rows.items():
        busy = row["generator_busy"]
        table.add_row(
            NAMES[operation],
            f"{row['ratio']:.2f}",
            "—" if row["floor"] is None else f"{row['floor']:.2f}",
            str(row["simulator_rps"]),
            str(row["echo_rps"]),
            f"{row['p50_ms']:.0f}",
            f"{row['p99_ms']:.0f}",
            f"{busy['simulator']:.0%}/{busy['echo']:.0%}",
        )
    console = Console()
    console.print(table)
    console.print("simul., écho : requêtes par seconde ; p50, p99 : millisecondes, côté simulateur.", soft_wrap=True)
    console.print(
        "génér. : part d'un cœur prise par le générateur ; au-delà de 90 %, c'est lui qui limite.", soft_wrap=True
    )


def main() -> None:
    runs = Path("runs")
    runs.mkdir(exist_ok=True)
    with ExitStack() as stack:
        # Beside the results, not in /tmp, which may be a memory file system: durability must be paid for.
        home = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="bench-", dir=runs.resolve())))
        database = f"sqlite:///{home / 'bench.sqlite'}"
        running = stack.enter_context(simulator("--database", database, data=home))
        bench = stack.enter_context(closing(BenchClient(running.url, running.bench_token, timeout=60.0)))
        ports = {
            "simulator": int(urlsplit(running.url).port or 80),
            "echo": stack.enter_context(echo_server()),
        }
        journey = stack.enter_context(closing(Journey(bench, "banc-fse-mesure")))
        generator = stack.enter_context(Generator(CONNECTIONS))
        one_round(generator, journey, ports, WARM_UP)
        rounds = [one_round(generator, journey, ports, COUNT) for _ in range(ROUNDS)]
        size = (home / "bench.sqlite").stat().st_size
    rows = summary(rounds)
    document = {
        "schema": "banc-fse/bench/1",
        "connections": CONNECTIONS,
        "rounds": ROUNDS,
        "requests_per_round": COUNT,
        "database_bytes": size,
        "machine": {
            "cpus": os.cpu_count(),
            "python": platform.python_version(),
            "system": platform.platform(),
        },
        "operations": rows,
    }
    (runs / "bench.json").write_text(json.dumps(document, indent=1, sort_keys=True) + "\n", encoding="utf-8")
    show(rows)
    print("Détail : runs/bench.json")


if __name__ == "__main__":
    main()
