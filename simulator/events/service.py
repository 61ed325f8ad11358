"""Use cases of events: read one's feed, subscribe, ask again for what was missed."""

from __future__ import annotations

from collections.abc import Sequence

import fixtures
from simulator.audit import store as audit
from simulator.care_sheets.model import derived_id
from simulator.events import queue, store, subscriptions, urls
from simulator.events.model import Event, event_id, rank, webhook_secret
from simulator.events.schemas import RedeliveryRequest, SubscriptionRequest
from simulator.events.subscriptions import Subscription
from simulator.kit import clock, pages
from simulator.kit.answer import Answer, Json
from simulator.kit.call import Call
from simulator.kit.problems import Problem, invalid
from simulator.kit.storage import Tx


def feed(tx: Tx, call: Call) -> Answer:
    """The software's events after `after`, oldest first. Raises Problem invalid-payload (`after`, `limit`)."""
    limit = pages.limit(call.query.get("limit"))
    after = _after(call, call.query.get("after"), "?after")
    found = store.page(tx, call.world.id, call.actor.client_id, after, limit + 1)
    page, following = pages.cut(found, limit, lambda event: _id(call, event))
    secret = call.world.keys.platform_secret
    parts = {"items": f"[{','.join(event.text(secret) for event in page)}]".encode()}
    if following is not None:
        parts["next_cursor"] = f'"{following}"'.encode()
    return Answer({}, parts=parts)


def subscribe(tx: Tx, call: Call, body: SubscriptionRequest) -> Answer:
    """Future events only. Raises Problem webhook-url-refused, too-many-subscriptions."""
    if (reason := urls.refusal(body.url, call.world.issuer, urls.named_hosts())) is not None:
        raise Problem("webhook-url-refused", reason)
    client, secret = call.actor.client_id, call.world.keys.platform_secret
    most = fixtures.rule("webhook.subscriptions", clock.day(call.now)).integer
    if len(subscriptions.of_client(tx, call.world.id, client)) >= most:
        raise Problem("too-many-subscriptions", f"Ce logiciel a déjà {most} abonnements ; en supprimer un d'abord.")
    serial = call.world.draw(tx, f"subscription|{client}")
    new = Subscription(
        id=derived_id(secret, "sub", client, str(serial)),
        client=client,
        url=body.url,
        types=tuple(dict.fromkeys(body.types or ())),
        created_at=clock.to_text(call.now),
        cursor=store.last(tx, call.world.id, client),
    )
    subscriptions.add(tx, call.world.id, new)
    audit.append(tx, call, "subscription-created", new.id, {"types": list(new.types)})
    location = f"{call.world.issuer}/v1/subscriptions/{new.id}"
    return Answer({**_shown(new), "secret": webhook_secret(secret, new.id)}, location=location)


def listed(tx: Tx, call: Call) -> Answer:
    """The software's subscriptions, without their secrets."""
    found = subscriptions.of_client(tx, call.world.id, call.actor.client_id)
    return Answer({"items": [_shown(item) for item in found]})


def read(tx: Tx, call: Call) -> Answer:
    """Raises Problem not-found for a subscription of another software too."""
    return Answer(_shown(_own(tx, call)))


def unsubscribe(tx: Tx, call: Call) -> None:
    """Nothing more is sent. Raises Problem not-found."""
    found = _own(tx, call)
    queue.forget(tx, call.world.id, found.id)
    subscriptions.remove(tx, call.world.id, found.id)
    audit.append(tx, call, "subscription-deleted", found.id, {})


def redeliver(tx: Tx, call: Call, body: RedeliveryRequest) -> Answer:
    """Send events again, under the same ids. Raises Problem not-found, subscription-disabled, invalid-payload."""
    to = _own(tx, call)
    if to.status != "active":
        raise Problem(
            "subscription-disabled",
            "Le destinataire a répondu 410 : l'abonnement est fermé. En créer un autre.",
            current_state=to.status,
        )
    more: Json = {}
    if body.events is not None:
        chosen = _chosen(tx, call, body.events)
    else:
        found = store.page(tx, call.world.id, to.client, _after(call, body.after, "/after"), pages.MOST + 1)
        page, following = pages.cut(found, pages.MOST, lambda event: _id(call, event))
        chosen = [event for event in page if to.wants(event)]
        more = {} if following is None else {"next_cursor": following}
    queue.redeliver(tx, call.world.id, to, chosen, call.now)
    audit.append(tx, call, "events-redelivered", to.id, {"count": len(chosen)})
    return Answer({"events": [_id(call, event) for event in chosen], **more})


def _chosen(tx: Tx, call: Call, identifiers: Sequence[str]) -> list[Event]:
    secret, client = call.world.keys.platform_secret, call.actor.client_id
    found = []
    for identifier in dict.fromkeys(identifiers):
        seq = rank(secret, client, identifier)
        event = None if seq is None else store.find(tx, call.world.id, client, seq)
        if event is None:
            raise Problem("not-found", f"L'événement {identifier} n'existe pas, ou n'est pas le vôtre.")
        found.append(event)
    return sorted(found, key=lambda event: event.seq)


def _own(tx: Tx, call: Call) -> Subscription:
    found = subscriptions.find(tx, call.world.id, call.path["id"])
    if found is None or found.client != call.actor.client_id:
        raise Problem("not-found", "Aucun abonnement de cet identifiant ne vous est accessible.")
    return found


def _id(call: Call, event: Event) -> str:
    return event_id(call.world.keys.platform_secret, event.client, event.seq)


def _shown(item: Subscription) -> Json:
    body: Json = {"id": item.id, "url": item.url}
    if item.types:
        body["types"] = list(item.types)
    return {**body, "status": item.status, "created_at": item.created_at}


def _after(call: Call, identifier: str | None, pointer: str) -> int:
    """The rank of the last event that the caller has; 0 without one. Raises Problem invalid-payload."""
    if identifier is None:
        return 0
    seq = rank(call.world.keys.platform_secret, call.actor.client_id, identifier)
    if seq is None:
        detail = "« after » est l'identifiant d'un événement que vous avez reçu."
        raise invalid(pointer, "unknown-event", detail)
    return seq
