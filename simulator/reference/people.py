"""Who plays in the scripted run, the sheet they meet around, and their usual gestures."""

from __future__ import annotations

from typing import Any

from simulator.reference.recorder import Recorder

GP, PHARMACY, BIOLOGY, IMAGING = "100000011", "200000012", "300000013", "400000014"
PUBLIC_HEALTH = "990000037"
OPTICIAN = "800000019"
PHYSIO, CLINIC, AGENT, PATIENT = "500000015", "900000020", "990000011", "100000001/0"
DAY, THEN = "2026-11-23", "2026-11-23T09:00:00Z"
INSURED = {"registration_number": "100000001", "dependant_rank": 0}
SECTIONS: list[dict[str, Any]] = [
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
    {"type": "biology", "lines": [{"act_code": "B-NFS", "quantity": "1"}]},
    {"type": "imaging", "lines": [{"act_code": "Z-RX2", "quantity": "1", "note": "Genou droit"}]},
    {"type": "physiotherapy", "lines": [{"act_code": "AMM-REEDUC", "quantity": "10"}]},
]
SHEET: dict[str, Any] = {
    "date_of_care": DAY,
    "beneficiary": INSURED,
    "care_setting": "ambulatory",
    "rights_acknowledged": False,
    "sections": SECTIONS,
}


def issue(tell: Recorder, name: str = "exemple", *, keep: bool = False) -> Any:
    """A sheet of four executor sections; the answer of its author."""
    return tell(GP, "POST", "/v1/care-sheets", SHEET, name=name, expect=201, once=True, keep=keep)


def hold(tell: Recorder, who: str, sheet: Any, *, name: str = "exemple", keep: bool = False) -> Any:
    """The scan of the sheet by an executor, his section held."""
    body = {"scan": sheet["qr"]["payload"], "hold": True}
    return tell(who, "POST", "/v1/resolutions", body, name=name, keep=keep)


def visit(tell: Recorder, who: str, held: Any, lines: list[Any], *, name: str = "exemple", keep: bool = False) -> Any:
    """An execution of these lines on what `hold` answered."""
    return tell(
        who,
        "POST",
        f"/v1/care-sheets/{held['number']}/sections/{held['section']['type']}/executions",
        {"performed_at": THEN, "lines": lines},
        name=name,
        expect=201,
        once=True,
        match=held["revision"],
        lease=held["lease"]["id"],
        keep=keep,
    )
