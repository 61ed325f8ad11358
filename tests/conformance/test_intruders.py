"""Somebody calls the bench without its token during a campaign: the run says so, and establishes nothing."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import httpx

from conformance import campaign
from conformance.evidence.store import RunStore
from conformance.session import stand


def test_a_call_without_the_token_is_told_of_the_run(tmp_path: Path) -> None:
    nothing: dict[str, Any] = dict.fromkeys(
        ("profile", "driver", "simulator_url", "bench_token_file", "medicines"), None
    )
    with stand(**nothing, editor="reference", lanes=1, runs=tmp_path, say=lambda line: None) as ready:

        def run(name: str, meanwhile: Any) -> dict[str, Any]:
            folder, _ = campaign.run(
                campaign.Campaign(
                    profile=ready.profile,
                    capabilities=ready.capabilities,
                    simulator=ready.simulator,
                    bench_token=ready.bench_token,
                    platform=ready.platform,
                    folder=tmp_path / name,
                    nomenclature=ready.nomenclature,
                    only=("CAS-ISS-01",),
                ),
                meanwhile,
            )
            return {**RunStore(folder).run(), "verdict": RunStore(folder).verdict()["run"]}

        def move_the_clock(event: Any) -> None:
            if event["event"] != "planned":
                stranger = {"authorization": "Bearer faux"}
                httpx.put(f"{ready.simulator}/bench/v1/worlds/default/clock", headers=stranger, json={})

        quiet, troubled = run("quiet", lambda event: None), run("troubled", move_the_clock)
    assert quiet["intruders"] is None and "reason" not in quiet["verdict"]
    assert troubled["intruders"]["last"]["why"] == "bench-token-required"
    assert "PUT /bench/v1/worlds/default/clock" in troubled["verdict"]["reason"]
