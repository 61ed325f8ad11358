"""`/bench/v1`: worlds, clock, journal, state. Behind :class:`simulator.bench.guard.Guard`."""

from __future__ import annotations

import json
from typing import Any, TypeVar

from fastapi import APIRouter
from pydantic import BaseModel
from starlette.requests import Request
from starlette.responses import Response

from simulator.audit import store as audit
from simulator.audit import verify
from simulator.bench import nomenclatures, personas, schemas, state, trust
from simulator.journal import store as journal
from simulator.kit import clock
from simulator.kit.payload import parse
from simulator.kit.problems import Problem
from simulator.worlds.model import World
from simulator.worlds.service import Worlds

M = TypeVar("M", bound=BaseModel)
router = APIRouter(prefix="/bench/v1", tags=["bench"])
MAX_PAGE = 500


def _json(value: Any, status: int = 200) -> Response:
    body = json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()
    return Response(body, status, media_type="application/json")


def _worlds(request: Request) -> Worlds:
    worlds: Worlds = request.app.state.worlds
    return worlds


async def _world(request: Request) -> World:
    return await _worlds(request).find(request.path_params["world"])


async def _parse(request: Request, model: type[M]) -> M:
    return parse(model, request.headers, await request.body())


def _number(request: Request, name: str, default: int, most: int) -> int:
    text = request.query_params.get(name, str(default))
    if not (text.isascii() and text.isdigit()) or int(text) > most:
        error = {"pointer": f"?{name}", "code": "int-type", "detail": f"Entier de 0 à {most}."}
        raise Problem("invalid-payload", f"« {name} » doit être un entier.", errors=[error])
    return int(text)


@router.post("/worlds", operation_id="create-world")
async def create(request: Request) -> Response:
    worlds = _worlds(request)
    new = (await _parse(request, schemas.WorldRequest)).world()
    version = await worlds.db.read(lambda tx: nomenclatures.choose(tx, new.nomenclature))
    world = await worlds.create(new, version)
    return _json(personas.description(world), 201)


@router.get("/worlds", operation_id="list-worlds")
async def everything(request: Request) -> Response:
    found = await _worlds(request).everything()
    return _json({"worlds": [personas.summary(world) for world in found]})


@router.get("/worlds/{world}", operation_id="read-world")
async def read(request: Request) -> Response:
    return _json(personas.description(await _world(request)))


@router.delete("/worlds/{world}", operation_id="delete-world")
async def delete(request: Request) -> Response:
    await _worlds(request).delete(request.path_params["world"])
    return Response(status_code=204)


@router.get("/worlds/{world}/clock", operation_id="read-clock")
async def read_clock(request: Request) -> Response:
    return _clock(await _world(request))


@router.put("/worlds/{world}/clock", operation_id="set-clock")
async def set_clock(request: Request) -> Response:
    world = await _world(request)
    wanted = await _parse(request, schemas.ClockRequest)
    await _worlds(request).move(world, wanted.now, wanted.mode)
    return _clock(world)


@router.post("/worlds/{world}/clock/advance", operation_id="advance-clock")
async def advance(request: Request) -> Response:
    world = await _world(request)
    step = await _parse(request, schemas.Advance)
    await _worlds(request).advance(world, step.seconds)
    return _clock(world)


def _clock(world: World) -> Response:
    return _json({"now": clock.to_text(world.now()), "mode": world.clock.mode})


@router.get("/worlds/{world}/journal", operation_id="read-journal")
async def read_journal(request: Request) -> Response:
    world = await _world(request)
    after = _number(request, "after", 0, 2**53)
    limit = max(1, _number(request, "limit", 100, MAX_PAGE))
    page = await _worlds(request).db.read(lambda tx: journal.page(tx, world.id, after, limit), world.id)
    return _json(page)


@router.get("/worlds/{world}/state", operation_id="read-state")
async def read_state(request: Request) -> Response:
    world = await _world(request)
    number = request.query_params.get("number")
    found = await _worlds(request).db.read(lambda tx: state.dump(tx, world, number), world.id)
    return _json(found)


@router.get("/worlds/{world}/audit", operation_id="read-audit")
async def read_audit(request: Request) -> Response:
    world = await _world(request)
    after = _number(request, "after", 0, 2**31 - 1)
    limit = max(1, _number(request, "limit", 100, MAX_PAGE))
    subject = request.query_params.get("subject")
    rows = await _worlds(request).db.read(lambda tx: audit.page(tx, world.id, after, limit, subject), world.id)
    return _json({"entries": [audit.as_json(row) for row in rows], "next": rows[-1]["seq"] if rows else after})


@router.get("/worlds/{world}/audit/verification", operation_id="verify-audit")
async def verify_audit(request: Request) -> Response:
    world = await _world(request)
    try:
        noted = verify.Head.of(request.query_params["head"]) if "head" in request.query_params else None
    except ValueError:
        error = {"pointer": "?head", "code": "value-error", "detail": "seq:empreinte (64 chiffres hexadécimaux)."}
        raise Problem("invalid-payload", "« head » est une tête de chaîne notée plus tôt.", errors=[error]) from None
    return _json(verify.as_json(await verify.world_served(_worlds(request).db, world.id, noted)))


@router.get("/nomenclatures", operation_id="list-nomenclatures")
async def versions(request: Request) -> Response:
    found = await _worlds(request).db.read(nomenclatures.versions)
    return _json({"nomenclatures": found})


router.include_router(trust.router)
