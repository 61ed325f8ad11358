"""HTTP of executions, of their corrections, and of what comes late or goes to paper."""

from __future__ import annotations

from functools import partial

from simulator.executions import corrections, late, reading, service
from simulator.executions.late_schemas import (
    LateExecutionAnswer,
    LateExecutionRequest,
    LateExecutionsAnswer,
    PaperFallbackAnswer,
    PaperFallbackRequest,
)
from simulator.executions.schemas import (
    ExecutionAnswer,
    ExecutionRequest,
    KeptExecution,
    ReceiptAnswer,
    WithdrawalRequest,
)
from simulator.kit import pages
from simulator.kit.route import ANYONE_ELSE, SOFTWARE, Route
from simulator.paper import fallback

FLOW = "Flow announced by the CNSS: whoever executes records what was done; law 17-04 (substitution)"
_DEEDS = [
    "line-unknown",
    "line-terminal",
    "line-owed",
    "line-not-owed",
    "cancellation-requested",
    "wrong-session",
    "over-remainder",
    "substitution-not-allowed",
]
_HOLDER = ["sheet-cancelled", "sheet-replaced", "sheet-expired", "lease-required", "lease-lost", "nothing-open"]
_CORRECTING = ["execution-withdrawn", "execution-not-last", "section-held", "claim-settled"]
_route = partial(
    Route,
    tag="executions",
    scope="fse:execute",
    fidelity="hypothesis",
    source="Domain model of this project",
)

ROUTES = (
    _route(
        "POST /v1/care-sheets/{number}/sections/{type}/executions",
        "execute-section",
        "Record all the lines of a visit, atomically",
        service.execute,
        body=ExecutionRequest,
        answer=ExecutionAnswer,
        status=201,
        idempotent=True,
        headers=["If-Match", "FSE-Lease"],
        problems=[*_HOLDER, *_DEEDS, "not-deployed-yet"],
        fidelity="deduced",
        source=FLOW,
    ),
    _route(
        "POST /v1/care-sheets/{number}/sections/{type}/paper-fallback",
        "move-section-to-paper",
        "Go on on paper: these lines are no longer executed here",
        fallback.fall_back,
        body=PaperFallbackRequest,
        answer=PaperFallbackAnswer,
        status=201,
        idempotent=True,
        headers=["If-Match", "FSE-Lease"],
        problems=[*_HOLDER, "line-unknown", "line-terminal", "line-owed", "paper-reference-used"],
    ),
    _route(
        "GET /v1/executions/{id}",
        "read-execution",
        "An execution of one's own establishment",
        reading.read,
        answer=KeptExecution,
        etag=False,
    ),
    _route(
        "GET /v1/executions/{id}/receipt",
        "read-receipt",
        "The signed receipt, for the establishment or for the software that recorded it",
        reading.receipt,
        answer=ReceiptAnswer,
        scope={SOFTWARE: "receipts:read", "patient": "receipts:read", ANYONE_ELSE: "fse:execute"},
    ),
    _route(
        "POST /v1/executions/{id}/amendment",
        "amend-execution",
        "Put another visit in the place of one, before its claim is settled",
        corrections.amend,
        body=ExecutionRequest,
        answer=ExecutionAnswer,
        status=201,
        idempotent=True,
        headers=["If-Match"],
        problems=[*_CORRECTING, "sheet-expired", *_DEEDS],
    ),
    _route(
        "POST /v1/executions/{id}/withdrawal",
        "withdraw-execution",
        "Take an execution back, before its claim is settled",
        corrections.withdraw,
        body=WithdrawalRequest,
        answer=ExecutionAnswer,
        idempotent=True,
        headers=["If-Match"],
        problems=_CORRECTING,
    ),
    _route(
        "GET /v1/late-executions",
        "list-late-executions",
        "Late executions of one's own establishment, those to reconcile on demand",
        reading.late,
        answer=LateExecutionsAnswer,
        query={"to_reconcile": {"type": "boolean", "default": False}, **pages.QUERY},
    ),
    _route(
        "POST /v1/late-executions",
        "enter-late-execution",
        "What was done during an outage, from the raw scan; the platform finds the lines",
        late.enter,
        body=LateExecutionRequest,
        answer=LateExecutionAnswer,
        status=201,
        idempotent=True,
        problems=[
            "unreadable-scan",
            "wrong-environment",
            "unknown-key",
            "revoked-key",
            "forged-scan",
            "unknown-number",
            "scan-rotated",
            "no-section-for-role",
            "section-to-choose",
            "already-recorded",
            "not-deployed-yet",
            "late-entry-too-old",
            "sheet-expired",
            "section-held",
            "line-terminal",
            "line-owed",
            "over-remainder",
        ],
    ),
)
