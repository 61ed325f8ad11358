"""Plays the commands of a guide in one shell, block after block, and lays its outputs beside what the guide shows.

    python tests/guides/play.py docs/guides/histoire-d-une-feuille.md    # writes the outputs into the guide

In a guide, a ``bash`` block is played, and the ``text`` block that follows is what it prints.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from client.launch import Running, simulator

_PAIR = re.compile(r"```bash\n(.*?)```\n(?:\n```text\n(.*?)```)?", re.S)
_MARK = "@@@ fin du bloc @@@"


def blocks(page: str) -> list[tuple[str, str]]:
    """(commands, what they are said to print) in the page's order."""
    return [(found[1], found[2] or "") for found in _PAIR.finditer(page)]


def play(commands: Sequence[str], running: Running, folder: Path) -> list[str]:
    """What each block printed, run in `folder` by one bash against that simulator. Raises AssertionError."""
    script = "set -euo pipefail\n" + "".join(f"{block}\necho '{_MARK}'\n" for block in commands)
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
    environment = {**os.environ, "PATH": path, "SIM": running.url, "FSE_DATA": str(running.data)}
    done = subprocess.run(
        ["bash", "-c", script], cwd=folder, env=environment, capture_output=True, text=True, timeout=600, check=False
    )
    printed = done.stdout.split(f"{_MARK}\n")
    assert done.returncode == 0, f"block {len(printed)} failed\n{done.stdout[-2000:]}\n{done.stderr[-2000:]}"
    return printed[:-1]


def main(file: Path) -> None:
    """Write what is printed today into the guide."""
    import tempfile

    page = file.read_text(encoding="utf-8")
    with simulator() as running, tempfile.TemporaryDirectory() as folder:
        printed = iter(play([commands for commands, _ in blocks(page)], running, Path(folder)))

    def filled(found: re.Match[str]) -> str:
        said = next(printed)
        return f"```bash\n{found[1]}```\n" + (f"\n```text\n{said}```" if said else "")

    file.write_text(_PAIR.sub(filled, page), encoding="utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
