"""HTTP of the hybrid period."""

from __future__ import annotations

from functools import partial

from simulator.kit.route import ANYONE_ELSE, Route
from simulator.paper import claims, deployment, transcription
from simulator.paper.claim_schemas import PaperClaimAnswer, PaperClaimRequest
from simulator.paper.schemas import TranscriptionAnswer, TranscriptionRequest
from simulator.professionals.model import EXECUTORS

EITHER = {ANYONE_ELSE: "fse:execute", "agent": "fse:agent"}
WHO = (*EXECUTORS, "agent")
_route = partial(Route, tag="paper", fidelity="hypothesis", source="Domain model of this project")

ROUTES = (
    _route(
        "GET /v1/deployment",
        "read-deployment",
        "Where electronic care is open, and what comes next",
        deployment.read,
        answer=deployment.DeploymentAnswer,
        source="Press: a pilot in Kénitra, then the country; ambulatory care first. No day was found",
    ),
    _route(
        "POST /v1/paper-prescriptions",
        "transcribe-prescription",
        "A paper prescription becomes a care sheet, to be executed at once",
        transcription.transcribe,
        body=TranscriptionRequest,
        answer=TranscriptionAnswer,
        status=201,
        scope=EITHER,
        roles=WHO,
        idempotent=True,
        problems=[
            "not-deployed-yet",
            "professional-suspended",
            "sheet-expired",
            "unknown-beneficiary",
            "unknown-code",
            "rights-closed",
            "paper-reference-used",
        ],
        source="Law 17-04, art. 34 and 35, for what a prescription bears; the rest: domain model of this project",
    ),
    _route(
        "POST /v1/paper-claims",
        "register-paper-claim",
        "A claim that comes on paper: its reference, its lines, the lines of a care sheet that it moves to paper",
        claims.register_claim,
        body=PaperClaimRequest,
        answer=PaperClaimAnswer,
        status=201,
        scope=EITHER,
        roles=WHO,
        idempotent=True,
        problems=[
            "professional-suspended",
            "unknown-beneficiary",
            "paper-reference-used",
            "wrong-check-digit",
            "wrong-backup-code",
            "typing-locked",
            "typing-throttled",
            "unknown-number",
            "not-found",
            "sheet-cancelled",
            "sheet-replaced",
            "sheet-expired",
            "no-section-for-role",
            "section-held",
            "already-recorded",
            "line-unknown",
            "line-terminal",
            "line-owed",
            "over-remainder",
            "substitution-not-allowed",
        ],
    ),
)
