"""`fse serve` as a program: it starts, says where, stops; what it cannot do is one French line, exit 2."""

from __future__ import annotations

import json
import os
import signal
import socket
import stat
import subprocess
import sys
from pathlib import Path
from typing import Any

import httpx
import pytest
import typer
from typer.testing import CliRunner

import fixtures
from simulator import cli, place
from simulator.app import create_app
from simulator.events import urls
from simulator.launch import Choice, StartError, _Server, _welcome, run
from simulator.nomenclature import cli as nomenclature
from simulator.settings import Settings
from simulator.worlds import store as worlds

PROGRAM = "import typer, simulator.cli as c; a = typer.Typer(); c.register(a); a()"


@pytest.fixture(autouse=True)
def _folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FSE_DATA", str(tmp_path / "data"))
    monkeypatch.delenv("FSE_BENCH_TOKEN", raising=False)


@pytest.mark.parametrize("sign", [signal.SIGTERM, signal.SIGINT])
def test_it_starts_announces_itself_and_stops(tmp_path: Path, sign: signal.Signals) -> None:
    command = [sys.executable, "-c", PROGRAM, "--port", "0", "--announce"]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    try:
        assert process.stdout is not None
        line = process.stdout.readline()
        assert line.startswith("FSE_READY "), process.stderr and process.stderr.read()
        said = json.loads(line.removeprefix("FSE_READY "))
        token_file = Path(said["bench_token_file"])
        if os.name == "posix":
            assert stat.S_IMODE(token_file.stat().st_mode) == 0o600
        headers = {"authorization": f"Bearer {token_file.read_text().strip()}"}
        with httpx.Client(base_url=said["url"], trust_env=False) as http:
            assert http.get("/health").json()["status"] == "ok"
            worlds = http.get("/bench/v1/worlds", headers=headers).json()["worlds"]
            assert [world["id"] for world in worlds] == ["default"]
            answer = http.get("/w/default/jwks.json")
            assert len(answer.headers.get_list("date")) == 1
    finally:
        process.send_signal(sign)
        _, errors = process.communicate(timeout=120)
    assert errors == ""
    assert (tmp_path / "data" / "fse.sqlite").exists()
    assert not (tmp_path / "data" / "fse.sqlite-wal").exists()  # closed in good order


def _refused(**options: object) -> str:
    with pytest.raises(StartError) as caught:
        run(Choice(**{"host": "127.0.0.1", "port": 0, **options}))  # type: ignore[arg-type]
    return str(caught.value)


def test_a_port_in_use_leaves_nothing_behind(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        assert f"le port {port}" in _refused(port=port)
    assert not (tmp_path / "data").exists()


def test_a_folder_that_cannot_be_used(tmp_path: Path) -> None:
    (tmp_path / "data").write_text("a file where the folder should be")
    assert "n'est pas utilisable" in _refused()


def test_a_database_that_is_none(tmp_path: Path) -> None:
    path = tmp_path / "x.sqlite"
    path.write_bytes(b"anything but a database " * 100)
    assert "ne s'ouvre pas" in _refused(database=f"sqlite:///{path}")
    assert path.read_bytes() == b"anything but a database " * 100


@pytest.mark.parametrize(
    ("url", "says"),
    [
        ("/tmp/x.db", "n'est pas une adresse de base"),
        ("mysql://moi:cle-secrete@x/y", "« mysql://moi:***@x/y » n'est pas une adresse de base"),
        ("sqlite:///{here}/absent/x.db", "le dossier {here}/absent n'existe pas"),
        ("sqlite:///{here}", "c'est un dossier"),
    ],
)
def test_a_database_that_has_no_place(tmp_path: Path, url: str, says: str) -> None:
    said = _refused(database=url.format(here=tmp_path))
    assert says.format(here=tmp_path) in said and "\n" not in said and "secrete" not in said
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    "url", ["postgresql://moi:cle-secrete@127.0.0.1:1/fse", "postgresql://127.0.0.1:1/fse?password=cle-secrete"]
)
def test_a_server_of_databases_that_does_not_answer(url: str) -> None:
    said = _refused(database=url)
    assert said.startswith("la base postgresql://") and "ne s'ouvre pas" in said and "\n" not in said
    assert "secrete" not in said and "***" in said


def test_one_server_at_a_time_on_a_database(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/base.sqlite"
    (tmp_path / "base.sqlite.lock").touch()  # left by another one: blocks nobody
    command = [sys.executable, "-c", PROGRAM, "--port", "0", "--announce", "--database", url]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None and process.stdout.readline().startswith("FSE_READY ")
            assert "un autre fse serve emploie déjà la base" in _refused(database=url)
        finally:
            process.kill()
    place.hold(tmp_path / "base.sqlite").close()  # free again, even after a kill


@pytest.mark.parametrize("content", [None, "", "a;b\n1;2\n"])
def test_a_list_that_is_none(tmp_path: Path, content: str | None) -> None:
    path = tmp_path / "liste.csv"
    if content is not None:
        path.write_text(content)
    assert "liste" in _refused(memory=True, medicines=path)


def test_beyond_this_machine_only_when_told(tmp_path: Path) -> None:
    app = typer.Typer()
    cli.register(app)
    answer = CliRunner().invoke(app, ["--host", "0.0.0.0"])
    assert answer.exit_code == 2
    assert answer.output.count("\n") == 1 and "--allow-remote" in answer.output
    assert not (tmp_path / "data").exists()


def test_an_imported_list_is_in_force_at_once(platform: Any) -> None:
    source = Path(fixtures.MEDICINES_FILE)
    report = platform.simulator.use_medicines(source)
    listed = platform.bench("GET", "/nomenclatures").json()["nomenclatures"]
    assert [item["version"] for item in listed if item["current"]] == [report["version"]]
    assert platform("GET", "/w/default/v1/health").json()["nomenclature"] == report["version"]
    assert platform.world()["nomenclature"] == report["version"]
    assert report["lines"]
    assert platform.simulator.replaced == fixtures.BUILT_IN_NOMENCLATURE


def test_the_default_world_adopts_the_last_import_at_the_next_start_and_says_so(tmp_path: Path) -> None:
    """An import beside a running server changes nothing under its feet."""
    settings = Settings(database=f"sqlite:///{tmp_path}/base.sqlite")
    running = create_app(settings)
    app = typer.Typer()
    nomenclature.register(app)
    file = Path(fixtures.MEDICINES_FILE)
    asked = ["nomenclature", "import", str(file), "--version", "neuve", "--database", settings.database]
    said = CliRunner().invoke(app, asked).output
    assert (
        f"prochain démarrage ; un simulateur en marche est à relancer : fse serve --database {settings.database}"
        in said
    )
    assert running.db.call(lambda tx: worlds.find(tx, "default", "")).nomenclature == fixtures.BUILT_IN_NOMENCLATURE
    running.close()
    for banner in (f"liste neuve (jusqu'ici {fixtures.BUILT_IN_NOMENCLATURE})", "liste neuve"):
        started = create_app(settings)
        assert started.db.call(lambda tx: worlds.find(tx, "default", "")).nomenclature == "neuve"
        assert any(line.endswith(banner) for line in _welcome(started, tmp_path))
        started.close()


def test_it_knows_the_port_that_it_must_not_call(monkeypatch: pytest.MonkeyPatch) -> None:
    known: list[tuple[int, set[int]]] = []

    def serve(_: object, sockets: list[socket.socket]) -> None:
        known.append((sockets[0].getsockname()[1], set(urls.LISTENING)))

    monkeypatch.setattr(_Server, "run", serve)
    run(Choice("127.0.0.1", 0, memory=True, base_url="https://fse.example"))
    [(port, listening)] = known
    assert port in listening and port not in urls.LISTENING
