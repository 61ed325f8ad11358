"""HTTP of the nomenclature: read-only, paged by cursor, with an ETag."""

from __future__ import annotations

from functools import partial
from typing import get_args

from simulator.kit import pages
from simulator.kit.route import Route
from simulator.nomenclature import service
from simulator.nomenclature.schemas import ActPage, Family, MedicinePage, ReasonList, SectionType

_FLAG = {"type": "string", "enum": ["true", "false"]}
_CODE = {"type": "string", "pattern": "^[0-9]{13}$"}
_TEXT = {"type": "string", "minLength": 1, "maxLength": 100}
_route = partial(Route, tag="nomenclature", scope="nomenclature:read", write=False, cacheable=True)

ROUTES = (
    _route(
        "GET /v1/nomenclature/medicines",
        "list-medicines",
        "Medicines of the list in force, by pages",
        service.medicines,
        answer=MedicinePage,
        query={
            **pages.QUERY,
            "q": _TEXT,
            "ean13": _CODE,
            "reimbursable": _FLAG,
            "antibiotic": _FLAG,
        },
        source="Public lists of reimbursable medicines (CNOPS 2014, CNSS 2026)",
    ),
    _route(
        "GET /v1/nomenclature/acts",
        "list-acts",
        "Acts of care and devices with their tariff of the day",
        service.acts,
        answer=ActPage,
        query={
            **pages.QUERY,
            "q": _TEXT,
            "section": {"type": "string", "enum": list(get_args(SectionType))},
            "prior_approval": _FLAG,
        },
        fidelity="hypothesis",
        source="C, CS and dental values: press; other values and coefficients are synthetic",
    ),
    _route(
        "GET /v1/nomenclature/reasons",
        "list-reasons",
        "Coded reasons with their remedy",
        service.reasons,
        answer=ReasonList,
        query={"family": {"type": "string", "enum": list(get_args(Family))}},
        fidelity="hypothesis",
        source="Written for this project: no public list of reasons was found",
    ),
)
