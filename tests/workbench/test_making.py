"""`fse token`, `fse persona`, `fse sheet`, `fse event`, `fse webhook`, against a server that runs."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import httpx
import pytest
import typer
from standardwebhooks import Webhook
from typer.testing import CliRunner

from client.bench import BenchClient
from client.launch import Running
from workbench import cli
from workbench.relay import Passed, Relay, Weather

APP = typer.Typer()
cli.register(APP)
AGENT = {"user-agent": "Essai/1.0 Editeur/essai", "fse-version": "2026-01-01"}


@pytest.fixture
def world(running: Running, request: pytest.FixtureRequest) -> Iterator[str]:
    client = BenchClient(running.url, running.bench_token)
    made = client.create_world(
        seed="graine", now="2026-11-23T09:00:00Z", clients=[{"client_id": "essai", "name": "Essai"}]
    )
    yield str(made["id"])
    client.close()


def fse(running: Running, *words: str, code: int = 0) -> str:
    environment = {"FSE_SIMULATOR": running.url, "FSE_BENCH_TOKEN": running.bench_token}
    done = CliRunner().invoke(APP, list(words), env=environment)
    assert done.exit_code == code, done.output
    return done.stdout if code == 0 else done.output


def rights(running: Running, world: str, token: str) -> httpx.Response:
    body = {"beneficiary": {"registration_number": "100000001", "dependant_rank": 0}, "date_of_care": "2026-11-23"}
    headers = {**AGENT, "authorization": f"Bearer {token.strip()}"}
    return httpx.post(f"{running.url}/w/{world}/v1/rights-checks", json=body, headers=headers)


def test_a_token_alone_is_printed_and_is_what_it_is_said_to_be(running: Running, world: str) -> None:
    assert rights(running, world, fse(running, "token", "mint", "--world", world)).status_code == 200
    assert (
        rights(running, world, fse(running, "token", "mint", "expired", "--world", world)).json()["code"]
        == "token-expired"
    )
    made = json.loads(fse(running, "token", "mint", "revoked", "--world", world, "--json"))
    assert made["expected"] == {"status": 401, "problem": "token-revoked"}
    assert "token-expired" in fse(running, "token", "kinds")
    assert "connus : valid" in fse(running, "token", "mint", "surprise", "--world", world, code=2)


def test_the_table_of_personas_needs_no_simulator() -> None:
    printed = CliRunner().invoke(APP, ["persona", "list", "--kind", "beneficiary"], env={"FSE_SIMULATOR": "http://x"})
    assert printed.exit_code == 0 and "rights-closed" in printed.stdout and "Professionnels" not in printed.stdout
    assert CliRunner().invoke(APP, ["persona", "list", "--kind", "x"]).exit_code == 2
    listed = json.loads(CliRunner().invoke(APP, ["persona", "list", "--json"]).stdout)["personas"]
    assert {"professional", "beneficiary", "medicine", "act"} == {row["kind"] for row in listed}


def test_the_table_of_a_world_is_of_its_list(running: Running, world: str, tmp_path: Path) -> None:
    printed = fse(running, "persona", "list", "--kind", "medicine", "--world", world)
    assert printed == fse(running, "persona", "list", "--kind", "medicine")
    assert "LEVOTHYRAL 50 MCG" in printed
    assert "n'existe" in fse(running, "persona", "list", "--world", "nulle-part", code=2)


def test_a_sheet_is_made_and_an_event_sent(running: Running, world: str, tmp_path: Path) -> None:
    assert "ligne 1 partial" in fse(running, "sheet", "make", "partially-executed", "--world", world)
    made = json.loads(fse(running, "sheet", "make", "held", "--world", world, "--json"))
    assert made["care_sheet"]["sections"][1]["lease"]
    assert "may_advance" in fse(running, "sheet", "make", "expired", "--world", world, code=2)
    asked = tmp_path / "sections.json"
    asked.write_text('[{"type": "biology", "lines": [{"act_code": "B-NFS", "quantity": "1"}]}]', encoding="utf-8")
    assert "biology" in fse(running, "sheet", "make", "--sections", str(asked), "--world", world)
    assert "JSON" in fse(running, "sheet", "make", "--sections", str(tmp_path / "x"), "--world", world, code=2)
    asked.write_text("[" * 100_000, encoding="utf-8")
    assert "JSON" in fse(running, "sheet", "make", "--sections", str(asked), "--world", world, code=2)
    assert "reimbursed" in fse(running, "sheet", "states")
    told = fse(running, "event", "send", "care-sheet.executed", "--number", made["number"], "--world", world)
    assert "triggered_by=bench" in told and made["number"] in told


class Receiver:
    """A receiver on this machine, and what came to it."""

    def __init__(self, status: int = 204) -> None:
        self.came: list[tuple[dict[str, str], bytes]] = []
        came = self.came

        class Door(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["content-length"]))
                came.append(({name.lower(): value for name, value in self.headers.items()}, body))
                self.send_response(status)
                self.end_headers()

            def log_message(self, *_: Any) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Door)
        self.url = f"http://127.0.0.1:{self.server.server_port}/hook"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    made = Receiver()
    yield made
    made.server.shutdown()
    made.server.server_close()


def subscriptions(client: BenchClient, world: str) -> list[Any]:
    token = client.mint_token(world, persona="software")["token"]
    headers = {**AGENT, "authorization": f"Bearer {token}"}
    return list(httpx.get(f"{client.url}/w/{world}/v1/subscriptions", headers=headers).json()["items"])


def test_webhooks_come_to_a_local_address_with_signatures_that_verify(
    running: Running, world: str, receiver: Receiver
) -> None:
    client = BenchClient(running.url, running.bench_token)

    def send() -> None:
        until = time.monotonic() + 30
        while not subscriptions(client, world) and time.monotonic() < until:
            time.sleep(0.1)
        for _ in range(3):
            client.send_event(world, type="keys.rotated")

    sender = threading.Thread(target=send)  # the command line's output cannot be caught in two threads
    sender.start()
    words = ["webhook", "listen", "--to", receiver.url, "--world", world, "--count", "3", "--json"]
    printed = [json.loads(line) for line in fse(running, *words).splitlines()]
    sender.join()
    secret, passed = printed[0]["secret"], printed[1:]
    assert [(one["how"], one["status"], one["type"]) for one in passed] == [("sent", 204, "keys.rotated")] * 3
    told = [Webhook(secret).verify(body, headers)["id"] for headers, body in receiver.came]
    assert told == [one["id"] for one in passed]
    assert subscriptions(client, world) == [], "the subscription ends with the command"
    client.close()


def test_webhooks_are_seen_before_there_is_a_receiver(running: Running, world: str) -> None:
    """Without --to: shown, and accepted for the platform."""
    client = BenchClient(running.url, running.bench_token)

    def send() -> None:
        until = time.monotonic() + 30
        while not subscriptions(client, world) and time.monotonic() < until:
            time.sleep(0.1)
        client.send_event(world, type="keys.rotated")

    sender = threading.Thread(target=send)
    sender.start()
    printed = fse(running, "webhook", "listen", "--world", world, "--count", "1", "--json").splitlines()
    sender.join()
    client.close()
    assert [json.loads(line)["status"] for line in printed[1:]] == [204]


def test_only_this_machine_is_forwarded_to(running: Running, world: str) -> None:
    for to in ("http://example.org/hook", "file:///etc/passwd", "localhost:5000"):
        assert "cette machine" in fse(running, "webhook", "listen", "--to", to, "--world", world, code=2)


def test_the_relay_mistreats_as_told_and_the_same_way_again() -> None:
    def run(weather: Weather, many: int = 40) -> tuple[list[bytes], list[Passed]]:
        came: list[bytes] = []
        passed: list[Passed] = []

        def post(body: bytes, _: Any) -> int:
            came.append(body)
            return 200

        relay = Relay(weather, post, passed.append)
        for rank in range(many):
            assert relay.take(str(rank).encode(), {}) in (200, 204)
        relay.flush()
        return came, passed

    whole = [str(rank).encode() for rank in range(40)]
    assert run(Weather())[0] == whole
    twice, _ = run(Weather(duplicate=1.0))
    assert twice == [body for body in whole for _ in range(2)]
    nothing, passed = run(Weather(drop=1.0))
    assert nothing == [] and {one.how for one in passed} == {"dropped"}
    mixed, _ = run(Weather(reorder=0.4))
    assert mixed != whole and sorted(mixed, key=int) == whole
    some = Weather(duplicate=0.3, reorder=0.3, drop=0.3)
    assert run(some) == run(some) != run(Weather(duplicate=0.3, reorder=0.3, drop=0.3, seed="autre"))


def test_a_receiver_that_does_not_answer_is_told_to_the_platform() -> None:
    from client.http import session
    from workbench.webhooks import _posting

    passed: list[Passed] = []
    with session(1.0) as http:
        relay = Relay(Weather(), _posting(http, "http://127.0.0.1:9/"), passed.append)
        assert relay.take(b"{}", {}) == 502
    assert passed[0].as_json()["status"] == 502
