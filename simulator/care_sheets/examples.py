"""The worked example of the contract: a consultation at 150.00 MAD and an antibiotic."""

from __future__ import annotations

from typing import Any

CARE_SHEET: dict[str, Any] = {
    "date_of_care": "2026-11-23",
    "beneficiary": {"registration_number": "100000001", "dependant_rank": 0},
    "care_setting": "ambulatory",
    "rights_acknowledged": False,
    "sections": [
        {"type": "prescriber", "lines": [{"act_code": "C", "quantity": "1", "charged": "150.00"}]},
        {
            "type": "pharmacy",
            "lines": [
                {
                    "ean13": "6118999000018",
                    "quantity": "2",
                    "unit": "box",
                    "posology": "1 gélule matin et soir",
                    "duration_days": 7,
                    "substitution_allowed": False,
                }
            ],
        },
    ],
}

ANALYSIS: dict[str, Any] = {"act_code": "B-NFS", "quantity": "1", "note": "À jeun"}
