"""Thousands of steps of several people on a few sheets: the simulator never answers otherwise than the naive book.

`FSE_LIFECYCLE_STEPS` asks for a longer run (20000, say), `FSE_LIFECYCLE_SEED` for another one.
"""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, Phase, seed, settings
from hypothesis.stateful import run_state_machine_as_test

from simulator.app import create_app
from simulator.settings import Settings
from tests.simulator.lifecycle.door import TOKEN, Door
from tests.simulator.lifecycle.machine import Lifecycle

STEPS = int(os.environ.get("FSE_LIFECYCLE_STEPS", "3000"))
SEED = int(os.environ.get("FSE_LIFECYCLE_SEED", "2026"))
PER_RUN = 60


@pytest.fixture(scope="module")
def door() -> Iterator[Door]:
    opened = Door(create_app(Settings(base_url="http://127.0.0.1:8700", bench_token=TOKEN)))
    Lifecycle.door = opened
    yield opened
    opened.close()


def walk(steps: int, at: int = SEED) -> None:
    """Run the machine for about that many steps; raises AssertionError at the first divergence."""
    wanted = settings(
        max_examples=max(1, steps // PER_RUN),
        stateful_step_count=PER_RUN,
        deadline=None,
        database=None,
        phases=(Phase.generate,),
        suppress_health_check=list(HealthCheck),
        print_blob=False,
    )
    run_state_machine_as_test(seed(at)(type("Life", (Lifecycle,), {})), settings=wanted)


def test_the_simulator_and_the_naive_book_never_diverge(door: Door) -> None:
    walk(STEPS)
