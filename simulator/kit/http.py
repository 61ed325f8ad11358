"""From an exchange to a service function and back: the one path of every route (see `simulator.kit.route`)."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

from pydantic_core import from_json

from simulator.kit import bearer, limits
from simulator.kit.answer import JSON, Answer, Drawing, Whole, told
from simulator.kit.call import Call
from simulator.kit.context import Context
from simulator.kit.idempotency import REPLAYED, Key
from simulator.kit.payload import parse
from simulator.kit.problems import Problem
from simulator.kit.route import Route
from simulator.kit.storage import Tx


async def handle(route: Route, ctx: Context) -> Whole:
    """Authenticate, parse, run the service in one unit of work, answer.

    Raises Problem, in this order: of the token, insufficient-scope, role-not-allowed, of the body, of the key, of the
    service.
    """
    if route.alone:
        alone: Whole = await route.service(ctx)
        return alone
    call = _authenticated(ctx)
    route.admit(call)
    arguments = () if route.body is None else (parse(route.body, ctx.headers, ctx.body),)
    while route.ahead is not None and await ctx.db.write(lambda tx: route.ahead(tx, call)):  # type: ignore[misc]
        pass
    if route.idempotent:
        return await _once(route, ctx, call, arguments)
    if route.drawn or not route.write:
        run = ctx.db.write if route.write else ctx.db.read
        result = await run(lambda tx: route.service(tx, call, *arguments))
        return await _drawn(result, route.media_type) if route.drawn else _answer(route, call, told(result))

    def journaled(tx: Tx, answer: Whole) -> Whole:
        ctx.record.keep(tx, answer)
        return answer

    return await ctx.db.write(lambda tx: route.service(tx, call, *arguments), *_told(route, call), journaled)


def _authenticated(ctx: Context) -> Call:
    """Raises Problem unauthenticated, token-revoked, client-suspended, token-expired, rate-limited,
    professional-suspended.
    """
    scheme, _, token = ctx.headers.get("authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not token:
        raise bearer.refuse("Cette opération demande un jeton d'accès (Authorization: Bearer …).")
    world = ctx.world
    actor = bearer.check(world, token.strip(), ctx.now, ctx.known)
    ctx.quota = limits.spend(world.usage, world.rate_limit, actor.client_id, ctx.now)
    if actor.inpe in world.suspended:
        raise Problem("professional-suspended", "L'exercice de ce professionnel est suspendu.")
    return Call(
        world=world,
        now=ctx.now,
        actor=actor,
        trace_id=ctx.trace_id,
        operation=ctx.operation or "",
        path=ctx.parameters,
        headers=ctx.headers,
        query=ctx.query,
        concerns=ctx.concerns,
    )


async def _once(route: Route, ctx: Context, call: Call, arguments: tuple[Any, ...]) -> Whole:
    key = Key.of(call, ctx.path, ctx.body)
    mark = (call.world.id, key.scope, key.key)
    if mark in ctx.in_flight:
        raise _in_flight()

    def unit(tx: Tx) -> Any:
        if (first := key.stored(tx, call, ctx.record)) is None:
            if mark in tx.held:  # whoever asked first has gone, and the end of that unit is still to come
                raise _in_flight()
            tx.held[mark] = True
            return route.service(tx, call, *arguments)
        ctx.audit(tx, call, "answer-replayed", _sheet(call, first), {"operation": call.operation})
        return first

    def journaled(tx: Tx, answer: Whole) -> Whole:
        own = dict(answer.headers)
        seq = ctx.record.keep(tx, answer)
        if REPLAYED not in own:
            key.store(tx, call, Whole(answer.status, own, answer.body), seq)
        return answer

    ctx.in_flight.add(mark)
    try:
        return await ctx.db.write(unit, *_told(route, call), journaled)
    finally:
        ctx.in_flight.discard(mark)


def _in_flight() -> Problem:
    return Problem("idempotency-in-flight", "Une requête portant cette clé d'idempotence est en cours de traitement.")


def _sheet(call: Call, answer: Whole) -> str:
    """The number of the sheet that an answer tells of again, secrets included; empty when it tells of none."""
    return call.path.get("number") or str(from_json(answer.body or b"{}").get("number", ""))


def _told(route: Route, call: Call) -> tuple[Callable[[Tx, Any], Any], ...]:
    """The stages that make what goes out of what a service answered: its body, then its bytes, signatures included."""
    return (lambda tx, result: told(result)), (lambda tx, result: _answer(route, call, result))


def _answer(route: Route, call: Call, result: Any) -> Whole:
    """What a service answered, as it goes out."""
    whole = _whole(result, route.status)
    return _cacheable(whole, call.headers.get("if-none-match")) if route.cacheable else whole


def _whole(result: Any, status: int) -> Whole:
    if result is None:
        return Whole(204, {}, b"")
    if isinstance(result, Whole):
        return result
    headers = {"content-type": JSON}
    etag = getattr(result, "etag", None) or getattr(result, "revision", None)
    if etag is not None:
        headers["etag"] = f'"{etag}"'
    if (location := getattr(result, "location", None)) is not None:
        headers["location"] = location
    if isinstance(result, Answer):
        return Whole(status, headers, result.encoded())
    return Whole(status, headers, result.model_dump_json(exclude_none=True).encode())


async def _drawn(drawing: Drawing, media_type: str) -> Whole:
    headers = {"content-type": media_type}
    if drawing.name:
        headers["content-disposition"] = f'inline; filename="{drawing.name}"'
    return Whole(200, headers, await asyncio.to_thread(drawing.draw))


def _cacheable(answer: Whole, asked: str | None) -> Whole:
    """The answer, or 304 where its reader has it: whoever asked may keep it, and asks again with its ETag."""
    answer.headers["cache-control"] = "private, no-cache"
    etag = answer.headers["etag"]
    # RFC 9110 §13.1.2: any, or a weak comparison (a proxy that compresses weakens the tag)
    if asked and (asked.strip() == "*" or etag in [tag.strip().removeprefix("W/") for tag in asked.split(",")]):
        return Whole(304, {name: answer.headers[name] for name in ("etag", "cache-control")}, b"")
    return answer
