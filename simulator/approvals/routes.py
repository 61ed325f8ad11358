"""HTTP of prior approvals."""

from __future__ import annotations

from functools import partial

from simulator.approvals import reading, service
from simulator.approvals.schemas import PriorApprovalAnswer, PriorApprovalRequest, PriorApprovalsAnswer
from simulator.kit import pages
from simulator.kit.route import ANYONE_ELSE, Route

ONE_SHEET = {"type": "string", "description": "The sheet, required.", "pattern": "^[0-9 ]{16,19}$"}
ASKERS = {ANYONE_ELSE: "fse:execute", "prescriber": "fse:issue"}
READERS = {ANYONE_ELSE: "fse:read", "patient": "patient:read"}
_route = partial(
    Route,
    tag="prior-approvals",
    fidelity="hypothesis",
    source="Acts that need one: secondary sources; who asks, delays and reasons are this project's hypotheses",
    answer=PriorApprovalAnswer,
)

ROUTES = (
    _route(
        "POST /v1/prior-approvals",
        "request-prior-approval",
        "Ask for the prior approval of one line",
        service.request,
        body=PriorApprovalRequest,
        status=201,
        location=True,
        scope=ASKERS,
        idempotent=True,
        problems=[
            "replacement-not-in-force",
            "line-unknown",
            "approval-not-needed",
            "line-terminal",
            "approval-live",
        ],
    ),
    _route(
        "GET /v1/prior-approvals/{id}",
        "read-prior-approval",
        "A request and what became of it",
        reading.read,
        scope=READERS,
        problems=["replacement-not-in-force"],
    ),
    _route(
        "GET /v1/prior-approvals",
        "list-prior-approvals",
        "The requests about one sheet",
        reading.search,
        answer=PriorApprovalsAnswer,
        scope=READERS,
        query={"number": ONE_SHEET, **pages.QUERY},
        problems=["replacement-not-in-force"],
    ),
    _route(
        "POST /v1/prior-approvals/{id}/cancellation",
        "cancel-prior-approval",
        "Withdraw a request before it is decided",
        service.cancel,
        scope=ASKERS,
        problems=["replacement-not-in-force", "approval-closed"],
    ),
)
