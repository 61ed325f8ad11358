"""The bundle of a run: one zip, the same bytes for the same evidence, that others can check.

Entries are sorted, dated 1980-01-01, with the same permissions, at the top of the archive; the manifest is
among them. (Identical bytes also need the same zlib.) Only evidence goes in: the views under `report/` are
made again by the reader's own suite, from what the manifest covers, so that no one can slip in a page that
says something else. A run that no longer agrees with its manifest is not bundled; one that was interrupted
before it had a manifest gets it in the zip only.
"""

from __future__ import annotations

import os
import stat
import zipfile
from pathlib import Path

from conformance.evidence import manifest
from conformance.evidence.manifest import Discrepancy
from conformance.evidence.store import NotARun, dump
from reports.archive import opened, safe_extract
from reports.source import RunUnreadable
from terminal.system import reason

__all__ = ["Discrepancy", "check_manifest", "discrepancies", "make_bundle", "opened", "safe_extract"]

_DATE = (1980, 1, 1, 0, 0, 0)
_MODE = (stat.S_IFREG | 0o644) << 16
_UNIX = 3


def check_manifest(run: Path) -> list[Discrepancy]:
    """Every file altered, missing or added since the run was closed; empty when all is as it was.

    `run` is a directory or a zip; in a zip, a `report/` is an addition too. Raises `RunUnreadable` (French)
    when there is no run at that place or no usable manifest. A manifest shows accidents and careless edits,
    not fraud: whoever edits a file can rewrite it; the signature of the bundle answers to that.
    """
    with opened(run) as folder:
        return discrepancies(folder, zipped=not run.is_dir())


def discrepancies(folder: Path, *, zipped: bool) -> list[Discrepancy]:
    """`check_manifest` of a run already opened; `zipped`: it came out of a zip."""
    try:
        found = manifest.compare(folder)
    except NotARun as error:
        raise RunUnreadable(str(error)) from None
    if zipped:
        views = (path for path in (folder / manifest.DERIVED).rglob("*") if path.is_file())
        found += [Discrepancy(path.relative_to(folder).as_posix(), "added") for path in views]
    return sorted(found, key=lambda discrepancy: discrepancy.path)


def make_bundle(run: Path, output: Path | None = None) -> Path:
    """Writes the bundle of a run directory, `<run>.zip` beside it unless told otherwise; returns its path.

    Raises `RunUnreadable` when the directory is no run, disagrees with its manifest, or the zip cannot be
    written; nothing half-written stays behind.
    """
    if not (run / "run.json").is_file():
        raise RunUnreadable(f"« {run} » n'est pas un dossier d'exécution (run.json absent)")
    if (run / manifest.NAME).exists() and (found := check_manifest(run)):
        names = " ; ".join(str(discrepancy) for discrepancy in found[:5])
        more = f" ; et {len(found) - 5} autres" if len(found) > 5 else ""
        raise RunUnreadable(f"cette exécution a changé depuis sa clôture ({names}{more}) ; rien n'a été écrit")
    target = output or run.parent / f"{run.resolve().name}.zip"
    if target.resolve().is_relative_to(run.resolve()):
        raise RunUnreadable("la liasse ne peut pas être écrite dans l'exécution elle-même ; changez --output")
    _refuse_links(run)
    files = manifest.digests(run)
    sealed = dump({"algorithm": "sha256", "files": files}).encode()
    draft = target.with_name(f".{target.name}.{os.getpid()}")
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        with zipfile.ZipFile(draft, "w", zipfile.ZIP_DEFLATED, compresslevel=6) as archive:
            for name in sorted([*files, manifest.NAME]):
                archive.writestr(_entry(name), sealed if name == manifest.NAME else (run / name).read_bytes())
        return draft.replace(target)
    except OSError as error:
        raise RunUnreadable(f"« {target} » ne peut pas être écrit : {reason(error)}") from None
    finally:
        draft.unlink(missing_ok=True)


def _refuse_links(run: Path) -> None:
    """Evidence is made of plain files: a link could carry any file of this machine into the bundle."""
    for path in run.rglob("*"):
        if path.is_symlink():
            raise RunUnreadable(f"« {path.relative_to(run)} » est un lien ; retirez-le de l'exécution")


def _entry(name: str) -> zipfile.ZipInfo:
    entry = zipfile.ZipInfo(name, _DATE)
    entry.compress_type = zipfile.ZIP_DEFLATED
    entry.create_system = _UNIX
    entry.external_attr = _MODE
    return entry
