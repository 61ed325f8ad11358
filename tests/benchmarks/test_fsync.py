"""The slow disk: it slows what it should, its absence is said, and a delay that does nothing is not a figure."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from benchmarks import fsync, slow_disk
from benchmarks.generator import Batch
from benchmarks.journey import OPERATIONS

SYNC = "import os,sys,time; f=open(sys.argv[1],'w'); t=time.perf_counter(); [os.fsync(f.fileno()) for _ in range(3)]; "
SYNC += "[os.fdatasync(f.fileno()) for _ in range(3)]; print(time.perf_counter()-t)"


def measured(folder: Path, **environment: str) -> float:
    command = [sys.executable, "-c", SYNC, str(folder / "f")]
    done = subprocess.run(command, env={**os.environ, **environment}, capture_output=True, text=True, check=True)
    return float(done.stdout)


def test_every_synchronisation_of_the_process_takes_longer(tmp_path: Path) -> None:
    try:
        library = slow_disk.compiled(tmp_path, 40)
    except slow_disk.NotMeasured as why:
        pytest.skip(str(why))
    assert measured(tmp_path, LD_PRELOAD=str(library)) > 6 * 0.040 > measured(tmp_path)


def test_without_a_compiler_it_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(slow_disk.shutil, "which", lambda _: None)
    monkeypatch.setattr(slow_disk.sys, "platform", "linux")
    with pytest.raises(slow_disk.NotMeasured, match="compilateur C"):
        slow_disk.compiled(tmp_path, 5)


def rounds(slowed_ms: float) -> list[fsync.Round]:
    plain = Batch(1.0, 0.1, [1.0] * 10, [(201, {}, b"")] * 10)
    slowed = Batch(1.6, 0.1, [slowed_ms] * 10, [(201, {}, b"")] * 10)
    return [{operation: {"plain": plain, "slowed": slowed} for operation in OPERATIONS}]


def test_the_share_kept_is_slowed_over_plain() -> None:
    assert fsync.summary(rounds(7.0))["execute"] == {"kept": 0.625, "floor": 0.5, "plain_rps": 10, "slowed_rps": 6}


def test_a_delay_that_does_nothing_is_no_figure() -> None:
    with pytest.raises(slow_disk.NotMeasured, match="n'agit pas"):
        fsync.summary(rounds(1.0))
