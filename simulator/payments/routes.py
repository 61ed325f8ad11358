"""HTTP of statements."""

from __future__ import annotations

from functools import partial

from simulator.kit import pages
from simulator.kit.route import ANYONE_ELSE, Route
from simulator.payments import service
from simulator.payments.schemas import ClaimStatementAnswer, StatementAnswer, StatementsAnswer

_route = partial(
    Route,
    tag="claims",
    scope={ANYONE_ELSE: "claims:read", "patient": "patient:read"},
    fidelity="hypothesis",
    source="Average delays of payment of 2022 (press); the shape of a statement is ours",
)

ROUTES = (
    _route(
        "GET /v1/claims/{id}/statement",
        "read-claim-statement",
        "What became of the money of a claim: ordered, paid, still to come",
        service.of_claim,
        answer=ClaimStatementAnswer,
    ),
    _route(
        "GET /v1/statements",
        "list-statements",
        "Statements of one's own establishment (third-party payment), or of the insured person who asks",
        service.search,
        answer=StatementsAnswer,
        query=pages.QUERY,
    ),
    _route(
        "GET /v1/statements/{id}",
        "read-statement",
        "One statement, line by line",
        service.read,
        answer=StatementAnswer,
    ),
)
