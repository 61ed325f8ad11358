"""Wire shapes of events and subscriptions."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, model_validator

from simulator.events.model import EventType
from simulator.kit.wire import Form, Instant, Wire

EventId = Annotated[
    str,
    Field(pattern=r"^evt-[0-9]{8,15}[a-z2-7]{10}$", examples=["evt-00000042k7q2m5xk3w"]),
    Form("l'identifiant d'un événement reçu, comme evt-00000042k7q2m5xk3w"),
]
Number = Annotated[str, Field(pattern=r"^[0-9]{16}$", examples=["2604817390552494"])]
Url = Annotated[str, Field(min_length=1, max_length=2000, examples=["http://127.0.0.1:9000/fse"])]


class EventData(Wire):
    """What it is about, never its content: read the sheet to know more.

    `revision`: the section's when `section` is present, the sheet's otherwise. `triggered_by`: the bench sent it, to
    try a receiver; what it tells did not happen.
    """

    number: Number | None = None
    section: str | None = Field(default=None, examples=["pharmacy"])
    revision: int | None = Field(default=None, ge=1)
    execution: str | None = Field(default=None, examples=["exe-7q2m5xk3wz4n6b2d"])
    approval: str | None = Field(default=None, examples=["apr-7q2m5xk3wz4n6b2d"])
    claim: str | None = Field(default=None, examples=["clm-7q2m5xk3wz4n6b2d"])
    status: str | None = Field(default=None, description="Of the claim.", examples=["paid"])
    kind: str | None = Field(default=None, description="Of keys.rotated.", examples=["qr"])
    triggered_by: Literal["bench"] | None = None


class EventAnswer(Wire):
    """One event, the same text in the feed and as the body of a webhook. `timestamp`: world time."""

    id: EventId
    type: EventType
    timestamp: Instant
    data: EventData


class EventsAnswer(Wire):
    """A page of one's own events, oldest first. `next_cursor`, when more follow: the last id of the page."""

    items: list[EventAnswer]
    next_cursor: EventId | None = None


class SubscriptionRequest(Wire):
    """Where to be called, and for which types of events: every type when `types` is absent."""

    url: Url
    types: Annotated[list[EventType], Field(min_length=1, max_length=20)] | None = None


class SubscriptionAnswer(Wire):
    """`disabled`: the receiver answered 410; nothing is sent to it any more."""

    id: str = Field(pattern=r"^sub-[a-z0-9]{16}$", examples=["sub-7q2m5xk3wz4n6b2d"])
    url: Url
    types: list[EventType] | None = None
    status: Literal["active", "disabled"]
    created_at: Instant


class CreatedSubscriptionAnswer(SubscriptionAnswer):
    """`secret` verifies the signatures (Standard Webhooks); it is shown here only."""

    secret: str = Field(pattern=r"^whsec_[A-Za-z0-9+/]{43}=$")


class SubscriptionsAnswer(Wire):
    """The software's own subscriptions, oldest first."""

    items: list[SubscriptionAnswer]


class RedeliveryRequest(Wire):
    """Either chosen events, or those after one (100 at a time)."""

    events: Annotated[list[EventId], Field(min_length=1, max_length=100)] | None = None
    after: EventId | None = None

    @model_validator(mode="after")
    def _either(self) -> RedeliveryRequest:
        if (self.events is None) == (self.after is None):
            raise ValueError("Donner « events » ou « after », l'un des deux.")
        return self


class RedeliveryAnswer(Wire):
    """Events that will be sent again; `next_cursor`, when more follow: the `after` of the next request."""

    events: list[EventId]
    next_cursor: EventId | None = None
