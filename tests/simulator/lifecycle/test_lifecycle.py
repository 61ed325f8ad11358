"""Thousands of steps of several people on a few sheets: the simulator never answers otherwise than the naive book.

`FSE_LIFECYCLE_STEPS` asks for a longer run (20000, say), which must have been everywhere in both tables;
`FSE_LIFECYCLE_SEED` for another one.
"""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, Phase, seed, settings
from hypothesis.stateful import run_state_machine_as_test

from simulator.care_sheets.states import Transition
from simulator.kit.problems import Problem
from simulator.resolutions.model import Action, Standing, decide
from tests.simulator.database import SERVER
from tests.simulator.lifecycle.coverage import UNREACHABLE, counted
from tests.simulator.lifecycle.door import Door, open_door
from tests.simulator.lifecycle.machine import ACTIONS, LEASE_ACTIONS, WEIGHTS, Lifecycle
from tests.simulator.lifecycle.planted import FAULTS, Plant
from tests.simulator.lifecycle.watch import START, a_lease

STEPS = int(os.environ.get("FSE_LIFECYCLE_STEPS", "600" if SERVER else "2400"))
SEED = int(os.environ.get("FSE_LIFECYCLE_SEED", "2026"))
PER_RUN = 60
LONG = 15_000
"""Steps from which a walk must have taken every row; a short one, most of them."""


@pytest.fixture(scope="module")
def door() -> Iterator[Door]:
    opened = open_door()
    Lifecycle.door = opened
    yield opened
    opened.close()


def walk(steps: int, at: int = SEED, per_run: int = PER_RUN) -> None:
    """Run the machine for about that many steps; raises AssertionError at the first divergence."""
    wanted = settings(
        max_examples=max(1, steps // per_run),
        stateful_step_count=per_run,
        deadline=None,
        database=None,
        phases=(Phase.generate,),
        suppress_health_check=list(HealthCheck),
        print_blob=False,
        report_multiple_bugs=False,
    )
    run_state_machine_as_test(seed(at)(type("Life", (Lifecycle,), {})), settings=wanted)


def test_every_transition_and_every_action_of_a_lease_has_an_action() -> None:
    assert set(ACTIONS) == set(Transition)
    assert set(LEASE_ACTIONS) == set(Action)
    assert {*ACTIONS.values(), *LEASE_ACTIONS.values()} <= set(WEIGHTS)


@pytest.mark.long
def test_the_simulator_and_the_naive_book_never_diverge(door: Door) -> None:
    with counted() as rows:
        walk(STEPS)
    missing = rows.missing()
    bearable = 0 if STEPS >= LONG else rows.total // 5 if STEPS >= 2000 else rows.total
    assert len(missing) <= bearable, "\n".join(missing)


@pytest.mark.parametrize("standing", [Standing.OURS, Standing.CLOSING])
def test_an_establishment_that_prescribes_and_executes_is_a_holder_like_another(standing: Standing) -> None:
    assert {(standing, Action.CANCEL), (standing, Action.REPLACE)} <= UNREACHABLE
    lease, closing = a_lease("PHA-KEN-01"), standing is Standing.CLOSING
    outcomes = []
    for place in ("PHA-KEN-01", "CAB-KEN-01"):
        outcomes.append(decide(lease, place, Action.CANCEL, START, closing=closing))
        with pytest.raises(Problem, match="cannot-replace"):
            decide(lease, place, Action.REPLACE, START, closing=closing)
    assert outcomes[0] is outcomes[1]


@pytest.mark.skipif(bool(SERVER), reason="what the machine can see does not depend on the database")
@pytest.mark.parametrize("plant", FAULTS, ids=lambda plant: plant.__name__)
def test_a_planted_fault_makes_them_diverge(plant: Plant, door: Door, monkeypatch: pytest.MonkeyPatch) -> None:
    plant(monkeypatch)
    with pytest.raises(AssertionError):
        for start in range(5, 11):  # several short walks differ more than one long one
            walk(400, at=start, per_run=40)
