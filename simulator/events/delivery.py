"""The delivery worker: one task of the server, which sends the outbox to those who subscribed.

It looks at a world when something was emitted there, when the bench touched it (its clock may have moved), when a
running clock reaches the next attempt and, on a database that other processes share, once a second. It waits for
receivers; nobody waits for it.
"""

from __future__ import annotations

import asyncio
import logging
import math
from contextlib import suppress
from datetime import datetime, timedelta

import httpx
from standardwebhooks import Webhook

import fixtures
from simulator.events import queue, store, subscriptions, urls
from simulator.events.model import Outcome, event_id, webhook_secret
from simulator.events.queue import Plan, Taken
from simulator.faults import webhooks
from simulator.faults.service import Occurrence
from simulator.kit import clock
from simulator.kit.call import WorldLike
from simulator.kit.problems import Problem
from simulator.settings import simulator_version
from simulator.worlds.model import World
from simulator.worlds.service import Worlds

log = logging.getLogger("simulator")
TIMEOUT_S = 10.0
AT_ONCE = 16
POLL_S = 1.0
AFTER_FAILURE_S = 5.0


class Deliveries:
    """The worker of one server. For tests: `shared` (other processes use the database) and `transport`."""

    def __init__(
        self, worlds: Worlds, *, shared: bool | None = None, transport: httpx.AsyncBaseTransport | None = None
    ) -> None:
        self.heard = store.Heard()
        self._worlds, self._transport = worlds, transport
        self._shared = worlds.db.shared if shared is None else shared
        self._awake: asyncio.Event | None = None
        self._main: asyncio.Task[None] | None = None
        self._couriers: dict[tuple[str, str, str], asyncio.Task[None]] = {}  # (world, its life, subscription)
        self._timers: dict[str, float] = {}  # world → instant of the loop's clock
        self._poll_at = 0.0
        self._http: httpx.AsyncClient | None = None

    def look(self, world: str = "") -> None:
        """Wake up if something was heard, or to look at this world; does nothing before :meth:`start`."""
        if self._awake is None:
            return
        if world:
            self.heard.worlds.add(world)
        if self.heard.worlds:
            self._awake.set()

    async def start(self) -> None:
        """Begin, with whatever an earlier process left to send."""
        self._awake = asyncio.Event()
        self._slots = asyncio.Semaphore(AT_ONCE)
        self._poll_at = 0.0
        store.listeners.append(self.heard)
        if not self._shared:
            await self._worlds.db.write(subscriptions.free)
        self._main = asyncio.create_task(self._run(self._awake), name="deliveries")

    async def stop(self) -> None:
        """Drop what is on its way: it is sent again by whoever starts next."""
        tasks = [task for task in (self._main, *self._couriers.values()) if task is not None]
        self._awake = self._main = None
        with suppress(ValueError):
            store.listeners.remove(self.heard)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        if self._http is not None:
            await self._http.aclose()
            self._http = None

    async def _run(self, awake: asyncio.Event) -> None:
        while True:
            awake.clear()
            try:
                await self._listen()
                while self.heard.worlds:
                    await self._visit(self.heard.worlds.pop())
            except Exception:
                log.exception("the delivery worker met an error, and goes on")
                self._poll_at = 0.0
                await asyncio.sleep(AFTER_FAILURE_S)
                continue
            with suppress(TimeoutError):
                async with asyncio.timeout(self._pause()):
                    await awake.wait()

    async def _listen(self) -> None:
        """What time brings: retries that are due; at first, what was left; later, what other processes emitted."""
        now = _instant()
        self.heard.worlds.update([world for world, at in self._timers.items() if at <= now])
        if self._poll_at <= now:
            self.heard.worlds.update(await self._worlds.db.read(queue.stirring))
            self._poll_at = now + POLL_S if self._shared else math.inf

    def _pause(self) -> float | None:
        soonest = min([*self._timers.values(), self._poll_at])
        return None if soonest == math.inf else max(soonest - _instant(), 0.0)

    async def _visit(self, name: str) -> None:
        self.heard.quiet.discard(name)
        self._timers.pop(name, None)
        try:
            world = await self._worlds.find(name)
            now, real = world.now(), _ms(clock.real_now())
            plan = await self._worlds.within(world).write(lambda tx: queue.plan(tx, name, now, real))
        except Problem as problem:
            if problem.slug != "world-not-found":
                raise
            self._recall(name)
            return
        self._recall(name, but=world.life)
        if not plan.subscribed:
            self.heard.quiet.add(name)
        for identifier in plan.due:
            if (name, world.life, identifier) not in self._couriers:
                courier = self._courier(name, world.life, identifier)
                self._couriers[name, world.life, identifier] = asyncio.create_task(courier)
        self._arm(world, plan, now, real)

    def _recall(self, name: str, but: str | None = None) -> None:
        """Nothing more is sent of the worlds that had that name; `but`: the life of the one that has it."""
        for (where, life, _), courier in list(self._couriers.items()):
            if where == name and life != but:
                courier.cancel()

    def _arm(self, world: World, plan: Plan, now: datetime, real_ms: int) -> None:
        waits = []
        if plan.next_at is not None and world.clock.mode == "running":
            waits.append((plan.next_at - now).total_seconds())
        if plan.free_at is not None:
            waits.append((plan.free_at - real_ms) / 1000)
        if waits:
            self._timers[world.id] = _instant() + min(waits)

    async def _courier(self, name: str, life: str, identifier: str) -> None:
        """Send what is due of one subscription of that very world, one event after the other."""
        try:
            while await self._step(name, life, identifier):
                pass
        except Exception as error:
            if isinstance(error, Problem) and error.slug == "world-not-found":
                self.heard.worlds.add(name)  # another may have that name, with something to send
            else:
                log.exception("a delivery of subscription %s met an error", identifier)
                self._timers[name] = _instant() + AFTER_FAILURE_S
        else:
            self.heard.worlds.add(name)
        finally:
            self._couriers.pop((name, life, identifier), None)
            if self._awake is not None:
                self._awake.set()

    async def _step(self, name: str, life: str, identifier: str) -> bool:
        """One attempt; False when nothing is due any more, another process has taken it, or the world was remade."""
        async with self._slots:
            world = await self._worlds.find(name)
            if world.life != life:
                return False
            db = self._worlds.within(world)
            now, real = world.now(), clock.real_now()
            taken = await db.write(lambda tx: queue.take(tx, name, identifier, now, _ms(real)))
            if taken is None:
                return False
            begun = clock.stopwatch()
            met = await self._fault(world, taken) if world.faults else None
            outcome, delays, fault = await webhooks.attempt(
                met, lambda: self._send(world, taken, real), retries(world, taken.at)
            )
            lasted = round((clock.stopwatch() - begun) * 1000)
            seen = {"real_time": clock.to_precise_text(real), "duration_ms": lasted, **fault}
            return await db.write(lambda tx: queue.settle(tx, name, taken, outcome, delays, **seen))

    async def _fault(self, world: World, taken: Taken) -> Occurrence | None:
        client, event, tries = taken.subscription.client, taken.event.type, taken.tries
        return await self._worlds.within(world).write(lambda tx: webhooks.meet(tx, world, client, event, tries))

    async def _send(self, world: WorldLike, taken: Taken, real: datetime) -> Outcome:
        to, secret = taken.subscription, world.keys.platform_secret
        if urls.refusal(to.url, world.issuer, urls.named_hosts()) is not None:
            return Outcome(error="url-refused")
        if to.client in world.marks.suspended_clients or to.client in world.marks.revoked_clients:
            return Outcome(error="client-suspended")
        identifier, text = event_id(secret, to.client, taken.event.seq), taken.event.text(secret)
        headers = {
            "content-type": "application/json",
            "user-agent": simulator_version(),
            "webhook-id": identifier,
            "webhook-timestamp": str(int(real.timestamp())),
            "webhook-signature": Webhook(webhook_secret(secret, to.id)).sign(identifier, real, text),
            "x-fse-world": world.id,
            "x-fse-subscription": to.id,
        }
        if self._http is None:
            self._http = httpx.AsyncClient(
                transport=self._transport,
                timeout=TIMEOUT_S,
                follow_redirects=False,
                trust_env=False,
                limits=httpx.Limits(max_connections=AT_ONCE, max_keepalive_connections=0),
            )
        try:
            async with (
                asyncio.timeout(TIMEOUT_S),
                self._http.stream("POST", to.url, content=text.encode(), headers=headers) as answer,
            ):
                return Outcome(status=answer.status_code)
        except (TimeoutError, httpx.TimeoutException):
            return Outcome(error="timeout")
        except (httpx.HTTPError, httpx.InvalidURL, OSError):
            return Outcome(error="connection")


def retries(world: WorldLike, at: datetime) -> tuple[timedelta, ...]:
    """How long after each failed attempt the next one is made, in world time."""
    rule = fixtures.rule("webhook.retries", clock.day(at), world.tariff_set)
    return tuple(timedelta(seconds=int(text)) for text in rule.value.split())


def _instant() -> float:
    return asyncio.get_running_loop().time()


def _ms(instant: datetime) -> int:
    return int(instant.timestamp() * 1000)
