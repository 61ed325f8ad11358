"""Slug → the smallest story that ends in that refusal."""

from __future__ import annotations

from collections.abc import Callable

from tests.simulator.catalogue.scene import Scene
from tests.simulator.lifecycle.door import Reply

Scenario = Callable[[Scene], Reply]
SCENARIOS: dict[str, Scenario] = {}


def reaches(slug: str) -> Callable[[Scenario], Scenario]:
    """The decorated story ends in an answer whose code is `slug`."""

    def register(scenario: Scenario) -> Scenario:
        assert slug not in SCENARIOS, f"{slug} has two scenarios"
        SCENARIOS[slug] = scenario
        return scenario

    return register
