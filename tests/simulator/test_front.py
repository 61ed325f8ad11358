"""What FastAPI serves, and what it does not (ADR 0019)."""

from __future__ import annotations

import logging
from typing import Any

import pytest


def test_a_request_to_a_world_does_not_pass_through_the_framework(
    platform: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def called(*_: Any) -> None:
        raise AssertionError("FastAPI was called")

    monkeypatch.setattr(platform.simulator, "_front", called)
    assert platform("GET", "/w/default/v1/health").status_code == 200
    assert platform("GET", "/w/none/v1/health").status_code == 404
    with pytest.raises(AssertionError, match="FastAPI was called"):
        platform("GET", "/health")


@pytest.mark.parametrize(
    ("method", "path", "allowed"),
    [
        ("PATCH", "/bench/v1/worlds", "GET, POST"),
        ("POST", "/bench/v1/worlds/default", "DELETE, GET"),
        ("HEAD", "/health", "GET"),
        ("DELETE", "/docs/api", "GET"),
    ],
)
def test_every_method_that_an_address_has_is_said(platform: Any, method: str, path: str, allowed: str) -> None:
    answer = platform.bench(method, path.removeprefix("/bench/v1")) if "bench" in path else platform(method, path)
    assert (answer.status_code, answer.headers["allow"]) == (405, allowed)
    assert method == "HEAD" or answer.json()["code"] == "method-not-allowed"


def test_nothing_of_the_bench_is_said_to_who_may_not_call_it(platform: Any) -> None:
    for method, path in (("GET", "/bench/v1/nowhere"), ("PATCH", "/bench/v1/worlds"), ("GET", "/bench/")):
        answer = platform(method, path)
        assert (answer.status_code, answer.json()["code"]) == (401, "bench-token-required")


def test_a_fault_of_ours_is_a_problem_and_a_line_in_the_log(
    platform: Any, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    async def broken(_: str) -> None:
        raise RuntimeError("boom")

    monkeypatch.setattr(platform.simulator.worlds, "find", broken)
    with caplog.at_level(logging.ERROR):
        answer = platform.bench("GET", "/worlds/default")
    assert (answer.status_code, answer.json()["code"]) == (500, "internal-error")
    assert "boom" not in answer.text and "boom" in caplog.text
