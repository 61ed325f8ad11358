"""Start a simulator of one's own, as a program, and stop it: for load, fuzz, benchmarks and demonstrations.

The simulator is only known by its command line (`fse serve … --announce`), never by an import.
"""

from __future__ import annotations

import ipaddress
import json
import os
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from queue import Empty, Queue
from typing import IO, Any
from urllib.parse import urlsplit

READY = "FSE_READY "


class LaunchError(Exception):
    """No simulator to work with; the message is French: its last words, or what to give."""


@dataclass(frozen=True)
class Running:
    """A simulator that answers. `url` has no trailing slash; `pid` is its process; `data` its own
    directory; `medicines` the report of the list it imported (`lines` for a person), if it was given one.
    """

    url: str
    bench_token: str
    pid: int
    data: Path
    medicines: Mapping[str, Any] | None = None


@contextmanager
def simulator(
    *options: str,
    data: Path | None = None,
    patience_s: float = 120.0,
    environment: Mapping[str, str] | None = None,
) -> Iterator[Running]:
    """A simulator on a free loopback port, stopped on the way out, whatever happens.

    `options` are those of ``fse serve`` (``--memory`` unless given); `data` is its directory, a temporary
    one by default, removed afterwards; `environment` adds variables to its own. Raises `LaunchError`.
    """
    with tempfile.TemporaryDirectory(prefix="banc-fse-") as scratch:
        home = data or Path(scratch)
        command = [
            sys.executable,
            "-P",
            "-m",
            "fse",
            "serve",
            "--port",
            "0",
            "--announce",
            *(options or ("--memory",)),
        ]
        log = Path(scratch) / "simulator.log"
        given = {k: v for k, v in os.environ.items() if k != "FSE_BENCH_TOKEN"}
        given |= {"FSE_DATA": str(home), **(environment or {})}
        with log.open("wb") as stderr:
            process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=stderr, env=given, text=True)
            try:
                said = _wait(process, patience_s, log)
                token = Path(said["bench_token_file"]).read_text(encoding="utf-8").strip()
                yield Running(said["url"].rstrip("/"), token, process.pid, home, said.get("medicines"))
            finally:
                stop(process)


@contextmanager
def reach(url: str, token_file: Path | None, *, allow_remote: bool = False) -> Iterator[tuple[str, str]]:
    """URL and bench token of the simulator at `url`, or of one started here when `url` is empty.

    The token comes from `token_file`, else from FSE_BENCH_TOKEN. Raises `LaunchError`, also for a host that is not
    this machine unless `allow_remote`.
    """
    if not url:
        with simulator() as running:
            yield running.url, running.bench_token
        return
    if not allow_remote and not is_loopback(url):
        raise LaunchError(f"{url} n'est pas sur cette machine ; --allow-remote si vous en avez le droit")
    try:
        token = token_file.read_text(encoding="utf-8").strip() if token_file else os.environ["FSE_BENCH_TOKEN"]
    except KeyError:
        raise LaunchError("avec --simulator, donner le jeton : --bench-token-file ou FSE_BENCH_TOKEN") from None
    except (OSError, UnicodeDecodeError):
        raise LaunchError(f"jeton de banc illisible : {token_file}") from None
    yield url.rstrip("/"), token


def stop(process: subprocess.Popen[str], patience_s: float = 5.0) -> None:
    """Ask a process that we started to end, then insist."""
    process.terminate()
    try:
        process.wait(patience_s)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait(patience_s)
    if process.stdout is not None:
        process.stdout.close()


def _wait(process: subprocess.Popen[str], patience_s: float, log: Path) -> dict[str, Any]:
    assert process.stdout is not None
    heard: Queue[str | None] = Queue()
    threading.Thread(target=_listen, args=(process.stdout, heard), daemon=True).start()
    lines: list[str] = []
    while True:
        try:
            line = heard.get(timeout=patience_s)
        except Empty:
            raise LaunchError(f"Le simulateur n'a rien annoncé en {patience_s:.0f} s.") from None
        if line is None:
            last = _last_words(lines, log)
            raise LaunchError(f"Le simulateur n'a pas démarré : {last or 'aucun message'}.")
        if line.startswith(READY):
            return dict(json.loads(line.removeprefix(READY)))
        lines.append(line.strip())


def _listen(stream: IO[str], heard: Queue[str | None]) -> None:
    for line in stream:
        heard.put(line)
    heard.put(None)


def _last_words(lines: Sequence[str], log: Path) -> str:
    said = [*lines, *log.read_text(encoding="utf-8", errors="replace").splitlines()]
    return " / ".join(text for text in said[-3:] if text)


def is_loopback(url: str) -> bool:
    """Whether the host of a URL is this very machine, judged without asking any name server."""
    host = urlsplit(url).hostname or ""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
