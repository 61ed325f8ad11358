"""The scripted run whose exchanges become the examples: every operation once at least, in an order that makes sense."""

from __future__ import annotations

from typing import Any

from simulator.reference import corrections
from simulator.reference.people import (
    BIOLOGY,
    CLINIC,
    DAY,
    GP,
    INSURED,
    OPTICIAN,
    PATIENT,
    PHARMACY,
    PHYSIO,
    PUBLIC_HEALTH,
    SECTIONS,
    SHEET,
    hold,
    issue,
    visit,
)
from simulator.reference.recorder import Recorder


def recorded() -> dict[str, Any]:
    """The examples of a fresh run. Raises RuntimeError when a call does not answer as it should."""
    return played().examples


def played() -> Recorder:
    """The recorder of a fresh run, closed. Raises RuntimeError."""
    tell = Recorder()
    try:
        first, last = (
            (_discovery, _lists, _four_sections, _lease),
            (_paper, _document, _patient, _events, _indicators, _paid),
        )
        for chapter in (*first, *corrections.CHAPTERS, *last):
            chapter(tell)
        return tell
    finally:
        tell.close()


def _discovery(tell: Recorder) -> None:
    for path in ("/.well-known/oauth-authorization-server", "/jwks.json", "/.well-known/fse-keys.json"):
        tell("", "GET", path)
    for path in ("/v1/health", "/v1/version", "/v1/deployment"):
        tell("", "GET", path)
    tell.form("/oauth2/revoke", {"token": tell.token("200000020")}, name="jeton-rendu")


def _lists(tell: Recorder) -> None:
    tell(GP, "GET", "/v1/nomenclature/medicines?limit=2")
    tell(GP, "GET", "/v1/nomenclature/acts?limit=2")
    tell(GP, "GET", "/v1/nomenclature/reasons")
    tell(GP, "POST", "/v1/rights-checks", {"beneficiary": INSURED, "date_of_care": DAY}, name="droits-ouverts")
    tell(GP, "POST", "/v1/care-sheets/estimates", SHEET, name="avant-d-emettre")


def _four_sections(tell: Recorder) -> None:
    """Issued, printed, executed by two professions, and what it gives back."""
    sheet = issue(tell, "quatre-sections", keep=True)
    here = f"/v1/care-sheets/{sheet['number']}"
    tell(GP, "GET", here, name="auteur")
    for drawing in ("document.pdf", "qr.png", "qr.svg"):
        tell(GP, "GET", f"{here}/{drawing}")
    box = {"line": 1, "outcome": "executed", "quantity": "1", "ean13": "6118999000018", "charged": "42.30"}
    held = hold(tell, PHARMACY, sheet, name="qr", keep=True)
    done = visit(tell, PHARMACY, held, [{**box, "lot": "A123", "owed": True}], name="une-boite-l-autre-due", keep=True)
    tell(PHARMACY, "GET", f"/v1/claims/{done['claim']['id']}")
    tell(PHARMACY, "GET", "/v1/claims?limit=1")
    tell(PHARMACY, "GET", f"/v1/executions/{done['id']}")
    tell("software", "GET", f"/v1/executions/{done['id']}/receipt")
    session = {"line": 1, "outcome": "executed", "quantity": "1", "session": 1, "charged": "80.00"}
    visit(tell, PHYSIO, hold(tell, PHYSIO, sheet), [session], name="seance-1-de-10", keep=True)
    _approval(tell, sheet)
    asked = {"scan": sheet["qr"]["payload"], "hold": True}
    tell(CLINIC, "POST", "/v1/resolutions", asked, name="section-a-choisir", expect=422)
    tell(CLINIC, "POST", "/v1/resolutions", {**asked, "section": "biology"}, name="section-choisie")


def _approval(tell: Recorder, sheet: Any) -> None:
    """Ten sessions asked for, withdrawn, asked for again by who does them, and granted."""
    path, body = "/v1/prior-approvals", {"number": sheet["number"], "section": "physiotherapy", "line": 1}
    body |= {"quantity": "10", "motive": "Rééducation du genou après une ligamentoplastie"}
    asked = tell(GP, "POST", path, body, name="par-l-auteur", expect=201, once=True)
    tell(GP, "POST", f"{path}/{asked['id']}/cancellation", name="retrait")
    asked = tell(PHYSIO, "POST", path, body, name="par-l-executant", expect=201, once=True)
    decision = {"approval": asked["id"], "decision": "granted", "quantity": "8"}
    tell.bench("POST", "/worlds/default/decisions", decision)
    tell(PHYSIO, "GET", f"{path}/{asked['id']}", name="accordee-pour-huit")
    tell(PATIENT, "GET", f"{path}?number={sheet['number']}")


def _lease(tell: Recorder) -> None:
    """A hold that is read, extended and given back."""
    sheet = issue(tell)
    here = f"/v1/care-sheets/{sheet['number']}/sections/pharmacy/lease"
    typed = {"number": sheet["number"], "backup_code": sheet["backup_code"], "hold": True}
    tell(PHARMACY, "POST", "/v1/resolutions", typed, name="code-de-secours")
    tell(PHARMACY, "GET", here)
    tell(PHARMACY, "PUT", here)
    tell(PHARMACY, "DELETE", here, expect=204)


def _paper(tell: Recorder) -> None:
    """A paper prescription, made electronic at the counter; a paper care sheet."""
    body = {
        "paper_reference": "ORD-2026-0042",
        "prescriber": GP,
        "prescribed_on": DAY,
        "beneficiary": INSURED,
        "sections": [section for section in SECTIONS if section["type"] == "pharmacy"],
        "missing": ["stamp"],
    }
    tell(PHARMACY, "POST", "/v1/paper-prescriptions", body, name="sans-cachet", expect=201, once=True, keep=True)
    asked = {
        "paper_reference": "FSP-2026-0007",
        "beneficiary": INSURED,
        "section": "biology",
        "date_of_care": DAY,
        "lines": [{"act_code": "B-NFS", "quantity": "1", "charged": "80.00"}],
    }
    tell(BIOLOGY, "POST", "/v1/paper-claims", asked, name="feuille-papier", expect=201, once=True, keep=True)


def _document(tell: Recorder) -> None:
    """Glasses that cost more than a thousand dirhams: the invoice is asked for, and sent."""
    glasses = {"type": "devices", "lines": [{"act_code": "DM-VERRE", "quantity": "2", "unit": "unit"}]}
    sheet = tell(GP, "POST", "/v1/care-sheets", {**SHEET, "sections": [glasses]}, name="verres", expect=201, once=True)
    line = {"line": 1, "outcome": "executed", "quantity": "2", "act_code": "DM-VERRE", "charged": "1200.00"}
    claim = visit(tell, OPTICIAN, hold(tell, OPTICIAN, sheet), [line], name="facture-attendue", keep=True)["claim"]
    invoice = {"kind": "invoice", "media_type": "application/pdf", "content": "JVBERi0xLjQKJSVFT0YK"}
    where = f"/v1/claims/{claim['id']}/documents"
    tell(OPTICIAN, "POST", where, invoice, name="facture", expect=201, once=True)
    contested = {"lines": [{"execution": claim["lines"][0]["execution"], "line": 1}], "reason": "La base est fausse"}
    tell(PATIENT, "POST", f"/v1/claims/{claim['id']}/contestation", contested, name="par-le-patient", once=True)


def _paid(tell: Recorder) -> None:
    """Eight days later: what was claimed is paid."""
    tell.advance(8 * 86400)
    found = tell(PATIENT, "GET", "/v1/statements?limit=1")["items"][0]
    tell(PATIENT, "GET", f"/v1/statements/{found['id']}")
    claim = found["lines"][0]["claim"]
    tell(PATIENT, "GET", f"/v1/claims/{claim}/statement")


def _patient(tell: Recorder) -> None:
    for space in ("care-sheets?limit=1", "claims?limit=1", "accesses?limit=3"):
        tell(PATIENT, "GET", f"/v1/me/{space}")


def _events(tell: Recorder) -> None:
    """What the software learns of it, and a subscription from its birth to its end."""
    feed = tell("software", "GET", "/v1/events?limit=2")
    body = {"url": "http://127.0.0.1:9000/fse", "types": ["care-sheet.executed", "care-sheet.cancelled"]}
    mine = tell("software", "POST", "/v1/subscriptions", body, expect=201)
    tell("software", "GET", "/v1/subscriptions")
    tell("software", "GET", f"/v1/subscriptions/{mine['id']}")
    chosen = {"events": [feed["items"][0]["id"]]}
    tell("software", "POST", f"/v1/subscriptions/{mine['id']}/redelivery", chosen, expect=202)
    tell("software", "DELETE", f"/v1/subscriptions/{mine['id']}", expect=204)


def _indicators(tell: Recorder) -> None:
    for asked in (
        "antibiotics?region=04&from=2026-W46&to=2026-W48",
        "treatments?from=2026-M11&to=2026-M11",
        "outside-list?region=04&from=2026-M11&to=2026-M11",
        "comparison?region=04",
    ):
        tell(PUBLIC_HEALTH, "GET", f"/v1/indicators/{asked}")
        tell(PUBLIC_HEALTH, "GET", f"/v1/indicators/{asked}&format=csv", name="tableau")
