"""`python -m benchmarks --fsync` (`make bench-fsync`): what a disk slower by 5 ms a synchronisation leaves of the rate.

Two simulators, each on its own durable file, one as it is and one whose every fsync and fdatasync takes 5 ms more;
batches alternate. The share kept is the median over rounds of slowed rate ÷ plain rate.
"""

from __future__ import annotations

import json
import tempfile
from collections.abc import Mapping
from contextlib import ExitStack, closing
from pathlib import Path
from statistics import median
from typing import Any
from urllib.parse import urlsplit

from benchmarks.generator import Batch, Generator
from benchmarks.journey import OPERATIONS, Journey, unexpected
from benchmarks.machine import described
from benchmarks.slow_disk import NotMeasured, compiled
from client.bench import BenchClient
from client.launch import simulator

DELAY_MS, FLOOR = 5, 0.50
CONNECTIONS, ROUNDS, WARM_UP, COUNT = 32, 5, 100, 400
Round = dict[str, dict[str, Batch]]
"""Operation → side (``plain``, ``slowed``) → what was measured."""


class Side:
    """One simulator under measure."""

    def __init__(self, stack: ExitStack, home: Path, environment: Mapping[str, str]) -> None:
        home.mkdir()
        options = ("--database", f"sqlite:///{home / 'bench.sqlite'}")
        running = stack.enter_context(simulator(*options, data=home, environment=environment))
        bench = stack.enter_context(closing(BenchClient(running.url, running.bench_token, timeout=60.0)))
        self.port = int(urlsplit(running.url).port or 80)
        self.journey = stack.enter_context(closing(Journey(bench, "banc-fse-mesure")))

    def take(self, generator: Generator, operation: str, given: Batch | None, count: int) -> Batch:
        """One batch of that operation, fed by the answers of the one before."""
        if given is None:
            pairs = self.journey.issue(count)
        else:
            pairs = self.journey.resolve(given) if operation == "resolve" else self.journey.execute(given)
        batch = generator.fire(self.port, [real for real, _ in pairs])
        if wrong := unexpected(batch, (200, 201)):
            raise SystemExit(f"Mesure impossible : {len(wrong)} réponses inattendues, par exemple {wrong[0]}")
        return batch


def one_round(generator: Generator, sides: Mapping[str, Side], count: int) -> Round:
    """Issue, hold and execute `count` sheets on each side, batch after batch."""
    given: dict[str, Batch | None] = dict.fromkeys(sides)
    round_: Round = {}
    for operation in OPERATIONS:
        round_[operation] = {}
        for name, side in sides.items():
            batch = side.take(generator, operation, given[name], count)
            given[name] = round_[operation][name] = batch
    return round_


def summary(rounds: list[Round]) -> dict[str, Any]:
    """Medians over rounds. Raises NotMeasured when no answer of the slowed side waited for the disk."""
    quickest = min(min(round_["issue"]["slowed"].latencies_ms) for round_ in rounds)
    if quickest < DELAY_MS:
        raise NotMeasured(f"le délai n'agit pas : une émission acquittée en {quickest:.1f} ms.")
    rows = {}
    for operation in OPERATIONS:
        pairs = [round_[operation] for round_ in rounds]
        rows[operation] = {
            "kept": round(median(pair["slowed"].rate / pair["plain"].rate for pair in pairs), 3),
            "floor": FLOOR,
            "plain_rps": round(median(pair["plain"].rate for pair in pairs)),
            "slowed_rps": round(median(pair["slowed"].rate for pair in pairs)),
        }
    return rows


def measure(runs: Path, *, rounds: int = ROUNDS, count: int = COUNT, warm_up: int = WARM_UP) -> dict[str, Any]:
    """The document of ``runs/bench-fsync.json``. Raises NotMeasured."""
    with ExitStack() as stack:
        home = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="bench-", dir=runs.resolve())))
        library = compiled(home, DELAY_MS)
        sides = {
            "plain": Side(stack, home / "plain", {}),
            "slowed": Side(stack, home / "slowed", {"LD_PRELOAD": str(library)}),
        }
        generator = stack.enter_context(Generator(CONNECTIONS))
        one_round(generator, sides, warm_up)
        rows = summary([one_round(generator, sides, count) for _ in range(rounds)])
    return {
        "schema": "banc-fse/bench-fsync/1",
        "delay_ms": DELAY_MS,
        "connections": CONNECTIONS,
        "rounds": rounds,
        "requests_per_round": count,
        "machine": described(),
        "operations": rows,
    }


def main(runs: Path) -> None:
    """Measure, keep, show; one French line when it cannot be measured here."""
    try:
        document = measure(runs)
    except NotMeasured as why:
        print(f"Disque ralenti : non mesuré, {why}")
        return
    (runs / "bench-fsync.json").write_text(json.dumps(document, indent=1, sort_keys=True) + "\n", encoding="utf-8")
    show(document["operations"])
    print("Détail : runs/bench-fsync.json")


def show(rows: dict[str, Any]) -> None:
    from rich.console import Console
    from rich.table import Table

    from benchmarks.__main__ import NAMES

    title = f"Débit gardé, chaque fsync à +{DELAY_MS} ms"
    table = Table(title=title, title_justify="left")
    for column in ("opération", "débit gardé", "ralenti", "tel quel"):
        table.add_column(column, justify="left" if column == "opération" else "right", no_wrap=True)
    for operation, row in rows.items():
        kept = f"{row['kept']:.2f} (≥ {row['floor']:.2f})"
        table.add_row(NAMES[operation], kept, str(row["slowed_rps"]), str(row["plain_rps"]))
    console = Console()
    console.print(table)
    console.print(
        "ralenti, tel quel : requêtes par seconde ; les deux simulateurs alternent, lot par lot.", soft_wrap=True
    )
