"""The measuring instrument itself: the echo echoes, the generator counts, the ratio is a median of rounds."""

from __future__ import annotations

import json
from types import SimpleNamespace
from typing import Any, cast

import pytest

from benchmarks import crowd, worlds
from benchmarks.generator import Batch, Generator
from benchmarks.journey import OPERATIONS, message, unexpected
from benchmarks.rounds import SLICE, Measured, echo_server, side_by_side, summary

SCAN = {"scan": "FSE1:ABC", "hold": True}


@pytest.fixture(scope="module")
def batch() -> Batch:
    with echo_server() as echo, Generator(4) as generator:
        return generator.fire(echo.port, [message("/resolve", {**SCAN, "scan": f"FSE1:{n}"}, {}) for n in range(40)])


def test_every_request_is_answered_once_and_in_order(batch: Batch) -> None:
    assert [json.loads(body)["scan"] for _, _, body in batch.answers] == [f"FSE1:{n}" for n in range(40)]
    assert unexpected(batch, (201,)) == []
    assert len(batch.latencies_ms) == 40 and min(batch.latencies_ms) > 0
    assert batch.rate == pytest.approx(40 / batch.elapsed_s)


def test_a_refusal_is_not_counted_as_a_rate() -> None:
    refused = Batch(1.0, 0.1, [1.0, 1.0], [(200, {}, b"{}"), (409, {}, b"held")])
    assert unexpected(refused, (200, 201)) == ["409 b'held'"]


def test_the_ratio_is_the_median_over_rounds() -> None:
    def side(seconds: float) -> Measured:
        return Measured(Batch(seconds, 0.3, [1.0, 2.0, 3.0], [(200, {}, b"")] * 3), seconds)

    rounds = [{name: {"echo": side(1.0), "simulator": side(s)} for name in OPERATIONS} for s in (2.0, 4.0, 100.0)]
    row = summary(rounds)["issue"]
    assert row["ratio"] == 0.25
    assert row["ratios"] == [0.5, 0.25, 0.01]
    assert row["floor"] == 0.20
    assert row["server_cpu_ms"] == {"simulator": 4.0, "echo": 1.0}


def test_slices_alternate_and_join_as_one_batch() -> None:
    sent: list[tuple[str, int]] = []

    def target(name: str) -> Any:
        def take(_: object, requests: list[bytes]) -> Measured:
            sent.append((name, len(requests)))
            return Measured(Batch(0.5, 0.2, [1.0] * len(requests), [(201, {}, body) for body in requests]), 2.0)

        return SimpleNamespace(take=take)

    pairs = [(f"real {n}".encode(), f"echo {n}".encode()) for n in range(SLICE + 10)]
    targets = {name: target(name) for name in ("echo", "simulator")}
    measured = side_by_side(cast(Any, None), targets, pairs, 3)
    assert sent == [("simulator", SLICE), ("echo", 3 * SLICE), ("echo", 30), ("simulator", 10)]
    assert [body for _, _, body in measured["simulator"].batch.answers] == [real for real, _ in pairs]
    assert measured["echo"].batch.rate == 3 * len(pairs) / 1.0
    assert measured["simulator"].server_cpu_ms == pytest.approx(2.0)


def test_slices_of_an_unknown_processor_time_have_none() -> None:
    batch = Batch(1.0, 0.1, [1.0], [(200, {}, b"")])
    assert Measured.joined([Measured(batch, 2.0), Measured(batch, None)]).server_cpu_ms is None


def test_a_connection_that_the_server_closed_is_opened_again() -> None:
    with echo_server() as echo, Generator(2) as generator:
        requests = [message("/resolve", SCAN, {"Connection": "close"}), message("/resolve", SCAN, {})]
        assert not unexpected(generator.fire(echo.port, requests), (201,))
        assert not unexpected(generator.fire(echo.port, [requests[1]] * 4), (201,))


def test_a_new_world_is_measured_and_deleted() -> None:
    known: list[str] = []
    bench: Any = SimpleNamespace(
        create_world=lambda seed: known.append(seed) or {"id": seed},
        delete_world=known.remove,
    )
    row = worlds.measure(bench, lambda: 2.0)
    assert known == [] and 0 <= row["best_ms"] <= row["median_ms"]
    said = worlds.told({"best_ms": 12.3, "median_ms": 17.0, "most_ms": 50, "echoes": 8.5})
    assert said == "Un monde neuf : 12 ms au mieux (≤ 50), 17 ms en médiane, soit 8 requêtes à l'écho."


def test_worlds_that_come_and_go_are_measured_and_deleted() -> None:
    known: list[str] = ["model"]
    bench: Any = SimpleNamespace(
        create_world=lambda seed: known.append(seed) or {"id": seed},
        clone_world=lambda world: known.append(f"{world}-bis") or {"id": f"{world}-bis"},
        take_snapshot=lambda world, name: known.index(world),
        restore_snapshot=lambda world, name: known.index(world),
        reset_world=known.index,
        delete_world=known.remove,
    )
    rows = crowd.measure(bench, "model", alive=3, many=2)
    assert set(rows) == set(crowd.NAMES) and len(known) == 4
    said = crowd.told({"worlds_alive": 3, "medicines": 5, "operations": rows})
    assert said.startswith("3 mondes vivants, liste de 5 médicaments :\ncréation ")
