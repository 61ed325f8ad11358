"""Start a server: take the port, then the folder, then the database; undo nothing because nothing is left."""

from __future__ import annotations

import gc
import json
import os
import socket
from collections.abc import Sequence
from contextlib import ExitStack, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import uvicorn

from simulator.app import Simulator, create_app
from simulator.events import urls
from simulator.journal.instance import FILE as KEY_FILE
from simulator.journal.instance import Instance
from simulator.kit import ids
from simulator.kit.problems import Problem
from simulator.kit.storage import shown
from simulator.place import PlaceError, data_folder, database_file, hold
from simulator.settings import (
    DEFAULT_WORLD,
    DEMO_CLIENT,
    DEMO_SECRET,
    LOOPBACK_NAMES,
    Settings,
    is_loopback,
)
from terminal.system import reason


class StartError(Exception):
    """The server cannot start; one French line."""


@dataclass(frozen=True)
class Choice:
    """The command line of `fse serve`."""

    host: str
    port: int
    database: str = ""
    memory: bool = False
    announce: bool = False
    medicines: Path | None = None
    allow_remote: bool = False
    bench_hosts: frozenset[str] = field(default_factory=frozenset)
    base_url: str = ""


def run(choice: Choice) -> None:
    """Serve until a signal. Raises StartError before anything is written where that can be."""
    if not is_loopback(choice.host) and not choice.allow_remote:
        raise StartError(f"{choice.host} est visible d'autres machines ; ajouter --allow-remote si c'est voulu.")
    if choice.medicines and not choice.medicines.is_file():
        raise StartError(f"le fichier {choice.medicines} n'existe pas.")
    with ExitStack() as taken:
        try:
            database_file(choice.database or "sqlite://")
            listening = taken.enter_context(_listen(choice))
            urls.LISTENING.add(port := listening.getsockname()[1])
            taken.callback(urls.LISTENING.discard, port)
            folder, token = _folder()
            settings = _settings(choice, listening, folder, token)
            file = database_file(settings.database)
            if file is not None:
                taken.enter_context(hold(file))
        except PlaceError as error:
            raise StartError(str(error)) from None
        simulator = _open(settings)
        taken.callback(simulator.close)
        imported = _import(choice, simulator)
        server = _Server(simulator, choice, folder / "bench-token", imported)
        with suppress(KeyboardInterrupt):
            server.run(sockets=[listening])


class _Server(uvicorn.Server):
    """Says that it is ready once it is."""

    def __init__(self, simulator: Simulator, choice: Choice, token_file: Path, imported: dict[str, Any] | None) -> None:
        super().__init__(
            uvicorn.Config(
                simulator,
                log_level="warning",
                access_log=False,
                date_header=False,
                server_header=False,
                proxy_headers=False,
                timeout_graceful_shutdown=1,
            )
        )
        self._simulator, self._choice, self._token_file = simulator, choice, token_file
        self._imported = imported

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        gc.collect()
        gc.freeze()  # tables, schemas and fixtures live as long as the process: never look at them again
        gc.set_threshold(20_000, 20, 100)
        settings = self._simulator.settings
        if self._choice.announce:
            said: dict[str, Any] = {"url": settings.base_url, "bench_token_file": str(self._token_file)}
            if self._imported:
                said["medicines"] = self._imported
            print(f"FSE_READY {json.dumps(said)}", flush=True)
            return
        lines = [*(self._imported or {}).get("lines", []), *_welcome(self._simulator, self._token_file)]
        print("\n".join(lines), flush=True)

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        self._simulator.worlds.release()
        await super().shutdown(sockets)


def _welcome(simulator: Simulator, token_file: Path) -> Sequence[str]:
    settings = simulator.settings
    before = f" (jusqu'ici {simulator.replaced})" if simulator.replaced else ""
    lines = [
        "Simulateur FSE prêt — NON OFFICIEL, données de test seulement.",
        f"  Adresse         {settings.base_url}",
        f"  Documentation   {settings.base_url}/docs",
        f"  Monde           {settings.base_url}/w/{DEFAULT_WORLD}",
        f"  Médicaments     liste {simulator.version}{before}",
        f"  Première heure  client {DEMO_CLIENT}, secret {DEMO_SECRET}",
    ]
    if settings.bench_token:
        lines.append(f"  Jeton du banc   {settings.bench_token}  ({token_file})")
        lines.append(f"  Clé du journal  {simulator.worlds.instance.fingerprint}")
    else:
        lines.append("  Pilotage du banc fermé hors de cette machine (--remote-bench pour l'ouvrir).")
    return [*lines, "Ctrl-C pour arrêter."]


def _listen(choice: Choice) -> socket.socket:
    family = socket.AF_INET6 if ":" in choice.host else socket.AF_INET
    listening = socket.socket(family, socket.SOCK_STREAM)
    if os.name == "posix":
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listening.bind((choice.host.strip("[]"), choice.port))
        listening.listen(2048)
    except (OSError, OverflowError):
        listening.close()
        raise StartError(
            f"le port {choice.port} de {choice.host} est déjà pris ou interdit ; choisir --port."
        ) from None
    listening.setblocking(False)
    return listening


def _folder() -> tuple[Path, str]:
    """(data folder, bench token), the token file readable by its owner only."""
    folder = data_folder()
    path = folder / "bench-token"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        given = os.environ.get("FSE_BENCH_TOKEN")
        known = path.read_text(encoding="utf-8").strip() if path.exists() else ""
        token = given or known or ids.new_secret()
        if token != known:
            partial = folder / f"bench-token.{os.getpid()}"
            descriptor = os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
            with os.fdopen(descriptor, "w", encoding="utf-8") as stream:
                stream.write(token + "\n")
            partial.replace(path)
        else:
            path.chmod(0o600)
    except OSError as error:
        raise StartError(f"le dossier {folder} n'est pas utilisable ({reason(error)}).") from None
    return folder.resolve(), token


def _settings(choice: Choice, listening: socket.socket, folder: Path, token: str) -> Settings:
    port = listening.getsockname()[1]
    name = f"[{choice.host}]" if ":" in choice.host else choice.host
    local = is_loopback(choice.host)
    database = choice.database or ("sqlite://" if choice.memory else f"sqlite:///{folder}/fse.sqlite")
    return Settings(
        base_url=choice.base_url or f"http://{name}:{port}",
        database=database,
        bench_token=token if local or choice.bench_hosts else None,
        bench_hosts=choice.bench_hosts - LOOPBACK_NAMES,
        instance=Instance.new() if choice.memory else _instance(folder),
    )


def _instance(folder: Path) -> Instance:
    try:
        return Instance.kept(folder)
    except (OSError, ValueError, TypeError) as error:
        raise StartError(
            f"la clé {folder / KEY_FILE} ne se lit pas ({error}) ; la rendre lisible, ou l'effacer."
        ) from None


def _open(settings: Settings) -> Simulator:
    try:
        return create_app(settings)
    except (ValueError, OSError, Problem) as error:
        raise StartError(f"la base {shown(settings.database)} ne s'ouvre pas ({error}).") from None


def _import(choice: Choice, simulator: Simulator) -> dict[str, Any] | None:
    if choice.medicines is None:
        return None
    try:
        return simulator.use_medicines(choice.medicines)
    except (OSError, ValueError, Problem) as error:
        raise StartError(f"la liste {choice.medicines} est refusée : {error}") from None
