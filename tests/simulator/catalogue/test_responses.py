"""Every answer that the OpenAPI document promises is seen, and none that it does not."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator

import pytest

from tests.simulator.catalogue import approvals, care, faults, protocol, reviews
from tests.simulator.catalogue.more import MORE
from tests.simulator.catalogue.registry import SCENARIOS
from tests.simulator.catalogue.scene import Scene
from tests.simulator.catalogue.sweep import Contract, Ear, sweep
from tests.simulator.lifecycle.door import open_door

assert approvals and care and faults and protocol and reviews


@pytest.fixture(scope="module")
def heard() -> Iterator[tuple[Contract, Ear, list[str]]]:
    """Every story and every golden call, played once: the contract, who answered what, and what went wrong."""
    logging.getLogger("simulator").setLevel(logging.CRITICAL)
    door = open_door()
    contract = Contract(json.loads(door.simulator.openapi()))
    ear = Ear(contract)
    door.heard.append(ear)
    wrong = sweep(door, contract)
    for slug, story in SCENARIOS.items():
        try:
            story(Scene(door))
        except AssertionError as stopped:
            wrong.append(f"the story of {slug} stopped: {stopped}")
    for slug, story in MORE:
        assert (reply := story(Scene(door))).slug == slug, reply
    yield contract, ear, wrong
    door.close()
    logging.getLogger("simulator").setLevel(logging.NOTSET)


def test_every_operation_has_a_call_that_succeeds(heard: tuple[Contract, Ear, list[str]]) -> None:
    assert heard[2] == []


def test_every_documented_response_is_seen(heard: tuple[Contract, Ear, list[str]]) -> None:
    contract, ear, _ = heard
    assert sorted(contract.declared() - set(ear.answers)) == []


def test_every_response_seen_is_documented(heard: tuple[Contract, Ear, list[str]]) -> None:
    contract, ear, _ = heard
    assert sorted(set(ear.answers) - contract.declared()) == []


def test_every_refusal_seen_is_named_by_its_operation(heard: tuple[Contract, Ear, list[str]]) -> None:
    contract, ear, _ = heard
    seen = {(name, slug) for (name, _), slugs in ear.answers.items() for slug in slugs if slug}
    assert sorted(seen - contract.slugs() - {(n, "world-not-found") for n in contract.operations}) == []
