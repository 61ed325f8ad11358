"""The medicine lists that worlds may use."""

from __future__ import annotations

from typing import Any

from simulator.kit.problems import Problem
from simulator.kit.storage import Tx
from simulator.nomenclature import store


def choose(tx: Tx, wanted: str | None) -> str:
    """The version a new world uses; raises Problem unknown-nomenclature."""
    if wanted is None:
        return store.current(tx)
    if store.find_version(tx, wanted) is None:
        raise Problem("unknown-nomenclature", f"Aucune liste « {wanted} » n'est chargée.")
    return wanted


def versions(tx: Tx) -> list[dict[str, Any]]:
    """Every stored version with its number of medicines, the built-in one first; which is `current`."""
    current = store.current(tx)
    return [
        {
            "version": item.version,
            "rows": item.rows,
            "current": item.version == current,
            "source": item.source_name,
            "sha256": item.sha256,
            "imported_at": item.imported_at,
        }
        for item in store.versions(tx)
    ]
