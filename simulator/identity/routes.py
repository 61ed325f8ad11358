"""Discovery, keys and the token endpoint, below a world."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable
from functools import partial
from typing import Any, cast
from urllib.parse import parse_qsl

from simulator.identity import discovery, revocation, schemas, service
from simulator.kit.answer import JSON, Whole
from simulator.kit.context import Context
from simulator.kit.problems import Problem
from simulator.kit.route import Route
from simulator.worlds.model import World

FORM = "application/x-www-form-urlencoded"


def _json(value: dict[str, Any], **headers: str) -> Whole:
    body = json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()
    return Whole(200, {"content-type": JSON, **headers}, body)


def _published(said: Callable[[World], dict[str, Any]]) -> Callable[[Context], Awaitable[Whole]]:
    async def answer(ctx: Context) -> Whole:
        return _json(said(cast(World, ctx.world)))

    return answer


async def _token(ctx: Context) -> Whole:
    world, form = cast(World, ctx.world), _form(ctx)
    answer = await ctx.db.write(lambda tx: service.token(tx, world, ctx, form))
    return _json(answer, **{"cache-control": "no-store"})


async def _revoke(ctx: Context) -> Whole:
    world, form = cast(World, ctx.world), _form(ctx)
    jti = await ctx.db.write(lambda tx: revocation.revoke(tx, world, ctx, form))
    if jti is not None:
        world.marks.tokens.add(jti)
        world.tokens.clear()
    return Whole(200, {}, b"")


def _form(ctx: Context) -> dict[str, str]:
    media_type, body = ctx.headers.get("content-type", ""), ctx.body
    if media_type.partition(";")[0].strip().lower() != FORM:
        raise _malformed("Le corps doit être un formulaire (application/x-www-form-urlencoded).")
    try:
        text = body.decode()
        pairs = parse_qsl(text, keep_blank_values=True, strict_parsing=bool(text), max_num_fields=50)
    except ValueError:
        raise _malformed("Le formulaire est illisible.") from None
    form = dict(pairs)
    if len(form) != len(pairs):
        raise _malformed("Un paramètre est répété.")
    return form


def _malformed(detail: str) -> Problem:
    return Problem("invalid-token-request", detail, oauth="invalid_request")


_route = partial(Route, tag="identity")

ROUTES = (
    _route(
        "GET /.well-known/oauth-authorization-server",
        "read-authorization-server",
        "OAuth metadata of the world",
        _published(discovery.metadata),
        answer=schemas.Metadata,
        source="RFC 8414",
    ),
    _route(
        "GET /jwks.json",
        "read-token-keys",
        "Keys of access tokens and receipts",
        _published(discovery.token_keys),
        answer=schemas.Jwks,
        source="RFC 7517",
    ),
    _route(
        "GET /.well-known/fse-keys.json",
        "read-qr-keys",
        "QR keys, signed by the trust anchor",
        _published(discovery.qr_keys),
        answer=schemas.QrKeys,
        fidelity="hypothesis",
        source="no public CNSS source; ours",
    ),
    _route(
        "POST /oauth2/token",
        "request-token",
        "Access token of a software or of a professional",
        _token,
        form=schemas.TOKEN_FORM,
        answer=schemas.TokenAnswer,
        problems=[
            "invalid-client",
            "client-suspended",
            "invalid-assertion",
            "unsupported-grant-type",
            "invalid-scope",
            "invalid-token-request",
        ],
        fidelity="hypothesis",
        source="RFC 6749, RFC 7521, RFC 7523; the credential itself is simulated",
    ),
    _route(
        "POST /oauth2/revoke",
        "revoke-token",
        "Give up an access token before its time",
        _revoke,
        form=schemas.REVOCATION_FORM,
        problems=["invalid-client", "client-suspended", "invalid-token-request"],
        fidelity="hypothesis",
        source="RFC 7009",
    ),
)
