"""The scripted run whose exchanges become the examples: every operation once at least, in an order that makes sense."""

from __future__ import annotations

from typing import Any

from simulator.care_sheets.examples import CARE_SHEET
from simulator.reference.recorder import Recorder

GP, PHARMACY = "100000011", "200000012"
DAY, THEN = "2026-11-23", "2026-11-23T09:00:00Z"
INSURED = {"registration_number": "100000001", "dependant_rank": 0}


def recorded() -> dict[str, Any]:
    """The examples of a fresh run. Raises RuntimeError when a call does not answer as it should."""
    tell = Recorder()
    try:
        for chapter in (_discovery, _lists, _pharmacy, _lease, _events):
            chapter(tell)
        return tell.examples
    finally:
        tell.close()


def _discovery(tell: Recorder) -> None:
    for path in ("/.well-known/oauth-authorization-server", "/jwks.json", "/.well-known/fse-keys.json"):
        tell("", "GET", path)
    for path in ("/v1/health", "/v1/version"):
        tell("", "GET", path)


def _lists(tell: Recorder) -> None:
    tell(GP, "GET", "/v1/nomenclature/medicines?limit=2")
    tell(GP, "GET", "/v1/nomenclature/acts?limit=2")
    tell(GP, "GET", "/v1/nomenclature/reasons")
    tell(GP, "POST", "/v1/rights-checks", {"beneficiary": INSURED, "date_of_care": DAY}, name="droits-ouverts")


def _pharmacy(tell: Recorder) -> None:
    """Issued, printed, delivered in two visits, and what it gives back."""
    sheet = tell(GP, "POST", "/v1/care-sheets", CARE_SHEET, name="consultation-et-antibiotique", expect=201, once=True)
    here = f"/v1/care-sheets/{sheet['number']}"
    tell(GP, "GET", here, name="auteur")
    for drawing in ("document.pdf", "qr.png", "qr.svg"):
        tell(GP, "GET", f"{here}/{drawing}")
    held = tell(PHARMACY, "POST", "/v1/resolutions", {"scan": sheet["qr"]["payload"], "hold": True}, name="qr")
    lines = [{"line": 1, "outcome": "executed", "quantity": "2", "ean13": "6118999000018", "charged": "84.60"}]
    done = tell(
        PHARMACY,
        "POST",
        f"{here}/sections/pharmacy/executions",
        {"performed_at": THEN, "lines": lines},
        name="delivrance",
        expect=201,
        once=True,
        match=held["revision"],
        lease=held["lease"]["id"],
    )
    tell(PHARMACY, "GET", f"/v1/claims/{done['claim']['id']}")
    tell(PHARMACY, "GET", "/v1/claims?limit=1")


def _lease(tell: Recorder) -> None:
    """A hold that is read, extended and given back, then the sheet cancelled."""
    sheet = tell(GP, "POST", "/v1/care-sheets", CARE_SHEET, expect=201, once=True, keep=False)
    here, code = f"/v1/care-sheets/{sheet['number']}", sheet["backup_code"]
    typed = {"number": sheet["number"], "backup_code": code, "hold": True}
    tell(PHARMACY, "POST", "/v1/resolutions", typed, name="code-de-secours")
    tell(PHARMACY, "GET", f"{here}/sections/pharmacy/lease")
    tell(PHARMACY, "PUT", f"{here}/sections/pharmacy/lease")
    tell(PHARMACY, "DELETE", f"{here}/sections/pharmacy/lease", expect=204)
    tell(GP, "POST", f"{here}/cancellation", {"reason": "Erreur de patient"}, match=1)


def _events(tell: Recorder) -> None:
    """What the software learns of it, and a subscription from its birth to its end."""
    feed = tell("software", "GET", "/v1/events?limit=2")
    body = {"url": "http://127.0.0.1:9000/fse", "types": ["care-sheet.executed", "care-sheet.cancelled"]}
    mine = tell("software", "POST", "/v1/subscriptions", body, expect=201)
    tell("software", "GET", "/v1/subscriptions")
    tell("software", "GET", f"/v1/subscriptions/{mine['id']}")
    if feed["items"]:
        chosen = {"events": [feed["items"][0]["id"]]}
        tell("software", "POST", f"/v1/subscriptions/{mine['id']}/redelivery", chosen, expect=202)
    tell("software", "DELETE", f"/v1/subscriptions/{mine['id']}", expect=204)
