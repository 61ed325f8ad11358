"""HTTP of the patient space. Nothing in an address tells who he is: the token does."""

from __future__ import annotations

from functools import partial

from simulator.claims.schemas import ClaimsAnswer
from simulator.claims.service import ONE_SHEET
from simulator.kit import pages
from simulator.kit.route import Route
from simulator.patients import service
from simulator.patients.schemas import AccessesAnswer, MyCareSheetsAnswer

_QUERY = {"dependant_rank": service.RANK, **pages.QUERY}
_patient = partial(
    Route,
    tag="patients",
    scope="patient:read",
    roles=("patient",),
    query=_QUERY,
    source="Announced by the CNSS: the patient consults his sheets through its digital services",
)

ROUTES = (
    _patient(
        "GET /v1/me/care-sheets",
        "list-my-care-sheets",
        "One's own sheets, the last issued first",
        service.list_care_sheets,
        answer=MyCareSheetsAnswer,
    ),
    _patient(
        "GET /v1/me/claims",
        "list-my-claims",
        "The claims on one's own sheets",
        service.list_claims,
        answer=ClaimsAnswer,
        query={**_QUERY, "number": ONE_SHEET},
    ),
    _patient(
        "GET /v1/me/accesses",
        "list-my-accesses",
        "Who read or changed what, a sentence each, newest first",
        service.list_accesses,
        answer=AccessesAnswer,
        fidelity="hypothesis",
        source="Law 09-08: a person may know who had access; the list is this project's",
    ),
)
