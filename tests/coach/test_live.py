"""The coach beside a real simulator: a clumsy client, an honest editor, and the command itself."""

from __future__ import annotations

import json
import re
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from typer.testing import CliRunner, Result

import fse
from client.bench import BenchClient
from client.launch import Running
from coach.advice import Coach
from coach.clumsy import MISTAKES, NAME, Clumsy, settle
from coach.rules import RULES
from conformance.reference_editor.development_key import public_jwks
from conformance.reference_editor.editor import ReferenceEditor

GP, PHARMACY = "100000011", "200000012"


@pytest.fixture(scope="module")
def clumsy(bench: BenchClient) -> Iterator[Clumsy]:
    client = settle(bench, NAME)
    assert list(client.break_every_rule()) == list(MISTAKES)
    yield client
    client.close()


@pytest.fixture
def stranger(bench: BenchClient) -> Iterator[Clumsy]:
    """The clumsy client in a world where nothing was done yet."""
    world = bench.create_world()
    client = Clumsy(bench, world["id"], world["issuer"])
    yield client
    client.close()


def run(running: Running, *options: str) -> Result:
    given = ["--simulator", running.url, "--bench-token-file", str(running.data / "bench-token")]
    return CliRunner().invoke(fse.build(), ["coach", *given, *options])


def test_the_clumsy_client_breaks_every_rule(clumsy: Clumsy, bench: BenchClient) -> None:
    coach = Coach(NAME)
    coach.read(bench.journal(NAME), bench.deliveries(NAME), clumsy.probes)
    assert {advice.rule.id for advice in coach.all()} == set(RULES) == set(MISTAKES)
    journaled = {exchange["seq"]: exchange for exchange in bench.journal(NAME)}
    for advice in coach.all():
        for shown in advice.as_json()["exchanges"]:
            assert shown["trace_id"] == journaled[shown["seq"]]["trace_id"]


def test_an_honest_editor_is_left_alone(bench: BenchClient) -> None:
    software = {"client_id": "editeur-reference", "name": "Éditeur", "jwks": public_jwks()}
    world = bench.create_world(now="2026-11-23T09:00:00Z", clients=[software])
    editor = ReferenceEditor()
    wanted = ("inpe", "role", "speciality", "name", "establishment", "kid", "private_jwk")
    people = [{name: person.get(name) for name in wanted} for person in world["professionals"]]
    settings = {"issuer": world["issuer"], "trust_anchor": world["trust_anchor"], "now": world["now"]}
    editor.run(
        "configure", {**settings, "client_id": "editeur-reference", "client_key_id": "ref-1", "professionals": people}
    )
    order: dict[str, Any] = {
        "professional": GP,
        "beneficiary": {"registration_number": "100000001", "dependant_rank": 0},
        "date_of_care": "2026-11-23",
        "acts": [{"act_code": "C", "quantity": "1", "charged": "150.00"}],
        "medicines": [
            {"ean13": "6118999000018", "substitution_allowed": False, "quantity": "2", "unit": "box",
             "posology": "1 le matin", "duration_days": 7}
        ],
        "acknowledge_closed_rights": False,
    }  # fmt: skip
    visit = {"line": 1, "quantity": "1", "ean13": "6118999000018", "charged": "42.30"}
    for _ in range(3):
        issued = editor.run("issue", order)
        number = issued.data["number"]
        assert editor.run("scan", {"professional": PHARMACY, "keyboard": editor.sheets[number].payload}).data["lines"]
        for _ in range(2):
            done = editor.run("execute", {"professional": PHARMACY, "number": number, "lines": [visit]})
            assert done.status == "completed", done
        claim = editor.run("consult-claim", {"professional": PHARMACY, "claim": done.data["claim"]})
        assert claim.status == "completed"
    assert editor.run("issue", {**order, "professional": "100000037"}).status == "refused"
    editor.http.close()
    coach = Coach(world["id"])
    coach.read(bench.journal(world["id"]), bench.deliveries(world["id"]))
    assert len(coach.exchanges) > 15
    assert [advice.as_json() for advice in coach.all() if advice.rule.severity == "fault"] == []


def test_once_tells_everything_and_ends_with_1(clumsy: Clumsy, running: Running) -> None:
    told = run(running, "--world", NAME, "--once", "--client", NAME)
    assert told.exit_code == 1, told.output
    assert "FAUTE  Un secret dans une adresse [secret-in-address], logiciel maladroit" in told.output
    assert f"fse journal curl 1 --world {NAME}" not in told.output  # the caller that nobody can name
    assert f"--world {NAME}" in told.output and "Annonce   : EXG-SEC-001" in told.output
    assert "backup_code" not in told.output


def test_the_command_that_it_names_shows_the_exchange(clumsy: Clumsy, running: Running) -> None:
    found = json.loads(run(running, "--world", NAME, "--once", "--json").stdout)["advice"]
    secret = next(each for each in found if each["rule"] == "secret-in-address")["exchanges"][0]
    where = ["--simulator", running.url, "--bench-token-file", str(running.data / "bench-token")]
    shown = CliRunner().invoke(fse.build(), [*secret["see"].split()[1:], *where])
    assert shown.exit_code == 0, shown.output
    assert "/v1/resolutions" in shown.output


def test_json_once(clumsy: Clumsy, running: Running) -> None:
    told = run(running, "--world", NAME, "--once", "--json")
    found = json.loads(told.stdout)
    assert told.exit_code == 1 and found["exchanges"] > 200
    assert {each["rule"] for each in found["advice"]} >= {"rights-not-checked", "user-agent-missing"}
    assert all(each["exchanges"] or each["subscriptions"] for each in found["advice"])


def test_the_bench_says_the_same_to_who_has_no_python(clumsy: Clumsy, running: Running) -> None:
    def asked(**query: str) -> Any:
        bearer = {"Authorization": f"Bearer {running.bench_token}"}
        return httpx.get(f"{running.url}/bench/v1/worlds/{NAME}/advice", params=query, headers=bearer)

    assert asked().json() == json.loads(run(running, "--world", NAME, "--once", "--json").stdout)
    assert {each["client_id"] for each in asked(client=NAME).json()["advice"]} == {NAME}
    assert asked(cliant=NAME).status_code == 422


def test_nothing_to_say_is_0(running: Running, bench: BenchClient) -> None:
    world = bench.create_world()["id"]
    told = run(running, "--world", world, "--once")
    assert told.exit_code == 0
    assert told.output == f"Monde {world}, 0 échange(s) lu(s) : rien à redire.\n"


def test_a_world_that_is_not_there_is_2(running: Running) -> None:
    told = run(running, "--world", "nulle-part", "--once")
    assert told.exit_code == 2 and "nulle-part" in told.stderr


def test_what_a_client_sends_never_reaches_the_terminal_raw(running: Running, stranger: Clumsy) -> None:
    stranger.send("GET", "/v1/%1b%5b2J%0d%0aFAUTE", headers={"User-Agent": "curl"})
    stranger.send("GET", "/v1/health", headers={"User-Agent": b"x\x9b2J\xe2\x80\xae"})
    for options in ((), ("--json",)):
        told = run(running, "--world", stranger.world, "--once", *options)
        assert told.exit_code == 1
        assert not [c for c in told.output if (ord(c) < 32 and c != "\n") or 0x7F <= ord(c) < 0xA0 or c == "\u202e"]
    assert "\\x9b2J" in run(running, "--world", stranger.world, "--once").output


@pytest.mark.parametrize("options", [(), ("--json",)])
def test_followed_live_until_interrupted(running: Running, stranger: Clumsy, options: tuple[str, ...]) -> None:
    where = ["--simulator", running.url, "--bench-token-file", str(running.data / "bench-token")]
    command = [sys.executable, "-m", "fse", "coach", *where, "--world", stranger.world, *options]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as followed:
        assert followed.stdout is not None
        watchdog = threading.Timer(120, followed.kill)
        watchdog.start()
        try:
            if not options:
                assert "Ctrl-C" in followed.stdout.readline()
            stranger.wrong_agent()
            told = [followed.stdout.readline()]
            for _ in range(31):
                stranger.wrong_agent()
            while _count(told[-1]) <= 16:  # what is said last, of 32, is beyond
                told.append(followed.stdout.readline())
                assert told[-1], told
            followed.send_signal(signal.SIGINT)
            rest = followed.stdout.read()
            assert followed.wait() == 1
        finally:
            watchdog.cancel()
    assert "user-agent-missing" in told[0] and "user-agent-missing" in told[-1]
    if not options:
        assert "1 faute(s), 0 avertissement(s), 0 conseil(s)." in rest
        assert len([line for line in told if "user-agent-missing" in line]) <= 6


def test_a_world_deleted_while_it_is_followed_is_summed_up(
    running: Running, stranger: Clumsy, bench: BenchClient
) -> None:
    where = ["--simulator", running.url, "--bench-token-file", str(running.data / "bench-token")]
    command = [sys.executable, "-m", "fse", "coach", *where, "--world", stranger.world]
    stranger.wrong_agent()
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as followed:
        assert followed.stdout is not None and followed.stderr is not None
        watchdog = threading.Timer(120, followed.kill)
        watchdog.start()
        try:
            while "user-agent-missing" not in followed.stdout.readline():
                assert followed.poll() is None
            bench.delete_world(stranger.world)
            rest, said = followed.stdout.read(), followed.stderr.read()
            assert followed.wait() == 2
        finally:
            watchdog.cancel()
    assert "1 échange(s) lu(s) : 1 faute(s)" in rest and said.startswith("Erreur : ")


def _count(line: str) -> int:
    found = re.search(r'×([0-9]+) |"count":([0-9]+)', line)
    return int(found[1] or found[2]) if found else 0
