"""HTTP of the indicators: public health alone."""

from __future__ import annotations

from functools import partial

from simulator.indicators import asking, service
from simulator.indicators.schemas import IndicatorAnswer
from simulator.kit.route import Route

_route = partial(
    Route,
    tag="indicators",
    answer=IndicatorAnswer,
    scope="indicators:read",
    roles=("public-health",),
    ahead=service.ahead,
    tabular=True,
    fidelity="hypothesis",
    source="Public announcement: antibiotic volumes, treatments by region and by year, in real time; definitions ours",
)

ROUTES = (
    _route(
        "GET /v1/indicators/antibiotics",
        "read-antibiotics",
        "Antibiotics by region and week",
        service.antibiotics,
        query=asking.described("week", "month", "year"),
    ),
    _route(
        "GET /v1/indicators/treatments",
        "read-treatments",
        "Treatments over time, by ATC class",
        service.treatments,
        query=asking.described(
            "month", "year", region="MA", atc_level={"type": "string", "enum": ["1", "2", "3"], "default": "1"}
        ),
    ),
    _route(
        "GET /v1/indicators/outside-list",
        "read-outside-list",
        "Share of the products outside the list, by region and month",
        service.outside_list,
        query=asking.described("month", "year"),
    ),
    _route(
        "GET /v1/indicators/comparison",
        "compare-regions",
        "Regions and years compared, for a thousand inhabitants",
        service.comparison,
        query=asking.described(
            "year", group={"type": "string", "pattern": "^([A-Z]|[A-Z][0-9]{2}[A-Z]?|all)$", "default": "J01"}
        ),
    ),
)
