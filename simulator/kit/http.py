"""From an HTTP request to a service function and back: the one path of every FSE route.

    @router.post("/v1/care-sheets", **documented(operation="issue-care-sheet", body=…, answer=…, …))
    async def issue(request: Request) -> Response:
        return await handle(request, CareSheetRequest, service.issue, status=201, idempotent=True,
                            scope="fse:issue", roles=("prescriber",))

The service is ``def issue(tx, call, body) -> Answer`` (``def read(tx, call) -> Answer`` when `model`
is None). It answers an `Answer` or a wire shape, whose attributes `revision` (or `etag`) and `location`
become headers; None answers 204.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from pydantic import BaseModel
from starlette.requests import Request
from starlette.responses import Response

from simulator.kit import bearer, limits
from simulator.kit.answer import Answer, Whole
from simulator.kit.call import Call
from simulator.kit.context import Context, context, operation, refused
from simulator.kit.documentation import documented
from simulator.kit.idempotency import Key, Stored
from simulator.kit.payload import parse
from simulator.kit.problems import Problem
from simulator.kit.storage import Tx

__all__ = ["authenticate", "documented", "handle", "problem_response"]

JSON = "application/json"
_ASK_AGAIN = {"cache-control": "private, no-cache"}
"""May be kept by whoever asked, and asked for again with its ETag; everything else is `no-store`."""


def authenticate(request: Request, scope: str | None = None, *roles: str) -> Call:
    """The authenticated call, for routes that do not go through :func:`handle`.

    Raises Problem unauthenticated, token-revoked, client-suspended, token-expired, rate-limited,
    professional-suspended, insufficient-scope, role-not-allowed; a route lets Problems through, the
    application renders them.
    """
    ctx = context(request)
    ctx.operation = operation(request.scope)
    scheme, _, token = ctx.headers.get("authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not token:
        raise bearer.refuse("Cette opération demande un jeton d'accès (Authorization: Bearer …).")
    world = ctx.world
    actor = bearer.check(world, token.strip(), ctx.now, ctx.known)
    ctx.quota = limits.spend(world.usage, world.rate_limit, actor.client_id, ctx.now)
    if actor.inpe in world.suspended:
        raise Problem("professional-suspended", "L'exercice de ce professionnel est suspendu.")
    call = Call(
        world=world,
        now=ctx.now,
        actor=actor,
        trace_id=ctx.trace_id,
        operation=ctx.operation,
        path=request.path_params,
        headers=ctx.headers,
        query=request.query_params if request.scope["query_string"] else {},
        concerns=ctx.concerns,
    )
    if scope is not None:
        call.require(scope, *roles)
    return call


async def handle(
    request: Request,
    model: type[BaseModel] | None,
    service: Callable[..., Any],
    *,
    status: int = 200,
    idempotent: bool = False,
    scope: str | None = None,
    roles: Sequence[str] = (),
    write: bool = True,
    cacheable: bool = False,
) -> Response:
    """Authenticate, parse, run the service in one unit of work, answer. Problems are rendered.

    `cacheable`: a conditional GET may be answered 304; only where reading leaves no trace.
    """
    ctx = context(request)
    try:
        call = authenticate(request, scope, *roles)
        arguments = () if model is None else (parse(model, ctx.headers, ctx.body),)
        if idempotent:
            answer = await _once(request, ctx, call, service, arguments, status)
        else:
            run = ctx.db.write if write else ctx.db.read
            result = await run(lambda tx: service(tx, call, *arguments))
            answer = _answer(result, status)
            if cacheable and request.method == "GET" and _unchanged(ctx, answer):
                answer = Stored(304, {"etag": answer.headers["etag"]}, b"")
            if cacheable:
                answer = Stored(answer.status, {**answer.headers, **_ASK_AGAIN}, answer.body)
    except Problem as problem:
        return problem_response(request, problem)
    return Whole(answer.status, dict(answer.headers), answer.body)


async def _once(
    request: Request,
    ctx: Context,
    call: Call,
    service: Callable[..., Any],
    arguments: tuple[Any, ...],
    status: int,
) -> Stored:
    key = Key.of(call, request.scope["path"], ctx.body)
    mark = (call.world.id, key.scope, key.key)
    if mark in ctx.in_flight:
        raise Problem(
            "idempotency-in-flight",
            "Une requête portant cette clé d'idempotence est en cours de traitement.",
        )

    def unit(tx: Tx) -> Stored:
        if (first := key.stored(tx, call)) is not None:
            return Stored(first.status, {**first.headers, "idempotent-replayed": "true"}, first.body)
        answer = _answer(service(tx, call, *arguments), status)
        key.store(tx, call, answer)
        return answer

    ctx.in_flight.add(mark)
    try:
        return await ctx.db.write(unit)
    finally:
        ctx.in_flight.discard(mark)


def _answer(result: Any, status: int) -> Stored:
    if result is None:
        return Stored(204, {}, b"")
    headers = {"content-type": JSON}
    etag = getattr(result, "etag", None) or getattr(result, "revision", None)
    if etag is not None:
        headers["etag"] = f'"{etag}"'
    if (location := getattr(result, "location", None)) is not None:
        headers["location"] = location
    if isinstance(result, Answer):
        return Stored(status, headers, result.encoded())
    return Stored(status, headers, result.model_dump_json(exclude_none=True).encode())


def _unchanged(ctx: Context, answer: Stored) -> bool:
    asked, etag = ctx.headers.get("if-none-match"), answer.headers.get("etag")
    if asked is None or etag is None:
        return False
    # RFC 9110 §13.1.2: any, or a weak comparison (a proxy that compresses weakens the tag)
    return asked.strip() == "*" or etag in [tag.strip().removeprefix("W/") for tag in asked.split(",")]


def problem_response(request: Request, problem: Problem) -> Response:
    """A problem on the wire, noted for the journal."""
    status, headers, body = refused(context(request), problem, request.scope["path"])
    return Whole(status, headers, body)
