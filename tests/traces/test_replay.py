"""A run that is recorded replays elsewhere with the same bytes; what differs is shown; secrets stay out of it."""

from __future__ import annotations

import copy
import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

import fse
from client.bench import BenchClient
from client.http import PlatformUnreachable
from client.launch import Running
from tests.traces.remake import LITTLE, recorded
from tests.traces.script import Actors, play
from traces import replaying
from traces.file import BrokenTrace, Trace, read, write
from traces.recording import NotRecordable, record
from traces.replaying import Unfit, replay

REMAKE = "Une réponse a-t-elle changé exprès ? python -m tests.traces.remake"


@pytest.fixture
def little() -> Trace:
    return read(LITTLE)


def _fse(running: Running, *words: str) -> Any:
    token = ["--bench-token-file", str(running.data / "bench-token"), "--simulator", running.url]
    return CliRunner().invoke(fse.build(), ["trace", *words, *token])


def test_the_recorded_run_replays_with_the_same_bytes(bench: BenchClient, little: Trace) -> None:
    outcome = replay(bench, little)
    assert outcome.same, (REMAKE, [one.as_json() for one in outcome.differences[:2]])
    assert (outcome.requests, outcome.loosely, outcome.warnings) == (9, 1, [])
    assert outcome.world not in json.dumps(bench.do("default", "GET", "/clock"))


def test_the_command_starts_a_simulator_of_its_own() -> None:
    done = CliRunner().invoke(fse.build(), ["trace", "replay", str(LITTLE)])
    assert done.exit_code == 0, done.output
    assert "Mêmes réponses : 9 requêtes rejouées, 8 comparées octet pour octet." in done.output


def test_a_whole_day_replays_and_holds_no_secret(bench: BenchClient, running: Running, tmp_path: Path) -> None:
    actors = Actors(bench, "jour")
    play(actors)
    actors.close()
    done = _fse(running, "record", "--world", "jour", str(tmp_path / "jour.json.gz"), "--json")
    assert done.exit_code == 0, done.output
    said = json.loads(done.output)
    assert said["requests"] > 60 and said["bytes"] < 40_000
    assert {one["reason"] for one in said["not_replayable"]} == {"body-not-kept", "credential-unknown"}
    trace = read(tmp_path / "jour.json.gz")
    text = json.dumps(trace)
    for secret in (
        *actors.tokens.values(),
        "s3cret-du-novice",
        "s3cret-tardif",
        "private_jwk",
        "eyJ",
        "JVBERi0xLjQKJSVFT0YK",
    ):
        assert secret not in text.replace("signed:", ""), secret
    outcome = replay(bench, trace)  # its name is taken here: another world, the same bytes
    assert outcome.same, outcome.differences[0].as_json()
    assert (outcome.requests, outcome.loosely) == (said["requests"], len(said["not_replayable"]))
    assert outcome.world != "jour"


def test_two_recordings_of_one_run_differ_by_fingerprints_alone(bench: BenchClient, little: Trace) -> None:
    again = recorded(bench, "essai-2")
    assert [one["expected"] for one in again["steps"] if "request" in one] == [
        one["expected"] for one in little["steps"] if "request" in one
    ], REMAKE
    assert {**again["world"], "id": ""} == {**little["world"], "id": ""}


def _altered(trace: Trace) -> Trace:
    """The run as a simulator that is mistaken would have answered it: a lease that this one does not give."""
    trace = copy.deepcopy(trace)
    held = next(step for step in trace["steps"] if step.get("request", {}).get("path") == "/v1/resolutions")
    lease = json.loads(held["expected"]["body"])["section"]["lease"]["id"]
    text = json.dumps(trace["steps"]).replace(lease, "lea-aaaaaaaaaaaaaaaa")
    return {**trace, "steps": json.loads(text)}


def test_the_first_difference_is_shown(running: Running, little: Trace, tmp_path: Path) -> None:
    write(tmp_path / "t.json", _altered(little))
    done = _fse(running, "replay", str(tmp_path / "t.json"))
    assert done.exit_code == 1
    for said in (
        "Première différence, étape 4 sur 10, 2026-11-23T09:00:00Z :",
        "  POST /v1/resolutions",
        "  endroit  /body#/section/lease/id",
        '  attendu  "lea-aaaaaaaaaaaaaaaa"',
        "L'étape 5 porte \"lea-aaaaaaaaaaaaaaaa\", que l'étape 4 n'a pas répondu cette fois.",
    ):
        assert said in done.output, done.output
    told = json.loads(_fse(running, "replay", str(tmp_path / "t.json"), "--json").output)
    assert told["same"] is False and told["differences"][0]["pointer"] == "/body#/section/lease/id"
    assert {"step": 5, "from": 4, "value": "lea-aaaaaaaaaaaaaaaa"} in told["carried"]


def test_nothing_in_a_trace_commands_the_terminal(running: Running, little: Trace, tmp_path: Path) -> None:
    trace = copy.deepcopy(little)
    trace["simulator"] = "\x1b[2Jautre"
    trace["steps"][1]["request"]["body"] = "\x1b]0;pris\x07\n{}"
    trace["steps"][1]["expected"]["headers"]["x-\x1b[1m"] = "\x9b1m"
    write(tmp_path / "t.json", trace)
    done = _fse(running, "replay", str(tmp_path / "t.json"))
    assert done.exit_code == 1 and "\\x1b" in done.output
    assert not {"\x1b", "\x07", "\x9b"} & set(done.output)


@pytest.mark.parametrize(
    ("place", "pointer"),
    [(("status",), "/status"), (("headers", "date"), "/headers/date"), (("state_change",), "/state_change/0")],
)
def test_any_part_of_an_answer_counts(bench: BenchClient, little: Trace, place: tuple[str, ...], pointer: str) -> None:
    trace, wrong = copy.deepcopy(little), {"status": 299, "date": "hier", "state_change": ["autre"]}
    target = trace["steps"][1]["expected"]
    for name in place[:-1]:
        target = target[name]
    target[place[-1]] = wrong[place[-1]]
    (one,) = replay(bench, trace).differences
    assert (one.rank, one.pointer) == (2, pointer)


def test_bytes_count_where_the_json_says_the_same(bench: BenchClient, little: Trace) -> None:
    trace = copy.deepcopy(little)
    answer = trace["steps"][1]["expected"]
    answer["body"] = answer["body"].replace('":', '": ', 1)
    (one,) = replay(bench, trace).differences
    assert one.pointer == "/body"


def test_an_operation_of_the_bench_that_is_refused_here_is_a_difference(bench: BenchClient, little: Trace) -> None:
    trace = copy.deepcopy(little)
    done = next(step for step in trace["steps"] if "bench" in step)
    done["bench"]["body"] = {"inpe": "999999999"}
    found = replay(bench, trace).differences
    assert found[0].pointer == "/bench" and "999999999" in found[0].received


def test_a_list_that_is_not_here_is_asked_for(
    bench: BenchClient, running: Running, little: Trace, tmp_path: Path
) -> None:
    trace = copy.deepcopy(little)
    trace["world"]["nomenclature"]["sha256"] = "0" * 64
    with pytest.raises(Unfit, match="n'a pas la liste de médicaments"):
        replay(bench, trace)
    write(tmp_path / "t.json", trace)
    assert _fse(running, "replay", str(tmp_path / "t.json")).exit_code == 2
    assert _fse(running, "replay", str(tmp_path / "absent.json")).exit_code == 2


def test_a_tariff_set_that_is_not_here_is_said(bench: BenchClient, little: Trace) -> None:
    trace = copy.deepcopy(little)
    trace["world"]["tariff_set"] = "xx"
    with pytest.raises(Unfit, match=r"/tariff_set : .* connus : tnr-2006, conventions-2020"):
        replay(bench, trace)


def test_a_trace_of_another_version_is_replayed_with_a_warning(bench: BenchClient, little: Trace) -> None:
    outcome = replay(bench, {**little, "simulator": "banc-fse/0.0.1"})
    assert outcome.same and "banc-fse/0.0.1" in outcome.warnings[0]


def test_a_simulator_that_goes_away_is_told(bench: BenchClient, little: Trace) -> None:
    world, credentials = replaying._world(bench, little)
    nowhere = {**world, "issuer": "http://127.0.0.1:9/w/essai"}
    with pytest.raises(PlatformUnreachable, match=r"127\.0\.0\.1:9"):
        replaying._Sender(bench, nowhere, credentials).send(little, None)
    bench.delete_world(world["id"])


def test_a_trace_may_stop_before_the_end(bench: BenchClient, running: Running, tmp_path: Path) -> None:
    recorded(bench, "essai-3")
    done = _fse(running, "record", "--world", "essai-3", "--until", "3", str(tmp_path / "t.json"))
    assert done.exit_code == 0 and "3 requêtes, 0 opérations du banc" in done.output
    assert replay(bench, read(tmp_path / "t.json")).same


def test_a_world_with_too_many_steps_is_refused(bench: BenchClient, monkeypatch: pytest.MonkeyPatch) -> None:
    steps = len(recorded(bench, "essai-4")["steps"])
    monkeypatch.setattr("traces.recording.MOST_STEPS", steps)
    assert record(bench, "essai-4")
    bench.do("essai-4", "POST", "/suspensions", {"client_id": "essai"})  # what the bench does is a step too
    with pytest.raises(NotRecordable, match=f"plus de {steps} étapes"):
        record(bench, "essai-4")


@pytest.mark.parametrize(
    "change",
    [
        lambda step: step["request"].update(query="q=\u2603"),
        lambda step: step["request"].update(path="/v1/\ud800"),
        lambda step: step["request"].update(body="\ud800"),
        lambda step: step["request"].update(body_base64="a"),
        lambda step: step["request"]["headers"].update({"x-\ud800": "1"}),
        lambda step: step["request"]["headers"].update({"x-one": "1\r\nx-two: 2"}),
        lambda step: step.update(
            bench={"operation": "register-client", "method": "POST", "path": "/clients", "body": {}}
        ),
        lambda step: step.update({"as": {}}),
    ],
)
def test_a_hostile_step_is_told_and_leaves_no_world(bench: BenchClient, little: Trace, change: Any) -> None:
    trace, before = copy.deepcopy(little), bench.worlds()
    step = next(one for one in trace["steps"] if "assertion" in one.get("request", {}).get("body", ""))
    change(step)
    if "bench" in step:
        step.pop("request"), step.pop("expected"), step.pop("as", None), step.pop("gave", None)
    with pytest.raises(Unfit, match="ne s'envoie pas"):
        replay(bench, trace)
    assert [one["id"] for one in bench.worlds()] == [one["id"] for one in before]


@pytest.mark.parametrize("path", ["/clone", "/snapshots", "/snapshots/avant/restore", "/reset", "/webhook-probes"])
def test_a_trace_makes_no_other_world_and_speaks_to_nobody(tmp_path: Path, little: Trace, path: str) -> None:
    bench = {"operation": "x", "method": "POST", "path": path, "body": {"id": "autre"}}
    write(tmp_path / "t.json", {**little, "steps": [{"at": little["world"]["start"], "bench": bench}]})
    with pytest.raises(BrokenTrace, match="/bench/path : forme inattendue"):
        read(tmp_path / "t.json")
