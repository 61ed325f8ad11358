"""Measured reading rates, condition by condition and reader by reader, their intervals, the floors they must hold.

Every image has its own payload and its own accidents, drawn from (seed, dpi, condition, index): the same seed gives
the same table on any number of processes. A reading counts when the whole text is right; a wrong text is counted
apart, as it should never be.
"""

from __future__ import annotations

import math
import multiprocessing
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from PIL import Image

from client.codes import CodeFault, another_number, to_base45
from client.reading import read_patiently, read_zbar, read_zxing, zbar_available
from qrlab.conditions import conditions, under
from qrlab.damage import drawn
from qrlab.keyboard import recovered, typed
from qrlab.render import LEVELS, MODULE_MM, Level, render

DPIS = (203, 300)
READERS = ("zxing", "zbar", "both")
AZERTY = "azerty"
PUBLISHED_IMAGES = 200  # a condition: below, the floors say little
MEAN_FLOOR = 0.9
FULL_FLOOR = ("clean", "low-contrast", AZERTY)
_LOT = 10  # images that a process takes at once
Counts = dict[str, Counter[str]]  # reader → read, wrong, missed


@dataclass(frozen=True)
class Plan:
    """What is measured: so many images of each condition at each resolution."""

    images: int = PUBLISHED_IMAGES
    seed: str = "banc-fse-qr"
    dpis: tuple[int, ...] = DPIS
    module_mm: float = MODULE_MM
    level: Level = "M"


def measure(plan: Plan, processes: int = 1, progress: Callable[[int, int], None] | None = None) -> dict[str, Any]:
    """The results, as `fse qr bench --json` prints them. `progress` is told (images done, images to do)."""
    assert plan.level in LEVELS
    rows = [(dpi, name) for dpi in plan.dpis for name in (*conditions(), AZERTY)]
    lots = [
        (plan, dpi, name, range(at, min(at + _LOT, plan.images)))
        for dpi, name in rows
        for at in range(0, plan.images, _LOT)
    ]
    found: dict[tuple[int, str], Counts] = {row: {reader: Counter() for reader in READERS} for row in rows}
    done = 0
    with _workers(processes) as run:
        for (_, dpi, name, which), counts in zip(lots, run(_lot, lots), strict=True):
            for reader, counted in counts.items():
                found[dpi, name][reader] += counted
            done += len(which)
            if progress:
                progress(done, len(rows) * plan.images)
    return _results(plan, found)


def payload(seed: str) -> str:
    """A payload of 148 characters whose number and dates are well formed; nobody signed it."""
    draw = drawn(f"{seed}/payload")
    number = another_number(f"26{int(draw.integers(10**12)):012d}00")
    day = int(draw.integers(1000, 2000))
    head = bytes([1, 0, 7]) + int(number).to_bytes(7, "big") + day.to_bytes(2, "big") + (day + 90).to_bytes(2, "big")
    return "FSE1:" + to_base45(head + b"\x01" + draw.bytes(80))


def wilson(read: int, of: int, z: float = 1.96) -> tuple[float, float]:
    """The Wilson interval (95 % by default) of a rate that was measured as `read` of `of`."""
    if not of:
        return 0.0, 1.0
    rate, spread = read / of, z * z / of
    middle = (rate + spread / 2) / (1 + spread)
    half = z * math.sqrt(rate * (1 - rate) / of + spread / (4 * of)) / (1 + spread)
    return max(0.0, middle - half), min(1.0, middle + half)


def exit_code(results: dict[str, Any]) -> int:
    """0 every floor holds, 1 one is missed, 4 ZBar is not there: nothing can be said."""
    if not results["zbar_available"]:
        return 4
    return 0 if all(floor["held"] for floor in results["floors"]) else 1


def _lot(lot: tuple[Plan, int, str, range]) -> Counts:
    plan, dpi, name, which = lot
    counts: Counts = {reader: Counter() for reader in READERS}
    for index in which:
        seed = f"{plan.seed}/{dpi}/{name}/{index}"
        text = payload(seed)
        condition = conditions()["clean" if name == AZERTY else name]
        drawing = render(text, module_mm=plan.module_mm, dpi=dpi, level=plan.level)
        image = under(condition, drawing, seed, dpi)
        for reader, texts in _read(image).items():
            if name == AZERTY:
                texts = [_through_azerty(read) for read in texts]
            counts[reader]["read" if set(texts) == {text} else "wrong" if texts else "missed"] += 1
    return counts


def _read(image: Image.Image) -> dict[str, list[str]]:
    alone = {"zxing": read_zxing(image), "zbar": read_zbar(image, patient=True) if zbar_available() else []}
    return {
        name: [reading.text for reading in found] for name, found in {**alone, "both": read_patiently(image)}.items()
    }


def _through_azerty(text: str) -> str:
    """What a software recovers when a scanner in US keys types this on an AZERTY computer."""
    try:
        return recovered(typed(text, "azerty", "CR"))[0]
    except (CodeFault, KeyError):
        return ""


def _results(plan: Plan, found: dict[tuple[int, str], Counts]) -> dict[str, Any]:
    tables: dict[str, Any] = {}
    for dpi in plan.dpis:
        rows = {name: _row(found[dpi, name]) for name in (*conditions(), AZERTY)}
        six = {reader: sum((found[dpi, name][reader] for name in conditions()), Counter[str]()) for reader in READERS}
        tables[str(dpi)] = {"conditions": rows, "mean": _row(six)}
    return {
        "seed": plan.seed,
        "images": plan.images,
        "module_mm": plan.module_mm,
        "level": plan.level,
        "zbar_available": zbar_available(),
        "dpi": tables,
        "floors": list(_floors(tables)) if zbar_available() else [],
    }


def _floors(tables: dict[str, Any]) -> Iterator[dict[str, Any]]:
    for dpi, table in tables.items():
        wanted = [("mean", table["mean"], MEAN_FLOOR)]
        wanted += [(name, table["conditions"][name], 1.0) for name in FULL_FLOOR]
        for name, row, floor in wanted:
            rate = row["both"]["rate"]
            yield {"dpi": int(dpi), "what": name, "asked": floor, "got": rate, "held": rate >= floor}


def _row(counts: Counts) -> dict[str, Any]:
    return {reader: _cell(counted) for reader, counted in counts.items()}


def _cell(counted: Counter[str]) -> dict[str, Any]:
    of = counted.total()
    low, high = wilson(counted["read"], of)
    rate = counted["read"] / of if of else 0.0
    return {"read": counted["read"], "of": of, "wrong": counted["wrong"], "rate": rate, "low": low, "high": high}


@contextmanager
def _workers(processes: int) -> Iterator[Callable[..., Iterator[Counts]]]:
    """A map over lots, in their order: here, or in that many processes."""
    if processes <= 1:
        yield lambda act, lots: map(act, lots)
        return
    with ProcessPoolExecutor(processes, mp_context=multiprocessing.get_context("spawn")) as pool:
        yield pool.map
