"""`python -m benchmarks --worlds`: worlds made, kept, cloned, brought back and born again, while 200 others are there.

The simulator keeps them in a durable file, with a list of medicines as long as the public one. Each operation is
measured on a world where some sheets were issued, held and executed; its floor is displayed, never asserted.
"""

from __future__ import annotations

import json
import os
import tempfile
from collections.abc import Callable
from contextlib import ExitStack, closing
from pathlib import Path
from statistics import median, quantiles
from time import perf_counter
from typing import Any

from benchmarks.journey import Journey
from benchmarks.machine import described
from client.bench import BenchClient
from client.launch import simulator

ALIVE, MANY, SHEETS, MOST_MS = 200, 40, 10, 50
REAL_LIST = "meds_reference_cnops2014.csv"
NAMES = {
    "create": "création",
    "snapshot": "instantané",
    "restore": "retour",
    "reset": "remise à neuf",
    "clone": "clone",
    "delete": "suppression",
}


def measure(bench: BenchClient, model: str, alive: int = ALIVE, many: int = MANY) -> dict[str, Any]:
    """`alive` worlds, then each operation `many` times, in turn; `model`: the world whose clones are worked on."""
    for number in range(alive):
        bench.create_world(seed=f"foule-{number}")
    took: dict[str, list[float]] = {name: [] for name in NAMES}

    def timed(name: str, deed: Callable[[], Any]) -> Any:
        begun = perf_counter()
        answer = deed()
        took[name].append(1000 * (perf_counter() - begun))
        return answer

    for number in range(many):
        made = timed("create", lambda number=number: bench.create_world(seed=f"monde-{number}"))  # type: ignore[misc]
        copy = timed("clone", lambda: bench.clone_world(model))["id"]
        timed("snapshot", lambda copy=copy: bench.take_snapshot(copy, "avant"))  # type: ignore[misc]
        timed("restore", lambda copy=copy: bench.restore_snapshot(copy, "avant"))  # type: ignore[misc]
        timed("reset", lambda copy=copy: bench.reset_world(copy))  # type: ignore[misc]
        timed("delete", lambda copy=copy: bench.delete_world(copy))  # type: ignore[misc]
        bench.delete_world(made["id"])
    return {name: _row(some) for name, some in took.items()}


def _row(took: list[float]) -> dict[str, float]:
    return {"median_ms": round(median(took), 1), "p95_ms": round(quantiles(took, n=20)[-1], 1), "most_ms": MOST_MS}


def lived(bench: BenchClient) -> str:
    """A world where sheets were issued, held and executed."""
    with closing(Journey(bench, "banc-fse-foule")) as journey:
        prescriber, pharmacy = journey.clients["prescriber"], journey.clients["pharmacy"]
        for _ in range(SHEETS):
            sheet = prescriber.issue(journey.sheet())
            held = pharmacy.resolve(scan=sheet["qr"]["payload"])
            pharmacy.execute(held, journey.now, journey.done(held))
        return str(journey.path.rpartition("/")[2])


def main(runs: Path) -> None:
    """Measure, keep, show."""
    folder = os.environ.get("FSE_REAL_LISTS")
    file = Path(folder) / REAL_LIST if folder else None
    with ExitStack() as stack:
        home = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="foule-", dir=runs.resolve())))
        options = ["--database", f"sqlite:///{home / 'bench.sqlite'}"]
        if file is not None and file.is_file():
            options += ["--medicines", str(file)]
        running = stack.enter_context(simulator(*options, data=home))
        bench = stack.enter_context(closing(BenchClient(running.url, running.bench_token, timeout=60.0)))
        lists = bench.nomenclatures()["nomenclatures"]
        medicines = next(int(one["rows"]) for one in lists if one["current"])
        rows = measure(bench, lived(bench))
    document = {
        "schema": "banc-fse/worlds/1",
        "worlds_alive": ALIVE,
        "times": MANY,
        "sheets": SHEETS,
        "medicines": medicines,
        "machine": described(),
        "operations": rows,
    }
    (runs / "bench-worlds.json").write_text(json.dumps(document, indent=1, sort_keys=True) + "\n", encoding="utf-8")
    print(told(document))


def told(document: dict[str, Any]) -> str:
    """French lines."""
    lines = [
        f"{NAMES[name]:<14} {row['median_ms']:6.1f} ms en médiane (≤ {row['most_ms']}), {row['p95_ms']:6.1f} ms au 95e"
        for name, row in document["operations"].items()
    ]
    head = f"{document['worlds_alive']} mondes vivants, liste de {document['medicines']} médicaments :"
    return "\n".join([head, *lines, "Détail : runs/bench-worlds.json"])
