"""Discovery, keys and the token endpoint, below a world."""

from __future__ import annotations

import json
from typing import Any, cast
from urllib.parse import parse_qsl

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from simulator.identity import discovery, revocation, schemas, service
from simulator.kit.context import context, operation
from simulator.kit.http import documented, problem_response
from simulator.kit.problems import Problem
from simulator.worlds.model import World

router = APIRouter(tags=["identity"])
FORM = "application/x-www-form-urlencoded"


def _json(value: dict[str, Any], **headers: str) -> Response:
    body = json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()
    return Response(body, headers={"content-type": "application/json", **headers})


def _world(request: Request) -> World:
    ctx = context(request)
    ctx.operation = operation(request.scope)
    return cast(World, ctx.world)


@router.get(
    "/.well-known/oauth-authorization-server",
    **documented(
        operation="read-authorization-server",
        summary="OAuth metadata of the world",
        answer=schemas.Metadata,
        public=True,
        source="RFC 8414",
    ),
)
async def metadata(request: Request) -> Response:
    return _json(discovery.metadata(_world(request)))


@router.get(
    "/jwks.json",
    **documented(
        operation="read-token-keys",
        summary="Keys of access tokens and receipts",
        answer=schemas.Jwks,
        public=True,
        source="RFC 7517",
    ),
)
async def token_keys(request: Request) -> Response:
    return _json(discovery.token_keys(_world(request)))


@router.get(
    "/.well-known/fse-keys.json",
    **documented(
        operation="read-qr-keys",
        summary="QR keys, signed by the trust anchor",
        answer=schemas.QrKeys,
        public=True,
        fidelity="hypothesis",
        source="no public CNSS source; ours",
    ),
)
async def qr_keys(request: Request) -> Response:
    return _json(discovery.qr_keys(_world(request)))


@router.post(
    "/oauth2/token",
    **documented(
        operation="request-token",
        summary="Access token of a software or of a professional",
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
        public=True,
        fidelity="hypothesis",
        source="RFC 6749, RFC 7521, RFC 7523; the credential itself is simulated",
    ),
)
async def token(request: Request) -> Response:
    ctx, world = context(request), _world(request)
    try:
        form = _form(ctx.headers.get("content-type", ""), ctx.body)
        answer = await ctx.db.write(lambda tx: service.token(tx, world, ctx, form))
    except Problem as problem:
        return problem_response(request, problem)
    return _json(answer, **{"cache-control": "no-store"})


@router.post(
    "/oauth2/revoke",
    **documented(
        operation="revoke-token",
        summary="Give up an access token before its time",
        form=schemas.REVOCATION_FORM,
        problems=["invalid-client", "client-suspended", "invalid-token-request"],
        public=True,
        fidelity="hypothesis",
        source="RFC 7009",
    ),
)
async def revoke(request: Request) -> Response:
    ctx, world = context(request), _world(request)
    try:
        form = _form(ctx.headers.get("content-type", ""), ctx.body)
        jti = await ctx.db.write(lambda tx: revocation.revoke(tx, world, ctx, form))
    except Problem as problem:
        return problem_response(request, problem)
    if jti is not None:
        world.marks.tokens.add(jti)
        world.tokens.clear()
    return Response(status_code=200, headers={"cache-control": "no-store"})


def _form(media_type: str, body: bytes) -> dict[str, str]:
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
