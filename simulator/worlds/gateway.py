"""The door of every world: resolves ``/w/{world}``, frames each exchange, and journals it.

Pure ASGI. An answer leaves whole, after its journal entry is written with what it tells, or queued: whoever reads the
journal after an answer finds it there.
"""

from __future__ import annotations

import logging
from urllib.parse import unquote

from starlette.types import Receive, Scope, Send

from simulator.faults.injection import meet
from simulator.kit.http import handle
from simulator.kit.outside import deliver, refusal
from simulator.kit.problems import Problem
from simulator.kit.route import Route
from simulator.kit.routing import Routes
from simulator.worlds import receiving
from simulator.worlds.exchange import Exchange
from simulator.worlds.patience import Patience
from simulator.worlds.service import Worlds
from simulator.worlds.within import unknown

log = logging.getLogger("simulator")
PLACES = (b"/w/", b"/.well-known/oauth-authorization-server/w/")
"""What the paths of the worlds begin with: an issuer that has a path has its metadata at the root (RFC 8414 §3.1)."""


class Gateway:
    """ASGI application: the worlds, and the same routes below each."""

    def __init__(self, routes: Routes[Route], worlds: Worlds) -> None:
        self.routes, self.worlds = routes, worlds
        self._patience = Patience(receiving.TIMEOUT_S)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        world_id, raw = _place(scope)
        path = scope["path"]
        headers = {k.decode("latin-1"): v.decode("latin-1") for k, v in scope["headers"]}
        try:
            if "/" in world_id:  # the names of snapshots hold one
                raise unknown(world_id)
            world = await self.worlds.find(world_id)
            if world.door.shut:  # it is copied, or brought back: what comes is for the world that is there afterwards
                await world.door.opened()
                world = await self.worlds.find(world_id)
        except Problem as problem:
            await deliver(send, refusal(problem, self.worlds.base, path, headers))
            return
        exchange = Exchange(self.worlds, world, scope, headers, raw)
        refused = await exchange.receive(receive, self._patience)
        if world.door.shut:
            await world.door.opened()
            exchange.ctx.now = world.now()
        world.door.inside += 1
        try:
            await self._take_place(exchange, refused)
        finally:
            world.door.leave()
        if exchange.ctx.problem == "world-not-found":  # deleted since the request came in
            await deliver(send, refusal(unknown(world_id), self.worlds.base, path, headers))
        else:
            await exchange.deliver(receive, send)

    async def _take_place(self, exchange: Exchange, refused: Problem | None) -> None:
        """All that an exchange does inside its world, its journal entry included; `refused`: before it came in."""
        world, ctx = exchange.world, exchange.ctx
        try:
            if refused is not None:
                raise refused
            route = exchange.find(self.routes)
            if world.agenda.late(ctx.now):
                await self.worlds.settle(world, ctx.now)
            if world.faults:
                exchange.fault = await meet(self.worlds, world, ctx)
            exchange.answer = await (handle(route, ctx) if exchange.fault is None else exchange.broken(route))
        except Problem as problem:
            exchange.refuse(problem, self.routes)
        except Exception:
            log.exception("internal error, trace %s", ctx.trace_id)
            exchange.refuse(Problem("internal-error", "Erreur interne du simulateur."), self.routes)
        try:
            await exchange.record_refusal()
        except Problem as problem:  # what could not be recorded is not told
            exchange.refuse(problem, self.routes)
        if ctx.problem != "world-not-found":
            exchange.finish()


def _place(scope: Scope) -> tuple[str, str]:
    """(world, path below it as it came). The world ends with the first slash that is written as one: neither an encoded
    slash nor dots lead to another. The metadata at the root are those below the world, and journaled as such.
    """
    raw: str = scope["raw_path"].decode("latin-1")
    above, _, below = raw.partition("/w/")
    world, slash, rest = below.partition("/")
    return unquote(world), above + slash + rest
