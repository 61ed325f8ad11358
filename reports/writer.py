"""Writes the three views of a run: `report.html`, `junit.xml`, `report.json`.

The views hold no clock and no randomness: made again from the same run they have the same bytes. They go
to `report/` in the run, which is not evidence; the views of a zip go to `<zip>-rapport/` beside it.
"""

from __future__ import annotations

import os
from pathlib import Path

from conformance.evidence.manifest import DERIVED
from reports.archive import opened
from reports.html import render
from reports.junit import junit_xml
from reports.source import RunUnreadable, read_run
from reports.summary import summary_json

HTML, JUNIT, JSON = "report.html", "junit.xml", "report.json"


def write_reports(run: Path, output: Path | None = None) -> list[Path]:
    """Writes the views of a run (directory or zip) and returns their paths, HTML first.

    Raises `RunUnreadable` when there is no run at that place or the views cannot be written.
    """
    with opened(run) as folder:
        told = read_run(folder, run.stem if run.is_file() else folder.resolve().name)
        views = {  # made here: the documents of a zip are gone once it is closed
            HTML: render(told).encode(),
            JUNIT: junit_xml(told),
            JSON: summary_json(told).encode(),
        }
    target = output or (run / DERIVED if run.is_dir() else run.parent / f"{run.stem}-rapport")
    try:
        target.mkdir(parents=True, exist_ok=True)
        return [_write(target / name, content) for name, content in views.items()]
    except OSError as error:
        raise RunUnreadable(f"« {target} » : écriture impossible ({error.strerror})") from None


def _write(path: Path, content: bytes) -> Path:
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        draft.write_bytes(content)
        return draft.replace(path)
    finally:
        draft.unlink(missing_ok=True)
