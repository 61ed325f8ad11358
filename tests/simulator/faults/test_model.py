"""When a fault happens, and what its definition may say."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from simulator.faults import kinds, model
from simulator.faults.model import Fault


def _ranks(fault: Fault, calls: int = 20, seed: str = "graine") -> list[int]:
    """The calls, of so many, at which it happens."""
    found: list[int] = []
    for rank in range(1, calls + 1):
        if fault.happens(seed, rank, len(found)):
            found.append(rank)
    return found


@pytest.mark.parametrize(
    ("said", "ranks"),
    [
        ({}, list(range(1, 21))),
        ({"count": 2}, [1, 2]),
        ({"after": 17}, [18, 19, 20]),
        ({"nth": 3}, [3]),
        ({"after": 5, "nth": 3}, [8]),
        ({"every": 7}, [7, 14]),
        ({"every": 7, "count": 1}, [7]),
        ({"after": 1, "every": 7}, [8, 15]),
    ],
    ids=str,
)
def test_it_happens_at_these_calls(said: dict[str, Any], ranks: list[int]) -> None:
    assert _ranks(Fault("after-commit", id="flt-a", **said)) == ranks


def test_chance_is_the_seeds_the_faults_and_the_ranks_alone() -> None:
    fault = Fault("after-commit", id="flt-a", probability=Decimal("0.25"))
    found = _ranks(fault, 2000)
    assert 400 < len(found) < 600
    assert found == _ranks(fault, 2000)
    assert found != _ranks(fault, 2000, seed="autre")
    assert found != _ranks(Fault("after-commit", id="flt-b", probability=Decimal("0.25")), 2000)
    assert _ranks(Fault("after-commit", id="flt-a", probability=Decimal(1)), 20) == list(range(1, 21))


def test_it_concerns_whom_and_what_it_names() -> None:
    fault = Fault("after-commit", operations=("issue-care-sheet",), client="essai")
    assert fault.concerns("essai", "issue-care-sheet")
    assert not fault.concerns("autre", "issue-care-sheet") and not fault.concerns("essai", "read-health")
    assert Fault("after-commit").concerns("", "read-health")


def test_the_table_says_every_kind() -> None:
    assert tuple(kinds.KINDS) == kinds.NAMES
    assert {name for kind in kinds.KINDS.values() for name in kind.options} == set(model.OPTIONS)


def test_what_changes_the_world_happens_once_by_default() -> None:
    assert model.completed(Fault("key-rotation")).count == 1
    assert model.completed(Fault("key-rotation", count=3)).count == 3
    assert model.completed(Fault("after-commit")).count is None


@pytest.mark.parametrize(
    ("fault", "place", "words"),
    [
        (Fault("after-commit", member="status"), "/member", "« member » ne se dit pas d'une panne after-commit"),
        (Fault("connection-reset", status=503), "/status", "aucun"),
        (Fault("after-commit", status=418), "/status", "500, 502, 503, 504"),
        (Fault("slow-drip", seconds=61), "/seconds", "de 1 à 60"),
        (Fault("mid-body", bytes=0), "/bytes", "de 1 à"),
        (Fault("clock-skew"), "/seconds", "demande « seconds »"),
        (Fault("clock-skew", seconds=86_401), "/seconds", "de -86400 à 86400"),
        (Fault("key-rotation", key="trust"), "/key", "token, qr"),
        (Fault("nomenclature-change"), "/version", "demande « version »"),
        (Fault("html", nth=1, every=2), "/nth", "« every »"),
        (Fault("html", probability=Decimal("0.00")), "/probability", "n'arrive jamais"),
        (Fault("html", events=("claim.paid",)), "/events", "webhooks"),
        (Fault("webhook-drop", operations=("issue-care-sheet",)), "/operations", "« events »"),
    ],
    ids=str,
)
def test_a_definition_that_does_not_hold_together_says_why(fault: Fault, place: str, words: str) -> None:
    errors = model.faults(fault)
    assert [error["pointer"] for error in errors] == [place]
    assert words in errors[0]["detail"]
