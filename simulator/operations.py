"""Every operation of the FSE API, and whatever the clock of a world brings by itself: the lines of all the rooms."""

from __future__ import annotations

from simulator.approvals import routes as approvals
from simulator.approvals.decisions import AtLast
from simulator.beneficiaries import routes as beneficiaries
from simulator.care_sheets import routes as care_sheets
from simulator.claims import routes as claims
from simulator.claims.clockwork import Clockwork
from simulator.claims.freed import Freed
from simulator.events import routes as events
from simulator.executions import routes as executions
from simulator.identity import routes as identity
from simulator.indicators import routes as indicators
from simulator.kit.agenda import Source
from simulator.nomenclature import routes as nomenclature
from simulator.paper import routes as paper
from simulator.patients import routes as patients
from simulator.payments import routes as payments
from simulator.resolutions import routes as resolutions
from simulator.reviews import routes as reviews
from simulator.worlds import routes as worlds

ROUTES = (  # the busiest first: they are tried in this order
    *care_sheets.ROUTES,
    *resolutions.ROUTES,
    *executions.ROUTES,
    *beneficiaries.ROUTES,
    *claims.ROUTES,
    *approvals.ROUTES,
    *payments.ROUTES,
    *reviews.ROUTES,
    *care_sheets.PAPERS,
    *patients.ROUTES,
    *identity.ROUTES,
    *nomenclature.ROUTES,
    *events.ROUTES,
    *indicators.ROUTES,
    *paper.ROUTES,
    *worlds.ROUTES,
)

SOURCES: tuple[Source, ...] = (AtLast(), Freed(), Clockwork())
"""What the clock of a world brings by itself, in the order in which it does what is due at the same instant."""
