"""Where the time of a world ends: one bound, one refusal, and a world that works until there."""

from __future__ import annotations

from typing import Any

import pytest

from simulator.kit import clock
from tests.simulator.conftest import Platform, sheet_request

LAST = clock.to_text(clock.LAST)
FAR = ["2099-01-01T00:00:00Z", "2100-01-01T00:00:00Z", "2106-02-03T04:05:06Z", "9000-01-01T00:00:00Z"]


def _refused(answer: Any, pointer: str | None = None) -> None:
    assert (answer.status_code, answer.json()["code"]) == (422, "invalid-payload"), answer.text
    [error] = answer.json()["errors"]
    assert (error["code"], error["detail"]) == ("too-far", clock.TOO_FAR)
    assert "31 décembre 2098" in error["detail"] and pointer in (None, error["pointer"])


@pytest.mark.parametrize("instant", FAR)
def test_no_clock_goes_beyond(platform: Platform, instant: str) -> None:
    _refused(platform.bench("POST", "/worlds", json={"now": instant}), "/now")
    id = platform.world()["id"]
    _refused(platform.bench("PUT", f"/worlds/{id}/clock", json={"now": instant}))
    seconds = int((clock.parse(instant) - clock.parse("2026-11-23T09:00:00Z")).total_seconds())
    for many in (seconds, 10**12, 10**18):
        _refused(platform.bench("POST", f"/worlds/{id}/clock/advance", json={"seconds": many}))
    assert platform.bench("GET", f"/worlds/{id}/clock").json()["now"] == "2026-11-23T09:00:00Z"


def test_the_last_instant_is_a_day_as_any_other(platform: Platform) -> None:
    world = platform.world(now=LAST)
    assert platform.bench("PUT", f"/worlds/{world['id']}/clock", json={"now": LAST}).status_code == 200
    headers = {**platform.bearer(world, "gp"), "idempotency-key": "k", "fse-version": "2026-01-01"}
    path, body = f"{world['issuer']}/v1/care-sheets", sheet_request(date_of_care="2098-12-31", rights_acknowledged=True)
    issued = platform("POST", path, json=body, headers=headers)
    assert issued.status_code == 201, issued.text
    assert issued.json()["number"].startswith("98") and issued.json()["valid_until"] == "2099-03-31"
    _refused(platform.bench("POST", f"/worlds/{world['id']}/clock/advance", json={"seconds": 1}))


@pytest.mark.parametrize("day", ["2100-01-01", "2106-02-03", "9999-12-31"])
def test_a_date_of_care_says_the_same(platform: Platform, day: str) -> None:
    world = platform.world()
    headers = {**platform.bearer(world, "gp"), "idempotency-key": "k", "fse-version": "2026-01-01"}
    answer = platform(
        "POST", f"{world['issuer']}/v1/care-sheets", json=sheet_request(date_of_care=day), headers=headers
    )
    _refused(answer, "/date_of_care")


@pytest.mark.parametrize(
    "instant", ["1999-01-01T00:00:00Z", "2100-02-30T00:00:00Z", "2100-01-01", "21000-01-01T00:00:00Z"]
)
def test_what_is_no_instant_is_malformed(platform: Platform, instant: str) -> None:
    answer = platform.bench("POST", "/worlds", json={"now": instant})
    assert [error["code"] for error in answer.json()["errors"]] == ["malformed"]
