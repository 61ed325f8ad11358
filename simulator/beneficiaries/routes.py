"""HTTP of the rights check."""

from __future__ import annotations

from simulator.beneficiaries import service
from simulator.beneficiaries.schemas import RightsAnswer, RightsCheckRequest
from simulator.kit.route import Route

ROUTES = (
    Route(
        "POST /v1/rights-checks",
        "check-rights",
        "Rights of a beneficiary on a date of care",
        service.check_rights,
        tag="rights",
        body=RightsCheckRequest,
        answer=RightsAnswer,
        scope="rights:read",
        problems=["unknown-beneficiary"],
        source="Flow announced by the CNSS: identity and rights are checked before care",
    ),
)
