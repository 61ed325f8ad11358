"""`python -m benchmarks` (`make bench`): the simulator against a bare FastAPI echo, as ratios, in one run.

The simulator is as users run it: a durable SQLite file, authentication, idempotency, journal, audit. The ratio of an
operation is the median over rounds of simulator rate ÷ echo rate. Floors are displayed, never asserted.
"""

from __future__ import annotations

import argparse
import json
import tempfile
from contextlib import ExitStack, closing
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from benchmarks import crowd, fsync, worlds
from benchmarks.generator import Generator
from benchmarks.journey import Journey
from benchmarks.machine import described, on_one_core
from benchmarks.rounds import Target, echo_server, one_round, summary
from client.bench import BenchClient
from client.launch import simulator

CONNECTIONS, ROUNDS, WARM_UP, COUNT = 32, 9, 160, 640
NAMES = {"issue": "émission", "resolve": "lecture+prise", "execute": "exécution"}
NOTES = (
    "rapport : simulateur ÷ écho (≥ plancher) ; simul., écho : requêtes par seconde ; p99 : millisecondes.",
    "CPU : millisecondes de processeur par requête, simulateur/écho ; les autres travaux de la machine n'y pèsent pas.",
    "génér. : part d'un cœur prise par le générateur ; au-delà de 90 %, c'est lui qui limite.",
)


def show(rows: dict[str, Any]) -> None:
    from rich.console import Console
    from rich.table import Table

    table = Table(title="Simulateur contre écho FastAPI nu : même corps, tours alternés", title_justify="left")
    for column in ("opération", "rapport", "simul.", "écho", "CPU", "p99", "génér."):
        table.add_column(column, justify="left" if column == "opération" else "right", no_wrap=True)
    for operation, row in rows.items():
        busy, cpu = row["generator_busy"], row["server_cpu_ms"]
        floor = "" if row["floor"] is None else f" (≥ {row['floor']:.2f})"
        table.add_row(
            NAMES[operation],
            f"{row['ratio']:.2f}{floor}",
            str(row["simulator_rps"]),
            str(row["echo_rps"]),
            f"{cpu['simulator']}/{cpu['echo']}" if cpu["echo"] else "—",
            f"{row['p99_ms']:.0f}",
            f"{busy['simulator']:.0%}/{busy['echo']:.0%}",
        )
    console = Console()
    console.print(table)
    for note in NOTES:
        console.print(note, soft_wrap=True)


def main() -> None:
    arguments = argparse.ArgumentParser(prog="python -m benchmarks", description="Mesures du simulateur, en rapports.")
    arguments.add_argument("--fsync", action="store_true", help="ce qu'un disque plus lent laisse du débit")
    arguments.add_argument("--worlds", action="store_true", help="des mondes qui vont et viennent parmi 200 autres")
    chosen = arguments.parse_args()
    runs = Path("runs")
    runs.mkdir(exist_ok=True)
    if chosen.fsync:
        fsync.main(runs)
    elif chosen.worlds:
        crowd.main(runs)
    else:
        against_echo(runs)


def against_echo(runs: Path) -> None:
    """The simulator against the echo: measure, keep, show."""
    with ExitStack() as stack:
        # Beside the results, not in /tmp, which may be a memory file system: durability must be paid for.
        home = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="bench-", dir=runs.resolve())))
        database = f"sqlite:///{home / 'bench.sqlite'}"
        running = stack.enter_context(simulator("--database", database, data=home))
        bench = stack.enter_context(closing(BenchClient(running.url, running.bench_token, timeout=60.0)))
        targets = {
            "simulator": Target(int(urlsplit(running.url).port or 80), running.pid),
            "echo": stack.enter_context(echo_server()),
        }
        journey = stack.enter_context(closing(Journey(bench, "banc-fse-mesure")))
        generator = stack.enter_context(Generator(CONNECTIONS))
        pinned = on_one_core([target.pid for target in targets.values()], generator.pid)
        one_round(generator, journey, targets, WARM_UP)
        rounds = [one_round(generator, journey, targets, COUNT) for _ in range(ROUNDS)]
        size = (home / "bench.sqlite").stat().st_size
        alone = stack.enter_context(Generator(1))
        _, small = journey.issue(1)[0]
        made = worlds.measure(bench, lambda: targets["echo"].take(alone, [small]).batch.latencies_ms[0])
    rows = summary(rounds)
    document = {
        "schema": "banc-fse/bench/1",
        "connections": CONNECTIONS,
        "rounds": ROUNDS,
        "requests_per_round": COUNT,
        "database_bytes": size,
        "machine": {**described(), "one_core": pinned},
        "operations": rows,
        "new_world": made,
    }
    (runs / "bench.json").write_text(json.dumps(document, indent=1, sort_keys=True) + "\n", encoding="utf-8")
    show(rows)
    print(worlds.told(made))
    print("Détail : runs/bench.json")


if __name__ == "__main__":
    main()
