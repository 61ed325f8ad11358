"""What the machine says of a process: the CPU time it took, which other people's work does not swell."""

from __future__ import annotations

import os
import platform
from collections.abc import Iterable
from pathlib import Path
from typing import Any


def cpu_seconds(pid: int) -> float | None:
    """User and system time of a process, seconds; None where /proc does not tell (Windows, macOS)."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
    except OSError:
        return None
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def described() -> dict[str, Any]:
    """Enough to read the figures by: never compare two machines by anything but ratios."""
    return {"cpus": os.cpu_count(), "python": platform.python_version(), "system": platform.platform()}


def on_one_core(servers: Iterable[int], generator: int) -> bool:
    """Keep each server, with all its threads, on the same core, and the generator off it; False where that cannot be.

    The ratios are those of one core: without it, a server of two threads would be helped by the second core, and
    hindered by what it costs to pass from one to the other.
    """
    try:
        usable = sorted(os.sched_getaffinity(0))
        for pid in servers:
            for task in Path(f"/proc/{pid}/task").iterdir():
                os.sched_setaffinity(int(task.name), usable[-1:])
        os.sched_setaffinity(generator, usable[:-1] or usable)
    except (AttributeError, OSError):  # not Linux
        return False
    return len(usable) > 1
