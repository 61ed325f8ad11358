"""`fse journal`, against a server that runs."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import httpx
import pytest
import typer
from typer.testing import CliRunner

from client.bench import BenchClient
from client.launch import Running, simulator
from workbench import cli

AGENT = "Essai/1.0 Editeur/essai"
APP = typer.Typer()
cli.register(APP)


class Bench:
    """A server, a world of it, and the command line."""

    def __init__(self, running: Running) -> None:
        self.running, self.client = running, BenchClient(running.url, running.bench_token)
        self.environment = {"FSE_SIMULATOR": running.url, "FSE_BENCH_TOKEN": running.bench_token}

    def world(self, name: str) -> str:
        return str(self.client.create_world(id=name, seed="graine", now="2026-11-23T09:00:00Z")["issuer"])

    def fse(self, *words: str, code: int = 0) -> str:
        done = CliRunner().invoke(APP, ["journal", *words], env=self.environment)
        assert done.exit_code == code, done.output
        return done.output


@pytest.fixture(scope="module")
def bench() -> Iterator[Bench]:
    with simulator() as running:
        made = Bench(running)
        yield made
        made.client.close()


def _call(issuer: str, path: str = "/v1/health", **options: Any) -> None:
    method = options.pop("method", "GET")
    httpx.request(method, issuer + path, headers={"user-agent": AGENT, **options.pop("headers", {})}, **options)


def test_it_is_read_from_the_end_and_filtered(bench: Bench) -> None:
    issuer = bench.world("lire")
    for _ in range(3):
        _call(issuer)
    _call(issuer, "/v1/nowhere")
    lines = bench.fse("show", "--world", "lire").splitlines()
    assert len(lines) == 4 and "2026-11-23T09:00:00Z  200  GET /v1/health" in lines[0]
    assert "404  GET /v1/nowhere" in lines[3] and "refus not-found" in lines[3]
    assert bench.fse("show", "--world", "lire", "--last", "2").splitlines() == lines[2:]
    assert bench.fse("show", "--world", "lire", "--status", "4xx").splitlines() == lines[3:]
    assert bench.fse("show", "--world", "lire", "--path", "/v1/h", "--last", "1").splitlines() == lines[2:3]
    found = json.loads(bench.fse("show", "--world", "lire", "--problem", "any", "--json"))
    assert [one["seq"] for one in found["exchanges"]] == [4]
    assert bench.fse("show", "--world", "lire", "--method", "PATCH") == "Aucun échange.\n"


def test_what_cannot_be_answered_is_a_french_line_and_code_2(bench: Bench, tmp_path: Path) -> None:
    bench.world("refus")
    assert "« rien » n'existe pas" in bench.fse("show", "--world", "rien", code=2)
    assert "un statut comme 422" in bench.fse("show", "--world", "refus", "--status", "grand", code=2)
    assert "pas d'échange « 7 »" in bench.fse("curl", "7", "--world", "refus", code=2)
    assert "l'un des deux" in bench.fse("export", "--world", "refus", code=2)
    missing = str(tmp_path / "nulle" / "part.jsonl")
    assert "ne s'écrit pas" in bench.fse("export", "--world", "refus", "--jsonl", missing, code=2)
    assert "ne se lit pas" in bench.fse("verify", missing, code=2)


HOSTILE = "\x1b[2J\x1b]0;pris\x07\r\nfaux  200  GET /v1/tout-va-bien\x9b31m\u202e"


def test_what_a_client_wrote_is_shown_and_not_obeyed(bench: Bench, tmp_path: Path) -> None:
    issuer = bench.world("hostile")
    _call(issuer, "/v1/%1b%5b2J%0d%0afaux%c2%9b31m%e2%80%ae")
    _call(issuer, "/v1/health", params={"a": HOSTILE}, headers={"x-note": b"\x9b31m\xe9"})
    _call(issuer, "/v1/rights-checks", method="POST", content=HOSTILE.encode())
    _call(issuer, "/oauth2/token", method="POST", data={"client_id": HOSTILE, "grant_type": HOSTILE})
    said = bench.fse("show", "--world", "hostile")
    assert said.count("\n") == 4 and "/v1/%1b%5b2J%0d%0afaux%c2%9b31m%e2%80%ae" in said  # as it came
    for text in (
        said,
        bench.fse("show", "--world", "hostile", "--json"),
        *(bench.fse("curl", str(n), "--world", "hostile") for n in range(1, 5)),
    ):
        assert all(char.isprintable() or char == "\n" for char in text), text
    file = tmp_path / "h.jsonl"
    bench.fse("export", "--world", "hostile", "--jsonl", str(file))
    assert file.read_text().isprintable() is False and file.read_text().replace("\n", "").isprintable()
    assert len(json.loads(bench.fse("show", "--world", "hostile", "--json"))["exchanges"]) == 4
    bench.fse("verify", str(file))


def test_an_export_is_signed_and_any_touch_is_said(bench: Bench, tmp_path: Path) -> None:
    issuer = bench.world("signe")
    for _ in range(5):
        _call(issuer)
    file, early = tmp_path / "journal.jsonl", tmp_path / "point.json"
    assert "signé par la clé" in bench.fse("checkpoint", "--world", "signe", "--out", str(early))
    _call(issuer, "/v1/nowhere")
    assert bench.fse("export", "--world", "signe", "--jsonl", str(file)) == f"{file} : 6 échanges, signés.\n"
    mark = bench.client.instance_key()["fingerprint"]
    assert "signe : 6 échanges, journal intact." in bench.fse("verify", str(file))
    told = json.loads(bench.fse("verify", str(file), "--fingerprint", mark, "--checkpoint", str(early), "--json"))
    assert told["sound"] and told["checkpoint"]["seq"] == 6
    assert "une autre clé" in bench.fse("verify", str(file), "--fingerprint", "autre", code=1)
    lines = file.read_text().splitlines()

    def touched(*changed: str) -> str:
        file.write_text("\n".join(changed) + "\n")
        return bench.fse("verify", str(file), code=1)

    assert "l'échange 3 a été modifié" in touched(*lines[:2], lines[2].replace("200", "500"), *lines[3:])
    assert "l'échange 3 manque, le suivant est le 4" in touched(*lines[:2], *lines[3:])
    assert "l'échange 4 est à la place du 3" in touched(*lines[:2], lines[3], lines[2], *lines[4:])
    assert "s'arrête avant l'échange 6" in touched(*lines[:5], lines[6])
    end = json.loads(lines[6])
    for name, said in {"world": "autre", "real_time": "2020-01-01T00:00:00.000Z"}.items():
        assert end["checkpoint"][name] != said
        assert "en clair" in touched(*lines[:6], json.dumps(end | {"checkpoint": end["checkpoint"] | {name: said}}))
    file.write_text("{}\n")
    assert "point de contrôle" in bench.fse("verify", str(file), code=2)
    other = bench.world("autre-monde") and tmp_path / "autre.json"
    bench.fse("checkpoint", "--world", "autre-monde", "--out", str(other))
    file.write_text("\n".join(lines) + "\n")
    assert "autre monde" in bench.fse("verify", str(file), "--checkpoint", str(other), code=2)


def test_archives_and_filtered_exports(bench: Bench, tmp_path: Path) -> None:
    issuer = bench.world("archive")
    for _ in range(2):
        _call(issuer)
    _call(issuer, "/v1/nowhere")
    har, lines = tmp_path / "j.har", tmp_path / "j.jsonl"
    assert bench.fse("export", "--world", "archive", "--har", str(har)) == f"{har} : 3 échanges.\n"
    log = json.loads(har.read_text())["log"]
    assert [entry["_seq"] for entry in log["entries"]] == [1, 2, 3] and "_next" not in log
    told = json.loads(bench.fse("export", "--world", "archive", "--jsonl", str(lines), "--status", "404", "--json"))
    assert told == {"file": str(lines), "exchanges": 1, "signed": False}
    assert [json.loads(line)["seq"] for line in lines.read_text().splitlines()] == [3]
    assert "point de contrôle" in bench.fse("verify", str(lines), code=2)


def test_a_command_to_paste(bench: Bench) -> None:
    issuer = bench.world("coller")
    _call(issuer, "/v1/nowhere", headers={"authorization": "Bearer jeton"})
    said = bench.fse("curl", "1", "--world", "coller")
    assert said.startswith("# définir avant : FSE_TOKEN (le jeton d'accès)\ncurl ")
    bash = {**os.environ, "FSE_TOKEN": "jeton"}
    done = subprocess.run(["bash"], input=said, env=bash, capture_output=True, text=True, timeout=60, check=True)
    assert json.loads(done.stdout)["code"] == "not-found"


def _following(bench: Bench, *words: str) -> subprocess.Popen[str]:
    command = [sys.executable, "-P", "-m", "fse", "journal", "follow", *words]
    environment = {**os.environ, **bench.environment, "PYTHONUNBUFFERED": "1"}
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=environment, text=True)


def _line_of(bench: Bench, program: subprocess.Popen[str], issuer: str) -> str:
    """What it says of the next call; it may take a while to listen."""
    assert program.stdout is not None
    os.set_blocking(program.stdout.fileno(), False)
    until = time.monotonic() + 60
    while time.monotonic() < until:
        _call(issuer)
        time.sleep(0.3)
        if line := program.stdout.readline():
            os.set_blocking(program.stdout.fileno(), True)
            return line
    raise AssertionError("nothing was followed")


@pytest.mark.parametrize("form", [[], ["--json"]], ids=["text", "json"])
def test_it_is_followed_until_interrupted(bench: Bench, form: list[str]) -> None:
    name = f"suivre{len(form)}"
    issuer = bench.world(name)
    program = _following(bench, "--world", name, *form)
    line = _line_of(bench, program, issuer)
    assert json.loads(line)["request"]["path"] == "/v1/health" if form else "GET /v1/health" in line
    program.send_signal(signal.SIGINT)
    _, said = program.communicate(timeout=30)
    assert (program.returncode, said) == (0, "")


def test_it_ends_with_the_world(bench: Bench) -> None:
    issuer = bench.world("fini")
    program = _following(bench, "--world", "fini")
    _line_of(bench, program, issuer)
    bench.client.delete_world("fini")
    _, said = program.communicate(timeout=30)
    assert (program.returncode, said) == (0, "Le monde « fini » n'existe plus.\n")


def test_it_goes_on_with_a_world_that_was_reset(bench: Bench) -> None:
    issuer = bench.world("ramene")
    for _ in range(5):
        _call(issuer, "/v1/version")
    program = _following(bench, "--world", "ramene")
    _line_of(bench, program, issuer)
    bench.client._json("POST", "/worlds/ramene/reset")
    _call(issuer, "/v1/deployment")
    assert program.stdout is not None
    line = ""
    while "/v1/deployment" not in line:
        line = program.stdout.readline()
    assert line.split()[0] == "1"
    program.send_signal(signal.SIGINT)
    program.communicate(timeout=30)
    assert program.returncode == 0


def test_a_server_stops_at_once_and_quietly_though_it_is_followed(tmp_path: Path) -> None:
    environment = {**os.environ, "FSE_DATA": str(tmp_path)}
    command = [sys.executable, "-P", "-m", "fse", "serve", "--port", "0", "--memory", "--announce"]
    server = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=environment, text=True)
    assert server.stdout is not None
    url = json.loads(server.stdout.readline().partition(" ")[2])["url"]
    token = (tmp_path / "bench-token").read_text().strip()
    headers = {"authorization": f"Bearer {token}"}
    path = f"{url}/bench/v1/worlds/default/journal"
    with ThreadPoolExecutor(2) as pool:
        waiting = [pool.submit(httpx.get, path, params={"wait": "25"}, headers=headers, timeout=60) for _ in range(2)]
        time.sleep(1.5)
        begun = time.monotonic()
        server.send_signal(signal.SIGINT)
        assert [each.result().json() for each in waiting] == [{"exchanges": [], "next": 0}] * 2
    assert server.communicate(timeout=30) == ("", "") and server.returncode == 0
    assert time.monotonic() - begun < 15


@pytest.mark.parametrize("command", ["show", "follow", "export", "curl", "checkpoint", "verify"])
def test_its_help_shows_an_example(bench: Bench, command: str) -> None:
    said = bench.fse(command, "--help")
    assert f"Exemple : fse journal {command}" in said and "--json" in said
