"""HTTP of documents and contestations."""

from __future__ import annotations

from functools import partial

from simulator.claims.schemas import ClaimAnswer
from simulator.kit.route import ANYONE_ELSE, Route
from simulator.reviews import contesting, documents
from simulator.reviews.schemas import ContestationRequest, DocumentAnswer, DocumentRequest

_route = partial(
    Route,
    tag="claims",
    scope={ANYONE_ELSE: "fse:execute", "prescriber": "fse:issue", "patient": "patient:contest"},
    idempotent=True,
    fidelity="hypothesis",
    source="No published rule was found: what is asked, when and by whom is this project's hypothesis",
)

ROUTES = (
    _route(
        "POST /v1/claims/{id}/documents",
        "send-claim-document",
        "Send a document that a claim asks for; its fingerprint is kept, its content is not",
        documents.send,
        body=DocumentRequest,
        answer=DocumentAnswer,
        status=201,
        problems=["professional-suspended", "not-found", "document-not-asked"],
    ),
    _route(
        "POST /v1/claims/{id}/contestation",
        "contest-claim",
        "Contest what was decided of some lines of a claim, once",
        contesting.contest,
        body=ContestationRequest,
        answer=ClaimAnswer,
        problems=[
            "professional-suspended",
            "not-found",
            "line-unknown",
            "already-contested",
            "not-contestable",
            "contestation-too-late",
        ],
    ),
)
