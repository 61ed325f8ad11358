"""How long a new world takes: a campaign makes one for each of its cases."""

from __future__ import annotations

from collections.abc import Callable
from statistics import median
from time import perf_counter
from typing import Any

from client.bench import BenchClient

MANY, MOST_MS = 20, 50


def measure(bench: BenchClient, echo: Callable[[], float]) -> dict[str, Any]:
    """Make `MANY` worlds one after the other, each just after a request to the echo, and delete them.

    `echo` sends that request and says how many milliseconds it took.
    """
    took, echoed = [], []
    for number in range(MANY):
        echoed.append(echo())
        begun = perf_counter()
        world = bench.create_world(seed=f"monde-{number}")
        took.append(1000 * (perf_counter() - begun))
        bench.delete_world(world["id"])
    return {
        "best_ms": round(min(took), 1),
        "median_ms": round(median(took), 1),
        "most_ms": MOST_MS,
        "echoes": round(median(took) / median(echoed), 1),
    }


def told(row: dict[str, Any]) -> str:
    """A French line."""
    return (
        f"Un monde neuf : {row['best_ms']:.0f} ms au mieux (≤ {row['most_ms']}), {row['median_ms']:.0f} ms en médiane, "
        f"soit {row['echoes']:.0f} requêtes à l'écho."
    )
