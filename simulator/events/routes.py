"""HTTP of events: the pull feed, and subscriptions to webhooks. Softwares only."""

from __future__ import annotations

from functools import partial

from simulator.events import service
from simulator.events.schemas import (
    CreatedSubscriptionAnswer,
    EventsAnswer,
    RedeliveryAnswer,
    RedeliveryRequest,
    SubscriptionAnswer,
    SubscriptionRequest,
    SubscriptionsAnswer,
)
from simulator.kit import pages
from simulator.kit.route import Route

_route = partial(
    Route,
    tag="events",
    scope="events:read",
    fidelity="hypothesis",
    source="Standard Webhooks; what the CNSS will notify is not known",
)
_reading = partial(_route, write=False)

ROUTES = (
    _reading(
        "GET /v1/events",
        "list-events",
        "What happened to the sheets that this software took part in",
        service.feed,
        answer=EventsAnswer,
        query={
            "after": {"type": "string", "pattern": "^evt-[0-9]{8,15}[a-z2-7]{10}$"},
            "limit": pages.QUERY["limit"],
        },
    ),
    _reading(
        "GET /v1/subscriptions",
        "list-subscriptions",
        "The software's subscriptions",
        service.listed,
        answer=SubscriptionsAnswer,
    ),
    _route(
        "POST /v1/subscriptions",
        "create-subscription",
        "Be called for each new event; the answer shows the secret, once",
        service.subscribe,
        body=SubscriptionRequest,
        answer=CreatedSubscriptionAnswer,
        status=201,
        location=True,
        problems=["webhook-url-refused", "too-many-subscriptions"],
    ),
    _reading(
        "GET /v1/subscriptions/{id}",
        "read-subscription",
        "One of the software's subscriptions",
        service.read,
        answer=SubscriptionAnswer,
    ),
    _route(
        "DELETE /v1/subscriptions/{id}",
        "delete-subscription",
        "Be called no more",
        service.unsubscribe,
        status=204,
    ),
    _route(
        "POST /v1/subscriptions/{id}/redelivery",
        "redeliver-events",
        "Send events again, under the same ids",
        service.redeliver,
        body=RedeliveryRequest,
        answer=RedeliveryAnswer,
        status=202,
        problems=["subscription-disabled"],
    ),
)
