"""What the machine says of a process: the CPU time it took, which other people's work does not swell."""

from __future__ import annotations

import os
import platform
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
