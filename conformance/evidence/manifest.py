"""The manifest of a run: SHA-256 of every evidence file, written last.

Covers everything below the run folder but itself and `report/` (pages derived for readers, which can be
made again at any time).
"""

from __future__ import annotations

from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Literal

from conformance.evidence.store import NotARun, read_json, write_json

NAME = "manifest.json"
DERIVED = "report"


@dataclass(frozen=True)
class Discrepancy:
    """One file that is not what the manifest says."""

    path: str
    kind: Literal["altered", "missing", "added"]

    def __str__(self) -> str:
        words = {"altered": "modifié", "missing": "manquant", "added": "ajouté"}
        return f"{self.path} : {words[self.kind]}"


def digests(folder: Path) -> dict[str, str]:
    """Relative POSIX path → SHA-256 hex, for every evidence file of a run folder."""
    found: dict[str, str] = {}
    for path in sorted(folder.rglob("*")):
        relative = path.relative_to(folder)
        if path.is_file() and str(relative) != NAME and relative.parts[0] != DERIVED:
            found[relative.as_posix()] = sha256(path.read_bytes()).hexdigest()
    return found


def write(folder: Path) -> None:
    """Write `manifest.json`; call it last."""
    write_json(folder / NAME, {"algorithm": "sha256", "files": digests(folder)})


def compare(folder: Path) -> list[Discrepancy]:
    """Each file altered, missing or added since the manifest was written. `NotARun` without a manifest."""
    manifest = read_json(folder / NAME)
    declared = manifest.get("files") if isinstance(manifest, dict) else None
    if not isinstance(declared, dict):
        raise NotARun(f"le manifeste de {folder} n'a pas la forme attendue")
    present = digests(folder)
    found = [Discrepancy(path, "missing") for path in declared if path not in present]
    found += [Discrepancy(path, "added") for path in present if path not in declared]
    found += [
        Discrepancy(path, "altered") for path, digest in declared.items() if path in present and present[path] != digest
    ]
    return sorted(found, key=lambda d: d.path)
