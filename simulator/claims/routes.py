"""HTTP of claims."""

from __future__ import annotations

from functools import partial

from simulator.claims import service
from simulator.claims.schemas import ClaimAnswer, ClaimsAnswer
from simulator.kit import pages
from simulator.kit.answer import Answer
from simulator.kit.call import Call
from simulator.kit.route import ANYONE_ELSE, Route
from simulator.kit.storage import Tx
from simulator.patients import service as patients

_route = partial(
    Route,
    tag="claims",
    scope={ANYONE_ELSE: "claims:read", "patient": "patient:read"},
    source="Arithmetic of the AMO as published in the press; dated rules of this project",
)


def _read(tx: Tx, call: Call) -> Answer:
    return (patients.read_claim if call.actor.patient else service.read)(tx, call)


def _search(tx: Tx, call: Call) -> Answer:
    patients.asked_rank(call)  # a professional's is of no effect, but is judged all the same
    return (patients.list_claims if call.actor.patient else service.search)(tx, call)


ROUTES = (
    _route(
        "GET /v1/claims/{id}",
        "read-claim",
        "A claim of one's own establishment, or of the patient who asks, with its explanation",
        _read,
        answer=ClaimAnswer,
    ),
    _route(
        "GET /v1/claims",
        "list-claims",
        "Claims of one's own establishment, or of the patient who asks",
        _search,
        answer=ClaimsAnswer,
        query={
            "number": service.ONE_SHEET,
            "dependant_rank": patients.RANK,
            **pages.QUERY,
        },
    ),
)
