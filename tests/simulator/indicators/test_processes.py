"""Indicators read while care is recorded, by two processes on PostgreSQL: nothing is counted twice, nothing is lost."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from tests.simulator.indicators.conftest import PATIENTS
from tests.simulator.storage.scene import MEDICINE, NOW, PROCESSES, Counter, Race, Scene, scene

K, ROUNDS = 11, 3


@pytest.fixture
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Scene]:
    with scene(tmp_path_factory.mktemp("indicators")) as opened:
        yield opened


def read(reader: Counter) -> dict[str, Any]:
    answer = reader.get("/v1/indicators/antibiotics?region=04&from=2026-W48&to=2026-W48")
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


def live(gp: Counter, pharmacy: Counter) -> None:
    for patient in PATIENTS[:K] * ROUNDS:
        body = {
            "date_of_care": NOW[:10],
            "beneficiary": patient,
            "rights_acknowledged": True,
            "sections": [{"type": "pharmacy", "lines": [MEDICINE]}],
        }
        sheet = gp.post("/v1/care-sheets", body, Idempotency_Key=gp.key())
        assert [one.status_code for one in (sheet, *pharmacy.visit(sheet.json()))] == [201, 200, 201]


def watch(reader: Counter) -> None:
    for _ in range(40):
        assert read(reader)["cells"][0]["suppressed"]


def test_every_box_is_counted_once(place: Scene) -> None:
    race = Race(3)
    gp, pharmacy = place.counter("gp"), place.counter("pharmacy", 1)
    readers = [place.counter("public-health", n) for n in range(2)]
    race.run(lambda: live(gp, pharmacy), *(lambda reader=reader: watch(reader) for reader in readers))
    race.close()
    place.bench.advance(place.world["id"], 7 * 86400)
    found = [read(place.counter("public-health", n)) for n in range(PROCESSES)]
    assert [one["cells"][0]["boxes"] for one in found] == [2 * K * ROUNDS] * PROCESSES
