"""Shared vectors and one prescription to print."""

import json
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest

from simulator.codes import document

VECTORS = Path(__file__).parents[2] / "fixtures" / "vectors"


@pytest.fixture(scope="session")
def payloads() -> dict[str, Any]:
    return json.loads((VECTORS / "payloads.json").read_text("utf-8"))


@pytest.fixture(scope="session")
def prescription(payloads: dict[str, Any]) -> document.PrescriptionDocument:
    return document.PrescriptionDocument(
        payload=payloads["valid"][0]["payload"],
        number="2604817390552494",
        backup_code="32BK0XNV0",
        issued_at=datetime(2026, 11, 23, 9, tzinfo=UTC),
        date_of_care=date(2026, 11, 23),
        valid_until=date(2027, 2, 21),
        prescriber=document.Prescriber(
            "Dr Salma Bennani", "Médecin généraliste", "100000011", "Cabinet Bennani", "12, av. Hassan II, Kénitra"
        ),
        patient=document.Patient("Alaoui", "Yasmine", date(2018, 5, 4)),
        parts=(
            document.Part(
                "pharmacy",
                (
                    document.Line(
                        "AMOXICILLINE 500 MG, gélule", "2", posology="1 gélule matin et soir", duration_days=7
                    ),
                    document.Line("Sérum oral", "1", "unit", substitution_allowed=True, outside_list=True),
                ),
            ),
        ),
    )
