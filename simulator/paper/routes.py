"""HTTP of the hybrid period."""

from __future__ import annotations

from functools import partial

from simulator.kit.route import Route
from simulator.paper import deployment

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
)
