"""A world that begins with a sheet of the factory, and is called with the tokens that came with it, replays."""

from __future__ import annotations

import httpx
import pytest

from client.bench import BenchClient
from traces.recording import record
from traces.replaying import replay

AGENT = {"user-agent": "Essai/1.0 Editeur/essai", "fse-version": "2026-01-01"}


@pytest.mark.parametrize("state", ["held", "reimbursed"])
def test_what_the_bench_made_is_made_again(bench: BenchClient, state: str) -> None:
    clients = [{"client_id": "essai", "name": "Essai"}]
    world = bench.create_world(seed="graine", now="2026-11-23T09:00:00Z", clients=clients)
    sheet = bench.make_sheet(world["id"], state=state, may_advance=True)
    for who in ("prescriber", "patient"):
        bearer = {"authorization": f"Bearer {sheet['tokens'][who]}"}
        read = httpx.get(f"{world['issuer']}/v1/care-sheets/{sheet['number']}", headers={**AGENT, **bearer})
        assert read.status_code == 200
    assert replay(bench, record(bench, world["id"])).differences == []
