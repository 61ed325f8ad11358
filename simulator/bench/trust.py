"""`/bench/v1/worlds/{world}`: keys, suspensions, revocations, registered software, late affiliations, births."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, model_validator

from fixtures.model import Affiliation, Regime
from simulator.bench.operation import Asked, Operation
from simulator.bench.schemas import ClientRegistration, Label
from simulator.identity import discovery
from simulator.identity import store as identity
from simulator.kit.answer import Json
from simulator.kit.wire import Day, Inpe, RegistrationNumber, Wire
from simulator.worlds import trust
from simulator.worlds.model import World


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


class LateAffiliation(Wire):
    """What the CNSS registers after the fact: one more affiliation of a beneficiary, both days included."""

    registration_number: RegistrationNumber
    dependant_rank: int = Field(default=0, ge=0, le=99)
    regime: Regime
    start: Day
    end: Day | None = None

    @model_validator(mode="after")
    def _ordered(self) -> LateAffiliation:
        if self.end is not None and self.end < self.start:
            raise ValueError("« end » précède « start ».")
        return self


async def affiliate(asked: Asked, world: World, body: LateAffiliation) -> Json:
    """Rights of its first day, as a rights check says them."""
    who, more = (body.registration_number, body.dependant_rank), Affiliation(body.regime, body.start, body.end)
    rights = await trust.affiliate(asked.worlds, world, who, more)
    return {"date_of_care": rights.day.isoformat(), "open": rights.open, "regime": rights.regime, "why": rights.why}


class Birth(Wire):
    """A child without a number yet: his mother, his day of birth, his sex."""

    registration_number: RegistrationNumber
    dependant_rank: int = Field(default=0, ge=0, le=99)
    birth_date: Day
    sex: Literal["M", "F"]


async def declare_birth(asked: Asked, world: World, body: Birth) -> Json:
    """His number and rank, and his rights on his day of birth."""
    mother = (body.registration_number, body.dependant_rank)
    child, rights = await trust.declare_birth(asked.worlds, world, mother, body.birth_date, body.sex)
    told = {"open": rights.open, "regime": rights.regime, "why": rights.why}
    return {"registration_number": child[0], "dependant_rank": child[1], **told}


async def read_keys(_: Asked, world: World) -> Json:
    """``{"qr": [{kid, status, …public JWK}], "token": […]}``, the newest first."""
    return dict(discovery.generations(world))


async def rotate_key(asked: Asked, world: World, body: Rotation) -> Json:
    """A new key signs from now on; the answer is that of `read-keys`."""
    await trust.rotate(asked.worlds, world, body.kind)
    return await read_keys(asked, world)


async def suspend(asked: Asked, world: World, body: Suspension) -> Json:
    """``{"suspended": [INPE…], "clients": [client id…]}``: all those suspended now."""
    if body.inpe is not None:
        await trust.suspend_professional(asked.worlds, world, body.inpe, body.suspended)
    elif body.client_id is not None:
        await trust.suspend_client(asked.worlds, world, body.client_id, body.suspended)
    return {"suspended": sorted(world.suspended), "clients": sorted(world.marks.suspended_clients)}


async def revoke(asked: Asked, world: World, body: Revocation) -> Json:
    """``{"qr_keys": […], "token_keys": […], "clients": […], "tokens": [jti…]}``: all that is revoked now."""
    await trust.revoke(asked.worlds, world, body.kind, body.id)
    marks = world.marks
    found = {
        "qr_keys": marks.qr_keys,
        "token_keys": marks.token_keys,
        "clients": marks.revoked_clients,
        "tokens": marks.tokens,
    }
    return {name: sorted(ids) for name, ids in found.items()}


async def clients(asked: Asked, world: World) -> Json:
    """``{"clients": [{client_id, name, keys: [kid…], secret: bool, status}]}``, without secrets."""
    found = await asked.worlds.db.read(lambda tx: identity.world_clients(tx, world.id), world.id)
    return {"clients": [_shown(world, client) for client in found]}


async def register(asked: Asked, world: World, body: ClientRegistration) -> Json:
    """Register a software, or replace its name, keys and secret; tokens given before stay good."""
    client = body.client()
    await asked.worlds.within(world).write(lambda tx: identity.put_client(tx, world.id, client))
    return _shown(world, client)


def _shown(world: World, client: identity.Client) -> Json:
    marks, name = world.marks, client.client_id
    stands = "suspended" if name in marks.suspended_clients else "active"
    return {
        "client_id": name,
        "name": client.name,
        "keys": [jwk.get("kid") for jwk in client.keys],
        "secret": bool(client.secret or client.secret_hash),
        "status": "revoked" if name in marks.revoked_clients else stands,
    }


WORLD = "/worlds/{world}"
OPERATIONS = (
    Operation(f"GET {WORLD}/keys", "read-keys", read_keys),
    Operation(f"POST {WORLD}/keys/rotation", "rotate-key", rotate_key, Rotation),
    Operation(f"POST {WORLD}/suspensions", "suspend", suspend, Suspension),
    Operation(f"POST {WORLD}/revocations", "revoke", revoke, Revocation),
    Operation(f"POST {WORLD}/affiliations", "register-affiliation", affiliate, LateAffiliation),
    Operation(f"POST {WORLD}/births", "declare-birth", declare_birth, Birth),
    Operation(f"GET {WORLD}/clients", "list-clients", clients),
    Operation(f"POST {WORLD}/clients", "register-client", register, ClientRegistration),
)
