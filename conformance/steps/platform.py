"""What steps ask of the platform by the suite's own hand: medicines to prescribe, sheets to present.

The suite acts here as a simulated prescriber over the FSE API, never by a back door, so that the same cases
run against any platform and any nomenclature.
"""

from __future__ import annotations

from typing import Any

from conformance.steps.case import GP, Case, Impossible

UNKNOWN_EAN = "6118009999993"
OUTSIDE = {"label": "Préparation magistrale, 100 g", "reason": "Absente de la liste en vigueur"}
BOXES = "2"


def date_of_care(case: Case) -> str:
    """The case's day of care: the world's opening day in Morocco (worlds open at 9 h UTC)."""
    return str(case.world["now"])[:10]


def prescribed(case: Case, choice: dict[str, Any]) -> dict[str, Any]:
    """One prescribed medicine, as a driver's input, from its symbolic choice."""
    common = {
        "quantity": BOXES,
        "unit": "box",
        "posology": "Un comprimé matin et soir, après le repas",
        "duration_days": 7,
        "substitution_allowed": False,
    }
    if choice["choice"] == "outside-list":
        return {"outside_list": OUTSIDE, **common}
    if choice["choice"] == "unknown-code":
        return {"ean13": UNKNOWN_EAN, **common}
    return {"ean13": reimbursable(case)[choice["rank"]]["ean13"], **common}


_CHOSEN: dict[str, list[dict[str, Any]]] = {}


def reimbursable(case: Case) -> list[dict[str, Any]]:
    """Reimbursable medicines of the list in force, in its order; asked once for each nomenclature."""
    version = str(case.world["nomenclature"])
    if version not in _CHOSEN:
        rows = case.as_professional(GP).medicines(reimbursable="true")
        kept = [row for row in rows if row.get("ppv") and row.get("base") and float(row["rate"]) > 0]
        if len(kept) < 2:
            raise Impossible(f"la liste « {version} » n'offre pas deux médicaments remboursables")
        _CHOSEN[version] = kept
    return _CHOSEN[version]


def issued_sheet(case: Case) -> dict[str, Any]:
    """A sheet issued by Dr Bennani for the case's patient, with the case's prescription."""
    lines = [prescribed(case, choice) for choice in case.stimuli["sheet"]["medicines"]]
    sheet = case.as_professional(GP).issue(
        {
            "date_of_care": date_of_care(case),
            "beneficiary": case.stimuli["beneficiary"],
            "care_setting": "ambulatory",
            "rights_acknowledged": False,
            "sections": [{"type": "pharmacy", "lines": lines}],
        }
    )
    prices = {row["ean13"]: row["ppv"] for row in reimbursable(case)}
    case.facts["lines"] = [
        {
            "line": n,
            "ean13": line.get("ean13"),
            "quantity": BOXES,
            "price": prices.get(line.get("ean13"), "80.00"),
        }
        for n, line in enumerate(lines, start=1)
    ]
    return sheet
