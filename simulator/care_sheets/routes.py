"""HTTP of care sheets."""

from __future__ import annotations

from functools import partial

from simulator.care_sheets import corrections, estimates, papers, service
from simulator.care_sheets.schemas import (
    CancellationRequest,
    CareSheetAnswer,
    CareSheetRequest,
    EstimateAnswer,
    ReissueAnswer,
    ReissueRequest,
    ReplacementRequest,
)
from simulator.kit.route import ANYONE_ELSE, Route

FLOW = "Flow announced by the CNSS: the prescriber issues, the patient leaves with a number and a QR"
OURS = "Domain model of this project"
READERS = {ANYONE_ELSE: "fse:read", "patient": "patient:read"}
REISSUERS = {ANYONE_ELSE: "fse:issue", "patient": "patient:reissue", "agent": "agent:reissue"}
_DUPLICATE = {"type": "boolean", "default": False, "description": "Mark the paper as a duplicate."}
_QR = {
    "level": {"type": "string", "enum": ["M", "Q"], "default": "M"},
    "duplicate": _DUPLICATE,
}
_AUTHOR = ["replacement-not-in-force", "sheet-cancelled", "sheet-replaced", "sheet-expired"]
_route = partial(Route, tag="care-sheets")
_prescriber = partial(_route, scope="fse:issue", roles=("prescriber",))

ROUTES = (
    _prescriber(
        "POST /v1/care-sheets",
        "issue-care-sheet",
        "Issue a care sheet in one call",
        service.issue,
        body=CareSheetRequest,
        answer=CareSheetAnswer,
        status=201,
        location=True,
        idempotent=True,
        problems=[
            "not-deployed-yet",
            "replacement-not-in-force",
            "unknown-beneficiary",
            "unknown-code",
            "rights-closed",
            "professional-suspended",
        ],
        source=FLOW,
    ),
    _prescriber(
        "POST /v1/care-sheets/estimates",
        "estimate-care-sheet",
        "What a sheet would be reimbursed; nothing is stored",
        estimates.estimate,
        body=CareSheetRequest,
        answer=EstimateAnswer,
        problems=["not-deployed-yet", "unknown-beneficiary", "unknown-code", "professional-suspended"],
        fidelity="hypothesis",
        source="Reference prices: public list of medicines, TNR; what is announced before care is this project's idea",
    ),
    _route(
        "GET /v1/care-sheets/{number}",
        "read-care-sheet",
        "A sheet, for its author, its patient, or the holder of a section",
        service.read,
        answer=CareSheetAnswer,
        scope=READERS,
        problems=["replacement-not-in-force"],
        source=FLOW,
    ),
    _prescriber(
        "POST /v1/care-sheets/{number}/cancellation",
        "cancel-care-sheet",
        "Cancel what is still open, or ask for it where a section is held",
        corrections.cancel,
        body=CancellationRequest,
        answer=CareSheetAnswer,
        headers=["If-Match"],
        problems=[*_AUTHOR, "line-unknown", "line-terminal", "cannot-cancel"],
        fidelity="hypothesis",
        source=OURS,
    ),
    _prescriber(
        "POST /v1/care-sheets/{number}/replacement",
        "replace-care-sheet",
        "Another sheet in the place of one that nobody has begun",
        corrections.replace_sheet,
        body=ReplacementRequest,
        answer=CareSheetAnswer,
        status=201,
        location=True,
        idempotent=True,
        headers=["If-Match"],
        problems=[*_AUTHOR, "cannot-replace", "not-deployed-yet", "unknown-code"],
        fidelity="hypothesis",
        source=OURS,
    ),
    _route(
        "POST /v1/care-sheets/{number}/reissue",
        "reissue-care-sheet",
        "A new QR and a new backup code; the old ones are worth nothing",
        corrections.reissue,
        body=ReissueRequest,
        answer=ReissueAnswer,
        scope=REISSUERS,
        idempotent=True,
        headers=["If-Match"],
        etag=True,
        problems=_AUTHOR,
        fidelity="hypothesis",
        source=OURS,
    ),
)
PAPERS = (
    _route(
        "GET /v1/care-sheets/{number}/document.pdf",
        "print-care-sheet",
        "The printable prescription",
        papers.document,
        media_type="application/pdf",
        scope=READERS,
        query={"duplicate": _DUPLICATE},
        source="Law 17-04, art. 34 (mentions of a prescription)",
    ),
    _route(
        "GET /v1/care-sheets/{number}/qr.png",
        "draw-qr-png",
        "The QR as a PNG image, `scale` dots a module",
        papers.qr_png,
        media_type="image/png",
        scope=READERS,
        query={"scale": {"type": "integer", "minimum": 1, "maximum": 40, "default": 6}, **_QR},
        fidelity="hypothesis",
        source="Printed QR measured by this project",
    ),
    _route(
        "GET /v1/care-sheets/{number}/qr.svg",
        "draw-qr-svg",
        "The QR as an SVG drawing",
        papers.qr_svg,
        media_type="image/svg+xml",
        scope=READERS,
        query=_QR,
        fidelity="hypothesis",
        source="Printed QR measured by this project",
    ),
)
