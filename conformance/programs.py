"""Start editors that come with the suite (the reference editor, the faulty ones) as separate programs."""

from __future__ import annotations

import json
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from queue import Empty, Queue
from typing import IO

from conformance.faulty_editors.registry import all_faults

READY = "EDITOR_READY "


class EditorDidNotStart(Exception):
    """The editor ended or stayed silent; the text carries what it said, in French."""


def module(name: str) -> list[str]:
    """The module of `reference`, or of `faulty:<name>` with its argument; `EditorDidNotStart` for any other."""
    kind, _, fault = name.partition(":")
    if name == "reference":
        return ["conformance.reference_editor"]
    if kind != "faulty" or fault not in all_faults():
        known = ", ".join(["reference", *(f"faulty:{known}" for known in all_faults())])
        raise EditorDidNotStart(f"« {name} » n'est pas un éditeur fourni. Connus : {known}")
    return ["conformance.faulty_editors", fault]


def command(name: str) -> list[str]:
    """The program of an editor of ours, on a free port."""
    return [sys.executable, "-P", "-m", *module(name), "--port", "0", "--announce"]


@contextmanager
def editors(name: str, lanes: int) -> Iterator[list[str]]:
    """The endpoints of as many instances as lanes; every process ends with the block."""
    with ExitStack() as stack:
        yield [stack.enter_context(_started(name)) for _ in range(lanes)]


@contextmanager
def _started(name: str) -> Iterator[str]:
    process = subprocess.Popen(
        command(name), stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, encoding="utf-8"
    )
    try:
        yield _announced(name, process)
    finally:
        process.terminate()
        try:
            process.wait(5)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        if process.stdout:
            process.stdout.close()


def _announced(name: str, process: subprocess.Popen[str], patience_s: float = 120.0) -> str:
    lines: Queue[str] = Queue()
    assert process.stdout is not None
    threading.Thread(target=_drain, args=(process.stdout, lines), daemon=True).start()
    try:
        while True:
            line = lines.get(timeout=patience_s)
            if line.startswith(READY):
                return str(json.loads(line.removeprefix(READY))["url"]).rstrip("/")
            if not line:
                raise EditorDidNotStart(f"l'éditeur « {name} » s'est arrêté avant d'être prêt")
    except Empty:
        raise EditorDidNotStart(f"l'éditeur « {name} » n'a rien annoncé en {patience_s:g} s") from None


def _drain(stream: IO[str], lines: Queue[str]) -> None:
    try:
        for line in stream:
            lines.put(line)
    except ValueError:
        pass
    lines.put("")
