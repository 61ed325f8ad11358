"""A slow disk for one process: every fsync and fdatasync of it takes some milliseconds more.

The delay is put in front of the C library by LD_PRELOAD, so that the program under measure is the one that users run,
not one told to be slow. It needs Linux and a C compiler; without them nothing is measured, and that is said.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

SOURCE = r"""
#define _GNU_SOURCE
#include <dlfcn.h>
#include <time.h>

static void wait_more(void) {
    struct timespec left = {0, MILLISECONDS * 1000000L};
    while (nanosleep(&left, &left) != 0) {}
}
int fsync(int fd) {
    static int (*real)(int);
    if (!real) real = (int (*)(int)) dlsym(RTLD_NEXT, "fsync");
    wait_more();
    return real(fd);
}
int fdatasync(int fd) {
    static int (*real)(int);
    if (!real) real = (int (*)(int)) dlsym(RTLD_NEXT, "fdatasync");
    wait_more();
    return real(fd);
}
"""


class NotMeasured(Exception):
    """Why there is no figure; French."""


def compiled(folder: Path, milliseconds: int) -> Path:
    """The shared library, made in `folder`. Raises NotMeasured where it cannot be."""
    compiler = shutil.which("cc") or shutil.which("gcc") or shutil.which("clang")
    if not sys.platform.startswith("linux"):
        raise NotMeasured("le ralentissement du disque demande Linux (LD_PRELOAD).")
    if compiler is None:
        raise NotMeasured("aucun compilateur C (cc) sur cette machine.")
    source, library = folder / "slow_disk.c", folder / "slow_disk.so"
    source.write_text(SOURCE, encoding="utf-8")
    flags = ["-shared", "-fPIC", "-O1", f"-DMILLISECONDS={milliseconds}", "-o", str(library), str(source), "-ldl"]
    done = subprocess.run([compiler, *flags], capture_output=True, text=True, check=False)
    if done.returncode:
        raise NotMeasured(f"le compilateur C a échoué : {done.stderr.strip()[:200]}")
    return library
