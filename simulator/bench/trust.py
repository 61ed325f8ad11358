"""`/bench/v1/worlds/{world}`: keys, suspensions, revocations and registered software."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter
from pydantic import Field, model_validator
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from simulator.bench.schemas import ClientRegistration, Label
from simulator.identity import discovery
from simulator.identity import store as identity
from simulator.kit.payload import parse
from simulator.kit.wire import Inpe, Wire
from simulator.worlds import trust
from simulator.worlds.model import World
from simulator.worlds.service import Worlds

router = APIRouter(tags=["bench"])


class Rotation(Wire):
    """Which key turns."""

    kind: trust.KeyKind


class Suspension(Wire):
    """Suspend (or restore) a professional or a software, exactly one of them, in this world."""

    inpe: Inpe | None = None
    client_id: Label | None = None
    suspended: bool = True

    @model_validator(mode="after")
    def _one(self) -> Suspension:
        if (self.inpe is None) == (self.client_id is None):
            raise ValueError("Donner « inpe » ou « client_id », l'un des deux.")
        return self


class Revocation(Wire):
    """`id`: a QR key's number, a token key's kid, a client id, a token or its jti."""

    kind: trust.RevocationKind
    id: Annotated[str, Field(min_length=1, max_length=4000)]


def _worlds(request: Request) -> Worlds:
    worlds: Worlds = request.app.state.worlds
    return worlds


async def _world(request: Request) -> World:
    return await _worlds(request).find(request.path_params["world"])


@router.get("/worlds/{world}/keys", operation_id="read-keys")
async def read_keys(request: Request) -> Response:
    """``{"qr": [{kid, status, …public JWK}], "token": […]}``, the newest first."""
    return JSONResponse(discovery.generations(await _world(request)))


@router.post("/worlds/{world}/keys/rotation", operation_id="rotate-key")
async def rotate(request: Request) -> Response:
    """A new key signs from now on; the answer is that of `read-keys`."""
    world = await _world(request)
    wanted = parse(Rotation, request.headers, await request.body())
    await trust.rotate(_worlds(request), world, wanted.kind)
    return JSONResponse(discovery.generations(world))


@router.post("/worlds/{world}/suspensions", operation_id="suspend")
async def suspend(request: Request) -> Response:
    """``{"suspended": [INPE…], "clients": [client id…]}``: all those suspended now."""
    world = await _world(request)
    wanted = parse(Suspension, request.headers, await request.body())
    if wanted.inpe is not None:
        await trust.suspend_professional(_worlds(request), world, wanted.inpe, wanted.suspended)
    elif wanted.client_id is not None:
        await trust.suspend_client(_worlds(request), world, wanted.client_id, wanted.suspended)
    return JSONResponse({"suspended": sorted(world.suspended), "clients": sorted(world.marks.suspended_clients)})


@router.post("/worlds/{world}/revocations", operation_id="revoke")
async def revoke(request: Request) -> Response:
    """``{"qr_keys": […], "token_keys": […], "clients": […], "tokens": [jti…]}``: all that is revoked now."""
    world = await _world(request)
    wanted = parse(Revocation, request.headers, await request.body())
    await trust.revoke(_worlds(request), world, wanted.kind, wanted.id)
    marks = world.marks
    found = {
        "qr_keys": marks.qr_keys,
        "token_keys": marks.token_keys,
        "clients": marks.revoked_clients,
        "tokens": marks.tokens,
    }
    return JSONResponse({name: sorted(ids) for name, ids in found.items()})


@router.get("/worlds/{world}/clients", operation_id="list-clients")
async def clients(request: Request) -> Response:
    """``{"clients": [{client_id, name, keys: [kid…], secret: bool, status}]}``, without secrets."""
    world = await _world(request)
    found = await _worlds(request).db.read(lambda tx: identity.world_clients(tx, world.id), world.id)
    return JSONResponse({"clients": [_shown(world, client) for client in found]})


@router.post("/worlds/{world}/clients", operation_id="register-client")
async def register(request: Request) -> Response:
    """Register a software, or replace its name, keys and secret; tokens given before stay good."""
    world = await _world(request)
    client = parse(ClientRegistration, request.headers, await request.body()).client()
    await _worlds(request).within(world).write(lambda tx: identity.put_client(tx, world.id, client))
    return JSONResponse(_shown(world, client))


def _shown(world: World, client: identity.Client) -> dict[str, Any]:
    marks, name = world.marks, client.client_id
    stands = "suspended" if name in marks.suspended_clients else "active"
    return {
        "client_id": name,
        "name": client.name,
        "keys": [jwk.get("kid") for jwk in client.keys],
        "secret": bool(client.secret or client.secret_hash),
        "status": "revoked" if name in marks.revoked_clients else stands,
    }
