"""The two public layouts, on the real files where FSE_REAL_LISTS names their folder."""

from __future__ import annotations

import os
from decimal import Decimal
from pathlib import Path

import pytest

from simulator.kit.storage import Database
from simulator.nomenclature import importer, store

FOLDER = os.environ.get("FSE_REAL_LISTS")
pytestmark = pytest.mark.skipif(
    not FOLDER,
    reason="FSE_REAL_LISTS n'est pas défini : les listes publiques, non livrées, ne sont pas essayées",
)


def load(name: str) -> importer.ParsedList:
    path = Path(FOLDER or "") / name
    if not path.is_file():
        pytest.skip(f"{name} absent de FSE_REAL_LISTS")
    return importer.load(path)


def test_the_open_list_of_2014() -> None:
    parsed = load("meds_reference_cnops2014.csv")
    assert (parsed.rows, len(parsed.medicines), parsed.merged, len(parsed.left_out)) == (5917, 5898, 0, 19)
    assert all("clé de contrôle" in item.reason for item in parsed.left_out)
    assert len({item.line for item in parsed.left_out}) == 19
    assert sum(item.antibiotic is True for item in parsed.medicines) > 900
    below = [item for item in parsed.medicines if item.ppv and item.base and item.base < item.ppv]
    assert 440 <= len(below) <= 450
    combined = next(item for item in parsed.medicines if item.name == "ACEPRIL PLUS")
    assert combined.dci == ("PERINDOPRIL", "INDAPAMIDE") and combined.dosage == "4 MG / 1.25 MG"


def test_the_sample_of_2026() -> None:
    parsed = load("meds_cnss_official_sample_2026.csv")
    assert (parsed.rows, len(parsed.medicines), parsed.merged, parsed.left_out) == (113, 113, 0, ())
    assert sum(item.base is None for item in parsed.medicines) == 4
    assert sum(bool(item.base and item.ppv and item.base < item.ppv) for item in parsed.medicines) == 12
    assert {item.rate for item in parsed.medicines} == {Decimal("0.70"), Decimal("0.00")}


def test_a_list_of_six_thousand_rows_is_stored_whole(tmp_path: Path) -> None:
    parsed = load("meds_reference_cnops2014.csv")
    db = Database.open(f"sqlite:///{tmp_path}/essai.sqlite")
    try:
        stored = db.call(lambda tx: store.add(tx, "liste", parsed))
    finally:
        db.close()
    assert stored.rows == 5898
