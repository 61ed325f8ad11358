"""HTTP of resolutions and leases."""

from __future__ import annotations

from functools import partial

from simulator.kit.route import Route
from simulator.resolutions import service
from simulator.resolutions.answers import ResolutionAnswer, ResolutionRequest
from simulator.resolutions.schemas import LeaseAnswer

LEASE = "/v1/care-sheets/{number}/sections/{type}/lease"
_lease = partial(
    Route, tag="resolutions", scope="fse:execute", fidelity="hypothesis", source="Domain model of this project"
)

ROUTES = (
    Route(
        "POST /v1/resolutions",
        "resolve-care-sheet",
        "From a scan, or number + backup code, to one's own section",
        service.resolve,
        tag="resolutions",
        body=ResolutionRequest,
        answer=ResolutionAnswer,
        scope="fse:resolve",
        problems=[
            "not-deployed-yet",
            "unreadable-scan",
            "wrong-environment",
            "unknown-key",
            "revoked-key",
            "forged-scan",
            "unknown-number",
            "wrong-check-digit",
            "wrong-backup-code",
            "typing-locked",
            "typing-throttled",
            "scan-rotated",
            "sheet-cancelled",
            "sheet-replaced",
            "sheet-expired",
            "no-section-for-role",
            "section-to-choose",
            "section-held",
            "nothing-open",
        ],
        source="Flow announced by the CNSS: whoever executes scans the QR, or types the code",
    ),
    _lease(
        f"GET {LEASE}",
        "read-lease",
        "One's own live lease",
        service.read_lease,
        answer=LeaseAnswer,
        problems=["lease-lost"],
    ),
    _lease(
        f"PUT {LEASE}",
        "extend-lease",
        "Extend one's own lease",
        service.extend_lease,
        answer=LeaseAnswer,
        problems=["sheet-cancelled", "sheet-replaced", "sheet-expired", "lease-lost", "cancellation-requested"],
    ),
    _lease(f"DELETE {LEASE}", "release-lease", "Release one's own lease", service.release_lease, status=204),
)
