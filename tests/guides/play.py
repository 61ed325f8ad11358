"""Plays the commands of a guide in one shell, block after block, and lays its outputs beside what the guide shows.

    python tests/guides/play.py docs/guides/histoire-d-une-feuille.md    # writes the outputs into the guide

In a guide, a ``bash`` block is played, and the ``text`` block that follows is what it prints. A guide that starts its
own simulator has a block ``fse serve``: it runs beside the others until the end, on the port that FSE_PORT gives.
"""

from __future__ import annotations

import os
import re
import socket
import subprocess
import sys
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path

from client.launch import Running, simulator

_PAIR = re.compile(r"```bash\n(.*?)```\n(?:\n```text\n(.*?)```)?", re.S)
_MARK = "@@@ fin du bloc @@@"
SERVE = "fse serve\n"
_SERVED = """fse serve > serve.txt 2>&1 &
trap "kill $!; wait $! || true" EXIT
for _ in $(seq 300); do curl -sf "$FSE_SIMULATOR/bench/v1/version" -A attente > /dev/null && break; sleep 0.2; done
cat serve.txt
"""
_VARIES = (
    (r"127\.0\.0\.1:\d+", "127.0.0.1:8700"),
    (r"\d{4}-\d\d-\d\d(T[\d:.]+Z)?", "<date>"),
    (r"\b\d{16}\b|\b\d{4} \d{4} \d{4} \d{4}\b", "<numéro>"),
    (r"\b(clm|lea|exe|evt|flt|sub)-[a-z0-9]+", r"\1-<id>"),
    (r"\b\d+ (ms|Ko|graine)\b", r"<n> \1"),
    (r"(zxing|zbar) \([^)]*\)", "<lecteur>"),
    (r"FSE1:.*…", "FSE1:<qr>…"),
    (r"(whsec_|Jeton du banc +|Clé du journal +).*", r"\1<secret>"),
)


def blocks(page: str) -> list[tuple[str, str]]:
    """(commands, what they are said to print) in the page's order."""
    return [(found[1], found[2] or "") for found in _PAIR.finditer(page)]


def masked(text: str) -> str:
    """`text` without what belongs to one run only: addresses, dates, numbers, identifiers, durations, secrets."""
    for pattern, name in _VARIES:
        text = re.sub(pattern, name, text)
    return text


def play(commands: Sequence[str], running: Running | None, folder: Path) -> list[str]:
    """What each block printed, run in `folder` by one bash against that simulator, or against the one that the
    guide starts. Raises AssertionError."""
    blocks_run = [_SERVED if block == SERVE else block for block in commands]
    script = "set -euo pipefail\n" + "".join(f"{block}\necho '{_MARK}'\n" for block in blocks_run)
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
    given = {name: value for name, value in os.environ.items() if not name.startswith(("FSE_", "SIM"))}
    environment = {**given, "PATH": path, **(_free() if running is None else _known(running))}
    done = subprocess.run(
        ["bash", "-c", script], cwd=folder, env=environment, capture_output=True, text=True, timeout=600, check=False
    )
    printed = done.stdout.split(f"{_MARK}\n")
    assert done.returncode == 0, f"block {len(printed)} failed\n{done.stdout[-2000:]}\n{done.stderr[-2000:]}"
    return printed[:-1]


def _known(running: Running) -> dict[str, str]:
    return {"SIM": running.url, "FSE_DATA": str(running.data)}


def _free() -> dict[str, str]:
    """A port that nothing listens on: the guide's own simulator takes it."""
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        port = found.getsockname()[1]
    return {"FSE_PORT": str(port), "FSE_SIMULATOR": f"http://127.0.0.1:{port}"}


def _shown(text: str, folder: Path) -> str:
    """For a reader: no port, folder or secret of this machine."""
    text = text.replace(f"{folder}/", "").replace(f"{folder.resolve()}/", "")
    text = re.sub(r"127\.0\.0\.1:\d+", "127.0.0.1:8700", text)
    return re.sub(r"(Jeton du banc +|Clé du journal +)[\w-]+", r"\1…", text)


def main(file: Path) -> None:
    """Write what is printed today into the guide."""
    import tempfile

    page = file.read_text(encoding="utf-8")
    commands = [block for block, _ in blocks(page)]
    with ExitStack() as stack:
        running = None if SERVE in commands else stack.enter_context(simulator())
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        printed = iter([_shown(text, folder) for text in play(commands, running, folder)])

    def filled(found: re.Match[str]) -> str:
        said = next(printed)
        end = "" if found[2] else "\n"
        return f"```bash\n{found[1]}```\n" + (f"\n```text\n{said}```{end}" if said else "")

    file.write_text(_PAIR.sub(filled, page), encoding="utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
