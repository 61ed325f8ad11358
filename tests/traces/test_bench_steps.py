"""What the bench did to a world is done again: faults, forged tokens, sheets made in one call; any clock, any world."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import httpx
import pytest

from client.api import FseClient, Software
from client.bench import BenchClient
from client.launch import simulator
from tests.traces.script import AGENT, SHEET, Actors, play_little
from traces.file import Trace, check
from traces.recording import NotRecordable, record
from traces.replaying import replay


def _same(bench: BenchClient, world: str) -> Trace:
    """Recorded, well formed, and replayed with the same answers."""
    trace = record(bench, world)
    check(trace, world)
    outcome = replay(bench, trace)
    assert outcome.same, [one.as_json() for one in outcome.differences[:2]]
    return trace


def _kinds(trace: Trace) -> list[str]:
    return [step["bench"]["operation"] for step in trace["steps"] if "bench" in step]


@pytest.mark.parametrize("kind", ["server-errors", "after-commit", "mid-body", "connection-reset", "unknown-field"])
def test_a_fault_strikes_again(bench: BenchClient, kind: str) -> None:
    world = f"panne-{kind}"
    at = Actors(bench, world)
    at.token("gp")
    bench.do(world, "POST", "/faults", {"kind": kind, "operations": ["issue-care-sheet"], "count": 1})
    headers = {"user-agent": AGENT, "fse-version": "2026-01-01", "authorization": f"Bearer {at.token('gp')}"}
    for _ in range(2):  # the second time is the retry
        try:
            at.http.post(f"{at.made['issuer']}/v1/care-sheets", json=SHEET, headers={**headers, "idempotency-key": "a"})
        except httpx.TransportError:
            assert kind in ("mid-body", "connection-reset", "after-commit")
    at.close()
    trace = _same(bench, world)
    assert _kinds(trace) == ["add-fault"]
    struck = [step["expected"].get("fault") for step in trace["steps"] if "request" in step]
    assert len([fault for fault in struck if fault]) == 1, struck


def test_forged_tokens_are_forged_again(bench: BenchClient) -> None:
    at = Actors(bench, "faussaire")
    for kind in ("valid", "expired", "revoked"):
        made = bench.do("faussaire", "POST", "/tokens", {"kind": kind, "persona": "gp", "client": "essai"})
        expected = made["expected"]["status"]
        headers = {"user-agent": AGENT, "fse-version": "2026-01-01", "authorization": f"Bearer {made['token']}"}
        answer = at.http.get(f"{at.made['issuer']}/v1/nomenclature/reasons", headers=headers)
        assert answer.status_code == expected, answer.text
    at.close()
    trace = _same(bench, "faussaire")
    assert set(_kinds(trace)) == {"mint-token"} and trace["not_replayable"] == []


def test_a_running_clock_is_replayed_instant_by_instant(bench: BenchClient) -> None:
    software = Software("essai", "k1")
    clients = [{"client_id": "essai", "name": "Essai", "jwks": software.jwks()}]
    made = bench.create_world(id="courante", seed="s", now="2026-11-23T09:00:00Z", clock="running", clients=clients)
    gp = next(one for one in made["professionals"] if one["persona"] == "gp")
    client = FseClient(made["issuer"], software, gp)
    client.issue(SHEET)
    client.estimate(SHEET)
    client.close()
    assert _same(bench, "courante")["world"]["clock"] == "running"


def test_a_copy_and_a_world_brought_back_are_replayed(bench: BenchClient) -> None:
    at = Actors(bench, "original")
    play_little(at)
    bench.do("original", "POST", "/clone", {"id": "copie"})
    copy = _same(bench, "copie")
    assert len(copy["not_replayable"]) == 9 and copy["not_replayable"][0]["reason"] == "copied"
    bench.do("original", "POST", "/snapshots", {"name": "la"})
    first = [one["trace_id"] for one in bench.journal("original")]
    bench.do("original", "POST", "/reset")
    at.tokens.clear()
    at.serial = 0
    play_little(at)
    assert [one["trace_id"] for one in bench.journal("original")] == first
    _same(bench, "original")
    bench.do("original", "POST", "/snapshots/la/restore")
    at.tokens.clear()
    at("gp", "GET", "/v1/nomenclature/reasons")
    at.close()
    assert len(_same(bench, "original")["steps"]) == 12


def test_people_of_a_populated_world_come_back(bench: BenchClient) -> None:
    software = Software("essai", "k1")
    clients = [{"client_id": "essai", "name": "Essai", "jwks": software.jwks()}]
    made = bench.create_world(id="peuple", seed="s", now="2026-11-23T09:00:00Z", persona_set="kenitra", clients=clients)
    doctor = next(one for one in bench.people("peuple", "professionals") if one["role"] == "prescriber")
    patient = next(iter(bench.people("peuple", "families")))[0]
    for person in (doctor, patient):
        client = FseClient(made["issuer"], software, person)
        client.call("GET", "/v1/me/care-sheets" if person is patient else "/v1/nomenclature/reasons")
        client.close()
    assert _same(bench, "peuple")["world"]["persona_set"] == "kenitra"


def test_the_default_world_replays_beside_another_default_world() -> None:
    with simulator() as one:
        bench = BenchClient(one.url, one.bench_token)
        issuer = bench.world("default")["issuer"]
        for path in ("/v1/health", "/v1/version", "/v1/nothing"):
            httpx.get(issuer + path, headers={"user-agent": AGENT}, trust_env=False)
        trace = _same(bench, "default")
        assert [step["expected"]["status"] for step in trace["steps"]] == [200, 200, 404]
        bench.close()


def test_a_world_that_lived_without_requests_is_not_recorded(tmp_path: Path) -> None:
    from typer.testing import CliRunner

    import fse

    database = f"sqlite:///{tmp_path}/p.sqlite"
    words = [
        "world",
        "create",
        "--name",
        "vecu",
        "--days",
        "1",
        "--until",
        "2026-11-20",
        "--per-day",
        "3",
        "--database",
        database,
    ]
    done: Any = CliRunner().invoke(fse.build(), words)
    assert done.exit_code == 0, done.output
    with simulator("--database", database) as running:
        bench = BenchClient(running.url, running.bench_token)
        with pytest.raises(NotRecordable, match="a vécu avant son journal"):
            record(bench, "vecu")
        bench.close()
