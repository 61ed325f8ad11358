"""The medicine lists that worlds may use."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from fixtures import loader
from simulator.kit.storage import Tx


def choose(tx: Tx, wanted: str | None) -> str:
    """The version a new world uses; raises Problem unknown-nomenclature."""
    return wanted or loader.BUILT_IN_NOMENCLATURE


def versions(tx: Tx) -> list[dict[str, Any]]:
    """Every stored version with its number of rows."""
    return [{"version": loader.BUILT_IN_NOMENCLATURE, "rows": len(loader.medicines())}]


def prepare(tx: Tx) -> str:
    """Make sure the built-in list is there; the version in force for new worlds."""
    return loader.BUILT_IN_NOMENCLATURE


def import_file(tx: Tx, path: Path) -> tuple[str, str]:
    """(version, French report) of an imported list."""
    raise ValueError("l'import n'est pas disponible.")
