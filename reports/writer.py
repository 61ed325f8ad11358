"""Writes the three views of a run: `report.html`, `junit.xml`, `report.json`.

The views hold no clock and no randomness: made again from the same run they have the same bytes. They go
to `report/` in the run, which is not evidence; the views of a zip go to `<zip>-rapport/` beside it.
Evidence that is no longer what its manifest says is still shown, under a warning that every view carries.
"""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path

from conformance.evidence import manifest
from conformance.evidence.manifest import DERIVED, Discrepancy
from reports.archive import opened
from reports.bundle import discrepancies
from reports.html import render
from reports.junit import junit_xml
from reports.source import RunUnreadable, read_run
from reports.summary import summary_json
from reports.text import harmless
from terminal.system import reason

HTML, JUNIT, JSON = "report.html", "junit.xml", "report.json"


def write_reports(run: Path, output: Path | None = None) -> list[Path]:
    """Writes the views of a run (directory or zip) and returns their paths, HTML first.

    Raises `RunUnreadable` as `make_reports` does.
    """
    return make_reports(run, output)[0]


def make_reports(run: Path, output: Path | None = None) -> tuple[list[Path], tuple[Discrepancy, ...]]:
    """`(paths written, files altered since the run was closed)`; a run without a manifest has none altered.

    Raises `RunUnreadable` when there is no run at that place or the views cannot be written.
    """
    with opened(run) as folder:
        told = read_run(folder, run.stem if run.is_file() else folder.resolve().name)
        told = replace(told, altered=_altered(folder, zipped=not run.is_dir()))
        views = {  # made here: the documents of a zip are gone once it is closed
            HTML: render(told).encode(),
            JUNIT: junit_xml(told),
            JSON: summary_json(told).encode(),
        }
    target = output or (run / DERIVED if run.is_dir() else run.parent / f"{run.stem}-rapport")
    try:
        target.mkdir(parents=True, exist_ok=True)
        return [_write(target / name, content) for name, content in views.items()], told.altered
    except OSError as error:
        raise RunUnreadable(f"« {target} » : écriture impossible ({reason(error)})") from None


def _altered(folder: Path, zipped: bool) -> tuple[Discrepancy, ...]:
    if not (folder / manifest.NAME).exists():  # the run is being closed, or was interrupted
        return ()
    try:
        found = discrepancies(folder, zipped=zipped)
    except RunUnreadable:  # not the manifest that was written
        return (Discrepancy(manifest.NAME, "altered"),)
    return tuple(Discrepancy(harmless(each.path), each.kind) for each in found)


def _write(path: Path, content: bytes) -> Path:
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        draft.write_bytes(content)
        return draft.replace(path)
    finally:
        draft.unlink(missing_ok=True)
