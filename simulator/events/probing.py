"""Webhooks that a receiver must refuse, sent on purpose: does it look at the signature?

Four forgeries of one harmless event (``keys.rotated``, under an id that no feed holds). Nothing is stored: they are no
deliveries. A receiver that answers 2xx to one of them has not verified it.
"""

from __future__ import annotations

import asyncio
import base64
import hashlib
import hmac
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

import httpx
from standardwebhooks import Webhook

from simulator.events import urls
from simulator.events.model import webhook_secret
from simulator.events.subscriptions import Subscription
from simulator.kit import clock
from simulator.kit.answer import Json
from simulator.kit.call import WorldLike
from simulator.settings import simulator_version

FORGERIES = ("unsigned", "wrong-key", "altered", "stale")
MOST = 20
TIMEOUT_S = 3.0
AT_ONCE = 16
_STALE = timedelta(hours=1)


def forged(world: WorldLike, to: Subscription, forgery: str, real: datetime) -> tuple[bytes, Mapping[str, str]]:
    """Body and headers of one forgery, as a delivery would be but for what its name says."""
    secret = world.keys.platform_secret
    mac = hmac.new(secret, f"probe|{to.id}|{forgery}|{real.timestamp()}".encode(), hashlib.sha256).digest()
    identifier = f"evt-00000000{base64.b32encode(mac)[:10].decode().lower()}"
    text = f'{{"id":"{identifier}","type":"keys.rotated","timestamp":"{clock.to_text(world.now())}",'
    text += '"data":{"kind":"token"}}'
    at = real - _STALE if forgery == "stale" else real
    key = webhook_secret(secret, f"{to.id}|probe" if forgery == "wrong-key" else to.id)
    signed = text.replace('"token"', '"qr"') if forgery == "altered" else text
    headers = {
        "content-type": "application/json",
        "user-agent": simulator_version(),
        "webhook-id": identifier,
        "webhook-timestamp": str(int(at.timestamp())),
        "webhook-signature": Webhook(key).sign(identifier, at, signed),
        "x-fse-world": world.id,
        "x-fse-subscription": to.id,
    }
    if forgery == "unsigned":
        del headers["webhook-signature"]
    return text.encode(), headers


def verdict(status: int | None) -> str:
    """``accepted`` (2xx), ``refused`` (4xx), else ``undecided``: no answer, a redirection, a failure, a busy server."""
    if status is not None and 200 <= status < 300:
        return "accepted"
    return "refused" if status is not None and 400 <= status < 500 and status not in (408, 429) else "undecided"


def conclusion(verdicts: Sequence[str], delivered: bool) -> str:
    """Of a subscription: ``ignored``, ``verified``, ``undecided``. Refusing everything proves nothing: `delivered`
    says that a true webhook was accepted there before.
    """
    if "accepted" in verdicts:
        return "ignored"
    return "verified" if delivered and set(verdicts) == {"refused"} else "undecided"


async def probe(world: WorldLike, to: Sequence[tuple[Subscription, bool]]) -> list[Json]:
    """Send the forgeries to these subscriptions (and whether each was delivered to before); what they answered."""
    slots = asyncio.Semaphore(AT_ONCE)
    async with httpx.AsyncClient(timeout=TIMEOUT_S, follow_redirects=False, trust_env=False) as http:

        async def attempt(one: Subscription, forgery: str) -> Json:
            async with slots:
                met = await _send(http, world, one, forgery)
            return {"forgery": forgery, **met, "verdict": verdict(met.get("status"))}

        async def each(one: Subscription, delivered: bool) -> Json:
            attempts = await asyncio.gather(*(attempt(one, forgery) for forgery in FORGERIES))
            found = conclusion([item["verdict"] for item in attempts], delivered)
            shown = {"subscription": one.id, "client_id": one.client, "url": one.url}
            return {**shown, "verdict": found, "attempts": attempts}

        return list(await asyncio.gather(*(each(one, delivered) for one, delivered in to[:MOST])))


async def _send(http: httpx.AsyncClient, world: WorldLike, to: Subscription, forgery: str) -> Json:
    if urls.refusal(to.url, world.issuer, urls.named_hosts()) is not None:
        return {"error": "url-refused"}
    body, headers = forged(world, to, forgery, clock.real_now())
    try:
        async with (
            asyncio.timeout(TIMEOUT_S),
            http.stream("POST", to.url, content=body, headers=dict(headers)) as answer,
        ):
            return {"status": answer.status_code}
    except (TimeoutError, httpx.TimeoutException):
        return {"error": "timeout"}
    except (httpx.HTTPError, httpx.InvalidURL, OSError):
        return {"error": "connection"}
