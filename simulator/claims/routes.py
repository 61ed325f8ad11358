"""HTTP of claims."""

from __future__ import annotations

from functools import partial

from simulator.claims import service
from simulator.claims.schemas import ClaimAnswer, ClaimsAnswer
from simulator.kit import pages
from simulator.kit.route import Route

_route = partial(
    Route,
    tag="claims",
    scope="claims:read",
    source="Arithmetic of the AMO as published in the press; dated rules of this project",
)

ROUTES = (
    _route(
        "GET /v1/claims/{id}",
        "read-claim",
        "A claim of one's own establishment, with its explanation",
        service.read,
        answer=ClaimAnswer,
    ),
    _route(
        "GET /v1/claims",
        "list-claims",
        "Claims of one's own establishment",
        service.search,
        answer=ClaimsAnswer,
        query={
            "number": {"type": "string", "description": "Those of one sheet.", "pattern": "^[0-9 ]{16,19}$"},
            **pages.QUERY,
        },
    ),
)
