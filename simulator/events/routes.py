"""HTTP of events: the pull feed, and subscriptions to webhooks. Softwares only."""

from __future__ import annotations

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

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
from simulator.kit.http import documented, handle

router = APIRouter(tags=["events"])
SCOPE = "events:read"
SOURCE = "Standard Webhooks; what the CNSS will notify is not known"


@router.get(
    "/v1/events",
    **documented(
        operation="list-events",
        summary="What happened to the sheets that this software took part in",
        answer=EventsAnswer,
        problems=["invalid-payload"],
        fidelity="hypothesis",
        scope=SCOPE,
        query={
            "after": {
                "type": "string",
                "pattern": "^evt-[0-9]{8,15}[a-z2-7]{10}$",
            },
            "limit": {"type": "integer", "minimum": 1, "maximum": 100},
        },
        source=SOURCE,
    ),
)
async def feed(request: Request) -> Response:
    return await handle(request, None, service.feed, scope=SCOPE, write=False)


@router.post(
    "/v1/subscriptions",
    **documented(
        operation="create-subscription",
        location=True,
        summary="Be called for each new event; the answer shows the secret, once",
        body=SubscriptionRequest,
        answer=CreatedSubscriptionAnswer,
        status=201,
        problems=["webhook-url-refused", "too-many-subscriptions"],
        fidelity="hypothesis",
        scope=SCOPE,
        source=SOURCE,
        examples={"executions": {"url": "http://127.0.0.1:9000/fse", "types": ["care-sheet.executed"]}},
    ),
)
async def subscribe(request: Request) -> Response:
    return await handle(request, SubscriptionRequest, service.subscribe, status=201, scope=SCOPE)


@router.get(
    "/v1/subscriptions",
    **documented(
        operation="list-subscriptions",
        summary="The software's subscriptions",
        answer=SubscriptionsAnswer,
        fidelity="hypothesis",
        scope=SCOPE,
        source=SOURCE,
    ),
)
async def listed(request: Request) -> Response:
    return await handle(request, None, service.listed, scope=SCOPE, write=False)


@router.get(
    "/v1/subscriptions/{id}",
    **documented(
        operation="read-subscription",
        summary="One of the software's subscriptions",
        answer=SubscriptionAnswer,
        fidelity="hypothesis",
        scope=SCOPE,
        source=SOURCE,
    ),
)
async def read(request: Request) -> Response:
    return await handle(request, None, service.read, scope=SCOPE, write=False)


@router.delete(
    "/v1/subscriptions/{id}",
    **documented(
        operation="delete-subscription",
        summary="Be called no more",
        status=204,
        fidelity="hypothesis",
        scope=SCOPE,
        source=SOURCE,
    ),
)
async def unsubscribe(request: Request) -> Response:
    return await handle(request, None, service.unsubscribe, scope=SCOPE)


@router.post(
    "/v1/subscriptions/{id}/redelivery",
    **documented(
        operation="redeliver-events",
        summary="Send events again, under the same ids",
        body=RedeliveryRequest,
        answer=RedeliveryAnswer,
        status=202,
        problems=["subscription-disabled"],
        fidelity="hypothesis",
        scope=SCOPE,
        source=SOURCE,
        examples={"chosen": {"events": ["evt-00000042k7q2m5xk3w"]}},
    ),
)
async def redeliver(request: Request) -> Response:
    return await handle(request, RedeliveryRequest, service.redeliver, status=202, scope=SCOPE)
